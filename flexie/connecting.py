"""What an administrator asks of a provider before and after connecting: is this account ours, which numbers has it,
and will it post their texts here? Nothing here touches the database: no session is to be open meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx

from flexie import phones, providers

MOST_PAGES = 20
"""Pages of a list of numbers that are read: two thousand numbers."""

PATIENCE = 10.0  # seconds for each answer


@dataclass(frozen=True)
class Account:
    """A provider account as somebody typed it in, or as it is kept; plain data. `base_url` None: the usual one."""

    provider: str
    credentials: Mapping[str, str] = field(repr=False)
    base_url: str | None = None

    @property
    def adapter(self) -> providers.Adapter:
        """Its provider."""
        return providers.adapter(self.provider)

    @property
    def address(self) -> str:
        """Where the provider's interface is, without a slash at its end."""
        return (self.base_url or self.adapter.base_url(self.credentials)).rstrip("/")


def can_list(provider: str) -> bool:
    """Whether the provider tells which numbers an account has; if not, its credentials cannot be tried out either."""
    return providers.adapter(provider).directory is not None


def gives_any_number(provider: str) -> bool:
    """Whether an account has whichever number its owner asks for."""
    directory = providers.adapter(provider).directory
    return directory is not None and directory.gives_any_number


def can_set_webhooks(provider: str) -> bool:
    """Whether the provider lets its addresses be set from here."""
    directory = providers.adapter(provider).directory
    return directory is not None and directory.sets_webhooks


def numbers(account: Account) -> list[providers.OwnNumber]:
    """The numbers that the account can text from, by its provider.

    Raises:
        AccountProblem: the provider does not tell; says whether the credentials are to blame.
    """
    with providers.new_client(1) as client:
        return _numbers(account, client)


def _numbers(account: Account, client: httpx.Client) -> list[providers.OwnNumber]:
    directory = _directory(account)
    found: list[providers.OwnNumber] = []
    page: str | None = None
    for _ in range(MOST_PAGES):
        asked = directory.numbers_request(account.credentials, account.address, page)
        answer = providers.ask(
            account.adapter, asked, directory.read_numbers, account.credentials, client=client, timeout=PATIENCE
        )
        found += answer.numbers
        page = answer.next
        if page is None:
            break
    return found


def post_here(account: Account, number: str, inbound_url: str) -> None:
    """Let the provider post texts for a number to this address.

    Raises:
        AccountProblem: it does not, or has no such number.
    """
    with providers.new_client(1) as client:
        own = _own(account, number, client)
        asked = _directory(account).webhook_request(own, inbound_url, account.credentials, account.address)
        read = _directory(account).read_webhook
        providers.ask(account.adapter, asked, read, account.credentials, client=client, timeout=PATIENCE)


def posts_to(account: Account, number: str) -> str:
    """Where the provider posts texts for a number at present; blank where it does not tell. Raises AccountProblem."""
    with providers.new_client(1) as client:
        return _own(account, number, client).inbound_url


def _own(account: Account, number: str, client: httpx.Client) -> providers.OwnNumber:
    key = phones.canonical(number)
    for own in _numbers(account, client):
        if phones.canonical(own.number) == key:
            return own
    if gives_any_number(account.provider):
        return providers.OwnNumber(number)
    raise providers.AccountProblem(_not_listed(account, number))


def unlisted(account: Account, found: Iterable[providers.OwnNumber], numbers: Iterable[str]) -> list[str]:
    """Those of the numbers in E.164 that cannot text from an account, as its provider lists others (`found`). Short
    codes and senders' names stand in no list.
    """
    if gives_any_number(account.provider):
        return []
    listed = {phones.canonical(own.number) for own in found}
    return [number for number in numbers if number.startswith("+") and phones.canonical(number) not in listed]


def _not_listed(account: Account, number: str) -> str:
    return (
        f"{account.adapter.label} does not list {number} among this account's numbers. If it was bought just now, try "
        "again in a minute; if it is in another account, connect that account."
    )


def _directory(account: Account) -> providers.Directory:
    directory = account.adapter.directory
    if directory is None:
        raise providers.AccountProblem(f"{account.adapter.label} has no interface that tells an account's numbers.")
    return directory
