"""What a provider's webhook says, in the same words for every provider."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Status = Literal["queued", "sent", "delivered", "failed"]
"""How far a message has come. A provider's finer words are kept beside it."""

Consent = Literal["stop", "start", "help"]


@dataclass(frozen=True)
class Media:
    """A picture or another file that came with a text, to be fetched from the provider."""

    url: str
    content_type: str | None

    @property
    def is_layout(self) -> bool:
        """Whether it only says how a phone is to lay out the others (SMIL): nothing that people want to see."""
        return self.content_type == "application/smil" or self.url.partition("?")[0].lower().endswith(".smil")


@dataclass(frozen=True)
class Part:
    """Which part of a long text: parts with one reference belong together. `number` counts from 1 up to `total`."""

    reference: str
    number: int
    total: int


@dataclass(frozen=True)
class InboundEvent:
    """A text from a phone. `sender` and `to` are E.164, a short code, or (sender only) a name.

    `received_at` is aware UTC and the provider's own time, where it tells one. `opt_out` is what the
    provider itself understood the text to ask. `account` is the account that the provider names. `part` is set where
    this is not the whole text."""

    provider_id: str
    sender: str
    to: str
    text: str
    media: tuple[Media, ...] = ()
    segments: int | None = None
    received_at: datetime | None = None
    opt_out: Consent | None = None
    account: str | None = None
    part: Part | None = None


@dataclass(frozen=True)
class StatusEvent:
    """A receipt: how far a message has come. `final` says that no other will follow. `segments`: as it was charged.

    `provider_id` is the message's, blank where a receipt names it by our id alone. `our_id` is our own public id,
    from the address that we gave for receipts."""

    provider_id: str
    status: Status
    provider_status: str
    final: bool
    error_code: str | None = None
    to: str | None = None
    our_id: str | None = None
    opted_out: bool = False
    account: str | None = None
    segments: int | None = None


@dataclass(frozen=True)
class Malformed:
    """An authentic entry that cannot be used, why, and what it was: kept for people, answered like the others."""

    reason: str
    content: str = field(default="", repr=False)


STOP_WORDS = frozenset({"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
"""Texts after which providers and networks block a number by themselves (CTIA, "Messaging Principles and Best
Practices"), whatever words the account listens to."""


def stop_in(text: str) -> Consent | None:
    """Whether the text, by itself, is one of the words after which the provider blocks the number."""
    return "stop" if text.strip().upper() in STOP_WORDS else None


Event = InboundEvent | StatusEvent | Malformed


def storable(text: str) -> str:
    """The text with U+FFFD for what no database takes: NUL, and halves of surrogate pairs."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
