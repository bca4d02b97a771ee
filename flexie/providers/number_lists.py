"""Numbers of accounts, for providers that list them as JSON, one page after the other.

Sources: the providers' references: Telnyx "List phone numbers", Plivo "List all account phone numbers", Infobip
"Get available numbers", Vonage "List the numbers you own". None of them was asked in earnest from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flexie.phones import sender
from flexie.providers import basic
from flexie.providers.base import Credentials
from flexie.providers.directory import Directory, NumbersPage, OwnNumber, read_answer
from flexie.providers.json_body import text_of
from flexie.providers.sending import HttpRequest

A_PAGE = 100
Found = dict[str, Any]


@dataclass(frozen=True)
class NumberList(Directory):
    """One provider's list. `path` and `authorization` are made of the credentials; `query` asks for a page by its mark
    (None: the first). `entries`, `number`, `title` and `reference` name fields; `texts` tells whether an entry can
    text, and `following` gives the mark of the next page. A mark that begins with "/" is the next page's own path.
    """

    path: Callable[[Credentials], str]
    authorization: Callable[[Credentials], str]
    query: Callable[[str | None], Mapping[str, str]]
    entries: str
    number: str
    title: str
    reference: str
    texts: Callable[[Found], bool]
    following: Callable[[Found], str | None]

    def numbers_request(self, credentials: Credentials, base_url: str, page: str | None) -> HttpRequest:
        """A page of the list."""
        is_path = page is not None and page.startswith("/")
        address = (
            f"{base_url}{page}" if is_path else f"{base_url}{self.path(credentials)}?{urlencode(self.query(page))}"
        )
        headers = {"Authorization": self.authorization(credentials), "Accept": "application/json"}
        return HttpRequest("GET", address, headers, b"")

    def read_numbers(self, status: int, body: bytes) -> NumbersPage:
        """Those that can text."""
        found = read_answer(status, body)
        listed = found.get(self.entries)
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        own = (
            OwnNumber(sender(text_of(entry, self.number)), text_of(entry, self.title), text_of(entry, self.reference))
            for entry in entries
            if text_of(entry, self.number) and self.texts(entry)
        )
        return NumbersPage(tuple(own), self.following(found) if entries else None)


def _telnyx_next(found: Found) -> str | None:
    meta = found.get("meta")
    page, pages = (
        (text_of(meta, name) for name in ("page_number", "total_pages")) if isinstance(meta, dict) else ("", "")
    )
    return str(int(page) + 1) if page.isdecimal() and pages.isdecimal() and int(page) < int(pages) else None


def _plivo_next(found: Found) -> str | None:
    """A path of Plivo's own, so that credentials go nowhere else."""
    meta = found.get("meta")
    given = text_of(meta, "next") if isinstance(meta, dict) else ""
    parts = urlsplit(given)
    return given if given.startswith("/v1/") and not parts.netloc else None


def _able(name: str) -> Callable[[Found], bool]:
    """Entries name what a number can do in a list; one that names nothing is not left out."""
    return lambda entry: "SMS" in entry[name] if isinstance(entry.get(name), list) else True


TELNYX = NumberList(
    path=lambda _: "/v2/phone_numbers",
    authorization=lambda given: f"Bearer {given.get('api_key', '').strip()}",
    query=lambda page: {"page[number]": page or "1", "page[size]": str(A_PAGE)},
    entries="data", number="phone_number", title="connection_name", reference="id",
    texts=lambda _: True,
    following=_telnyx_next,
)  # fmt: skip
PLIVO = NumberList(
    path=lambda given: f"/v1/Account/{quote(given.get('auth_id', '').strip(), safe='')}/Number/",
    authorization=lambda given: basic.header(given.get("auth_id", ""), given.get("auth_token", "")),
    query=lambda _: {"limit": "20"},
    entries="objects", number="number", title="alias", reference="number",
    texts=lambda entry: entry.get("sms_enabled") is not False,
    following=_plivo_next,
)  # fmt: skip
INFOBIP = NumberList(
    path=lambda _: "/numbers/1/numbers",
    authorization=lambda given: f"App {given.get('api_key', '').strip()}",
    query=lambda _: {"limit": str(A_PAGE)},
    entries="numbers", number="number", title="numberName", reference="numberKey",
    texts=_able("capabilities"),
    following=lambda _: None,
)  # fmt: skip
VONAGE_SMS = NumberList(
    path=lambda _: "/account/numbers",
    authorization=lambda given: basic.header(given.get("api_key", ""), given.get("api_secret", "")),
    query=lambda _: {"size": str(A_PAGE)},
    entries="numbers", number="msisdn", title="", reference="msisdn",
    texts=_able("features"),
    following=lambda _: None,
)  # fmt: skip
