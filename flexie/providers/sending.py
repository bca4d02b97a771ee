"""A message on its way out, the request that carries it, and the closed list of what may come of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from flexie.providers.events import Status


@dataclass(frozen=True)
class OutboundText:
    """A message to be sent: numbers in E.164 (the sender may be a short code or a name), text as rendered.

    `status_callback_url` is where receipts go, or None where the provider cannot reach us."""

    public_id: str
    to: str
    sender_number: str
    text: str = field(repr=False)
    media_urls: tuple[str, ...] = ()
    status_callback_url: str | None = None

    @property
    def callback(self) -> str | None:
        """The address for receipts with our public id in its query (`message`), so that a receipt finds its
        message even when the outcome of the send was unknown."""
        if self.status_callback_url is None:
            return None
        parts = urlsplit(self.status_callback_url)
        if "message" in parse_qs(parts.query):
            return self.status_callback_url
        ours = f"message={quote(self.public_id, safe='')}"
        return urlunsplit(parts._replace(query=f"{parts.query}&{ours}" if parts.query else ours))


@dataclass(frozen=True)
class HttpRequest:
    """A request to a provider. Its headers hold credentials and do not show in a `repr`."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def json_post(url: str, headers: Mapping[str, str], payload: Mapping[str, object]) -> HttpRequest:
    """A POST of a JSON object that wants JSON back; what is blank, empty or None in it is left out."""
    body = {name: value for name, value in payload.items() if value not in (None, "", [])}
    wanted = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    return HttpRequest("POST", url, wanted, json.dumps(body).encode())


@dataclass(frozen=True)
class Accepted:
    """The provider has the message under `provider_id`. `segments` is None where it does not say."""

    provider_id: str
    provider_status: str
    status: Status
    segments: int | None = None


@dataclass(frozen=True)
class Rejected:
    """The provider will not send this message, and the same request would fail again.

    `code` and `message` are the provider's own; what a person can do about it, `Adapter.advice` says."""

    code: str
    message: str
    opted_out: bool = False
    invalid_number: bool = False
    bad_credentials: bool = False


@dataclass(frozen=True)
class Throttled:
    """Not sent: too many at once. To be tried again after so many seconds."""

    after_seconds: float


@dataclass(frozen=True)
class NotSent:
    """Provably not sent: no connection was made. Safe to try again. `reason` is a clause without full stop."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """The request went out and nobody knows what became of it. Never to be tried again without a person.
    `reason` is a clause without full stop."""

    reason: str


SendOutcome = Accepted | Rejected | Throttled | NotSent | Unknown

DEFAULT_PAUSE = 1.0
"""Seconds to wait after being throttled by a provider that does not say how long."""

LONGEST_PAUSE = 3600.0


def pause(headers: Mapping[str, str]) -> Throttled:
    """How long a 429 response asks to wait (`Retry-After` in seconds; its date form is not used here)."""
    asked = headers.get("retry-after", "").strip()
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return Throttled(DEFAULT_PAUSE)
    return Throttled(min(max(float(asked), DEFAULT_PAUSE), LONGEST_PAUSE))
