"""The contract of a provider: what an adapter is given, what it answers, and how it says no.

Adapters know no database and no web framework: bytes and plain values in, frozen values out.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from flexie.phones import canonical
from flexie.providers.events import Event, InboundEvent, Malformed
from flexie.providers.rates import NumberKind, kind_of_number
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Throttled, Unknown

if TYPE_CHECKING:
    from flexie.providers.directory import Directory, History

Credentials = Mapping[str, str]
"""What an administrator entered for a connection, by the names of the adapter's credential fields."""

Kind = Literal["inbound", "status"]
"""Which of a line's two webhook addresses was called."""


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
    asks_for_address: ClassVar[bool] = False
    """Whether every account has an address of its own, which people give beside the credentials."""
    console: ClassVar[str] = ""
    """Where people look up an account's credentials, in a browser."""
    directory: ClassVar["Directory | None"] = None
    """The account's numbers, where the provider's interface tells them."""
    history: ClassVar["History | None"] = None
    """The provider's own list of messages, where it has one."""
    pasting: ClassVar[Mapping[Kind, str]] = {}
    """Where in the provider's console each of a line's two addresses is to be pasted; a kind that is missing needs
    no pasting."""
    methods: ClassVar[Mapping[Kind, str]] = {"inbound": "POST", "status": "POST"}
    """The HTTP methods, parted by blanks, that the provider may call each address with."""
    one_address: ClassVar[bool] = False
    """Whether the provider knows one address for texts and receipts: then what is said decides which it is, and the
    address for texts is the one to paste."""
    rates: ClassVar[Mapping[NumberKind, float]] = {}
    """Segments a second that the provider takes from one number of each kind by its own published rule; a kind that is
    missing has no limit."""
    channel: ClassVar[str] = "sms"
    """What people write with, as `flexie.channels` names it."""
    media_hosts: ClassVar[tuple[str, ...]] = ()
    """Hosts of the provider's own that give out what came with texts, beside the one that sends go to."""

    @abstractmethod
    def account(self, credentials: Credentials) -> str:
        """The provider's id of the account: with a provider's message id it makes a key that is unique."""

    def complaint(self, credentials: Credentials) -> str:
        """What is wrong with the form of credentials that were entered, in a sentence, or blank."""
        del credentials
        return ""

    def base_url(self, credentials: Credentials) -> str:
        """Where the provider's interface is, for this account."""
        del credentials
        return self.default_base_url

    @abstractmethod
    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """Return if the request is the provider's own; `now` is aware UTC. Raises Refused and nothing else."""

    def nonce(self, request: RawRequest) -> str:
        """What of a verified request may come with one content only, or blank where the signature covers the content.
        Whoever receives webhooks refuses it with another."""
        del request
        return ""

    @abstractmethod
    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """What a verified request says. One unreadable entry of several becomes Malformed.

        Raises MalformedRequest when nothing can be read."""

    def token_request(self, credentials: Credentials, base_url: str | None) -> HttpRequest | None:
        """The request that fetches an access token for sends, where they carry one; `base_url` None: the usual one."""
        del credentials, base_url
        return None

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
        """How many segments a second the provider takes from a number of ours (E.164, short code or name) by its own
        published rule; None: no limit. An account may have been given more, for which the line's own pace is there."""
        return self.rates.get(kind_of_number(number))

    def media_headers(self, credentials: Credentials) -> Mapping[str, str]:
        """What proves to the provider's own hosts that we may have what came with a text; nothing for most."""
        del credentials
        return {}

    def answer(self, kind: Kind) -> Reply:
        """The reply to a webhook that was stored."""
        return self.replies[kind]

    def secrets(self, credentials: Credentials) -> tuple[str, ...]:
        """The values that must not be shown or logged."""
        names = [credential.name for credential in self.credential_fields if credential.secret]
        return tuple(credentials[name] for name in names if credentials.get(name))

    def check_owner(self, event: Event, account: str, numbers: Collection[str]) -> Event:
        """The event, if it is of this provider account and, for an inbound text, to one of `numbers` (E.164 or short
        codes: those of the connection's lines); else Malformed with the reason. An authentic request may still be
        about somebody else."""
        if isinstance(event, Malformed):
            return event
        if event.account is not None and event.account != account:
            return Malformed(f"The event is of another {self.label} account than this line's.", str(event))
        if isinstance(event, InboundEvent) and canonical(event.to) not in map(canonical, numbers):
            return Malformed(f"The text was sent to {event.to}, which is not the number of this line.", str(event))
        return event
