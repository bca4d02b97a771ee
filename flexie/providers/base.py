"""The contract of a provider: what an adapter is given, what it answers, and how it says no.

Adapters know no database and no web framework: bytes and plain values in, frozen values out.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from flexie.phones import canonical
from flexie.providers.events import Event, InboundEvent, Malformed, storable
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Throttled, Unknown

if TYPE_CHECKING:
    from flexie.providers.directory import Directory, History

Credentials = Mapping[str, str]
"""What an administrator entered for a connection, by the names of the adapter's credential fields."""

Kind = Literal["inbound", "status"]
"""Which of a line's two webhook addresses was called."""

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

    @property
    def our_id(self) -> str | None:
        """Our public id of the message that a status callback is about, from the address we gave."""
        values = parse_qs(urlsplit(self.url).query).get(OUR_ID, [])
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True)
class Reply:
    """What a provider wants to hear once its webhook is stored."""

    status: int
    body: str
    content_type: str


@dataclass(frozen=True)
class CredentialField:
    """A field of the form that connects a provider. A secret is never shown again after saving."""

    name: str
    label: str
    secret: bool
    help: str
    required: bool = True


class Adapter(ABC):
    """One provider. Instances hold no state and may be shared between threads."""

    name: ClassVar[str]
    label: ClassVar[str]
    credential_fields: ClassVar[tuple[CredentialField, ...]]
    default_base_url: ClassVar[str]
    replies: ClassVar[Mapping[Kind, Reply]]
    directory: ClassVar["Directory | None"] = None
    """The account's numbers, where the provider's interface tells them."""
    history: ClassVar["History | None"] = None
    """The provider's own list of messages, where it has one."""
    pasting: ClassVar[Mapping[Kind, str]] = {}
    """Where in the provider's console each of a line's two addresses is to be pasted; a kind that is missing needs
    no pasting."""

    @abstractmethod
    def account(self, credentials: Credentials) -> str:
        """The provider's id of the account: with a provider's message id it makes a key that is unique."""

    @abstractmethod
    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """Return if the request is the provider's own; `now` is aware UTC. Raises Refused and nothing else."""

    @abstractmethod
    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """What a verified request says. One unreadable entry of several becomes Malformed.

        Raises MalformedRequest when nothing can be read."""

    @abstractmethod
    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """The one request that sends the message; `base_url` without a slash at its end.

        Raises ValueError when the message or the credentials cannot be put into a request."""

    @abstractmethod
    def read_send(
        self, status: int, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Rejected | Throttled | Unknown:
        """What the provider's response to a send means; names of `headers` are in lower case. Never raises."""

    @abstractmethod
    def advice(self, code: str) -> str:
        """What a person can do about a provider's error code, or blank."""

    def texts_per_second(self, number: str) -> float | None:
        """How many segments a second the provider takes from a number by its own published rule; None: no limit."""
        del number
        return None

    def answer(self, kind: Kind) -> Reply:
        """The reply to a webhook that was stored."""
        return self.replies[kind]

    def secrets(self, credentials: Credentials) -> tuple[str, ...]:
        """The values that must not be shown or logged."""
        names = [credential.name for credential in self.credential_fields if credential.secret]
        return tuple(credentials[name] for name in names if credentials.get(name))

    def check_owner(self, event: Event, account: str, numbers: Collection[str]) -> Event:
        """The event, if it is of this provider account and, for an inbound text, to one of `numbers` (E.164 or
        short codes); else Malformed with the reason. An authentic request may still be about somebody else."""
        if isinstance(event, Malformed):
            return event
        if event.account is not None and event.account != account:
            return Malformed(f"The event is of another {self.label} account than this line's.", str(event))
        if isinstance(event, InboundEvent) and canonical(event.to) not in map(canonical, numbers):
            return Malformed(f"The text was sent to {event.to}, which is not the number of this line.", str(event))
        return event
