"""A webhook request as it arrived, and the ways to say that it is not taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from urllib.parse import parse_qs, parse_qsl, urlsplit

from flexie.providers.events import storable

MAX_FIELDS = 1000
"""Fields of a form; no provider sends nearly as many."""

OUR_ID = "message"
"""The query parameter of a status callback that carries our own public id of the message."""


class ProviderError(Exception):
    """Base of what can go wrong with a provider's request; `str()` is a sentence for the line's page."""


class Refused(ProviderError):
    """The request is not authentic. It changes nothing and is counted.

    `status` is the HTTP status to answer with."""

    def __init__(self, reason: str, status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class MalformedRequest(ProviderError):
    """Nothing can be read from an authentic request."""


@dataclass(frozen=True)
class RawRequest:
    """A webhook request as it arrived.

    `url` is the public address as configured, with its query, and never built from the Host header;
    `headers` can be looked up in lower case; `body` is the raw bytes."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", {name.lower(): value for name, value in self.headers.items()})

    def header(self, name: str) -> str:
        """A header's value, blank when it is missing; the case of the name does not matter."""
        return self.headers.get(name.lower(), "")

    @property
    def text(self) -> str:
        """The body as text, for people to look at what could not be read."""
        return storable(self.body.decode("utf-8", "replace"))

    @cached_property
    def utf8(self) -> bytes:
        """The body in UTF-8, whatever the content type says that it is in; as it is, where that cannot be."""
        words = Message()
        words["Content-Type"] = self.header("Content-Type").encode("ascii", "replace").decode()
        charset = words.get_content_charset("utf-8")
        if charset in ("utf-8", "us-ascii"):
            return self.body
        try:
            return self.body.decode(charset).encode()
        except (LookupError, UnicodeError):
            return self.body

    @property
    def content_type(self) -> str:
        """The media type of the body, in lower case and without parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The form's names and values as sent: blanks kept, repeated names kept.

        Raises ValueError for more than MAX_FIELDS."""
        body = self.body.decode("utf-8", "replace")
        return parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The names and values in the address, like `form`. Raises ValueError for more than MAX_FIELDS."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True, errors="replace", max_num_fields=MAX_FIELDS)

    @property
    def our_id(self) -> str | None:
        """Our public id of the message that a status callback is about, from the address that was called."""
        return our_id_in(self.url)


def our_id_in(url: str) -> str | None:
    """Our public id of a message in the address that we gave for its receipts; None where it names none or several."""
    values = parse_qs(urlsplit(url).query).get(OUR_ID, [])
    return values[0] if len(values) == 1 else None
