"""What a provider's own interface can tell of an account beside sending: its numbers, and what went through it.

Each is optional: an adapter whose provider has no such interface leaves it out, and people type what it would tell.
Requests are built and answers read without a network here, as with sends; `transport.ask` carries them.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexie.providers.base import Credentials
from flexie.providers.events import InboundEvent, Malformed, Media, StatusEvent
from flexie.providers.json_body import NotReadable, read_object
from flexie.providers.request import ProviderError
from flexie.providers.sending import HttpRequest


class AccountProblem(ProviderError):
    """The provider does not tell, with a sentence that says why and what to do.

    `credentials` says that it is because they are not right."""

    def __init__(self, sentence: str, *, credentials: bool = False) -> None:
        super().__init__(sentence)
        self.credentials = credentials


@dataclass(frozen=True)
class OwnNumber:
    """A number of an account: E.164 or a short code, what the provider's console calls it, and the provider's id.

    `inbound_url` is where the provider posts texts to it at present, where it tells."""

    number: str
    name: str = ""
    reference: str = ""
    inbound_url: str = ""


@dataclass(frozen=True)
class NumbersPage:
    """Some of an account's numbers, and the mark of the next page, if there is one."""

    numbers: tuple[OwnNumber, ...]
    next: str | None = None


class Directory(ABC):
    """The numbers of an account, and the addresses that the provider posts to."""

    sets_webhooks = False
    """Whether `webhook_request` can set the address of a number."""

    gives_any_number = False
    """Whether a number that the account does not have yet is given to it by `webhook_request`."""

    @abstractmethod
    def numbers_request(self, credentials: Credentials, base_url: str, page: str | None) -> HttpRequest:
        """Ask for the numbers that can text; it is also how credentials are tried out."""

    @abstractmethod
    def read_numbers(self, status: int, body: bytes) -> NumbersPage:
        """The numbers in an answer. Raises AccountProblem."""

    def webhook_request(self, own: OwnNumber, inbound_url: str, credentials: Credentials, base_url: str) -> HttpRequest:
        """Ask the provider to post texts for a number to this address. Only where `sets_webhooks`."""
        raise NotImplementedError

    def read_webhook(self, status: int, body: bytes) -> None:
        """Return if the address was set. Raises AccountProblem."""
        read_answer(status, body)


@dataclass(frozen=True)
class SentText:
    """A text that the provider lists as sent by the account, whoever asked for it. `created_at` is aware UTC."""

    provider_id: str
    sender_number: str
    to: str
    text: str
    created_at: datetime
    status: StatusEvent


@dataclass(frozen=True)
class HistoryPage:
    """Some of what went through an account, newest first. `oldest` is the moment of the last entry."""

    received: tuple[InboundEvent | Malformed, ...]
    sent: tuple[SentText, ...]
    oldest: datetime | None
    next: str | None = None


class History(ABC):
    """The provider's list of messages: what webhooks failed to tell can be read there."""

    @abstractmethod
    def page_request(self, credentials: Credentials, base_url: str, since: datetime, page: str | None) -> HttpRequest:
        """Ask for what went through the account since a moment (aware UTC), newest first."""

    @abstractmethod
    def read_page(self, status: int, body: bytes) -> HistoryPage:
        """What an answer lists. Raises AccountProblem."""

    def has_media(self, event: InboundEvent) -> bool:
        """Whether files came with a text that the list does not name themselves: ask for them with `media_request`."""
        del event
        return False

    def media_request(self, credentials: Credentials, base_url: str, provider_id: str) -> HttpRequest:
        """Ask for the files that came with a text. Only where `has_media` can hold."""
        raise NotImplementedError

    def read_media(self, status: int, body: bytes) -> tuple[Media, ...]:
        """The files in an answer. Raises AccountProblem."""
        raise NotImplementedError


def read_answer(status: int, body: bytes, said: str = "message") -> dict[str, Any]:
    """The JSON object of a successful answer. `said` is the field in which the provider tells what is wrong.

    Raises:
        AccountProblem: it is none, or the provider refused.
    """
    try:
        found = read_object(body)
    except NotReadable:
        found = {}
    if 200 <= status < 300 and (found or not body.strip()):
        return found
    words = str(found.get(said) or "").strip()
    told = f" It says: {_quoted(words)}." if words else ""
    if status in (401, 403):
        raise AccountProblem(
            f"The provider does not accept these credentials.{told} Copy them again, without blanks.", credentials=True
        )
    if status == 404:
        raise AccountProblem(f"The provider knows no such account.{told} Check its id.", credentials=True)
    if status == 429:
        raise AccountProblem("The provider asks to wait: too many requests. Try again in a minute.")
    if 200 <= status < 300:
        raise AccountProblem("The provider answered with something that cannot be read. Try again in a minute.")
    raise AccountProblem(f"The provider answered with HTTP {status}.{told} Try again in a minute.")


def _quoted(words: str) -> str:
    """A provider's sentence within ours; in quotation marks, unless it has some of its own."""
    words = words.rstrip(".")
    return words if any(mark in words for mark in '“”"') else f"“{words}”"
