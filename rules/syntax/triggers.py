"""When a rule starts: its `when` and `every` lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from rules.syntax.node import Node
from rules.syntax.values import Duration, Field, Name, Pattern, Value


@dataclass(frozen=True, slots=True)
class TextTrigger(Node):
    """What triggers about a text share: no lines means every line, no patterns means every text."""

    lines: tuple[Name, ...] = ()
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingSms(TextTrigger):
    """`when incoming sms`: a text that no waiting question took."""


@dataclass(frozen=True, slots=True)
class AnyIncomingSms(TextTrigger):
    """`when any incoming sms`: every text, also one that a question took."""


@dataclass(frozen=True, slots=True)
class AnyOtherIncomingSms(TextTrigger):
    """`when any other incoming sms`: the catch-all; it never has patterns."""


@dataclass(frozen=True, slots=True)
class NewConversation(TextTrigger):
    """`when new conversation`: the first text since the conversation was opened or re-opened."""


@dataclass(frozen=True, slots=True)
class SmsDelivered(TextTrigger):
    """`when sms delivered`."""


@dataclass(frozen=True, slots=True)
class SmsFailed(TextTrigger):
    """`when sms failed`."""


@dataclass(frozen=True, slots=True)
class FieldChanges(Node):
    """`when FIELD changes [from V] [to V]`; None means any value."""

    field: Field
    old: Value | None = None
    new: Value | None = None


@dataclass(frozen=True, slots=True)
class Created(Node):
    """`when created`."""


@dataclass(frozen=True, slots=True)
class Started(Node):
    """`when started`: by the Start button, the API or `start rule`."""


@dataclass(frozen=True, slots=True)
class Relative(Node):
    """`when 2 days before FIELD [at 09:00]`; side is `before` or `after`."""

    duration: Duration
    side: str
    field: Field
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Daily(Node):
    """`every day`."""


@dataclass(frozen=True, slots=True)
class Weekly(Node):
    """`every monday, thursday`; days are lower-case names, `weekday` is Monday to Friday."""

    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Monthly(Node):
    """`every month on day 1`; day is 1 to 31, a month without it uses its last day."""

    day: int


@dataclass(frozen=True, slots=True)
class Every(Node):
    """`every ... at 09:00`, in the file's zone."""

    calendar: Daily | Weekly | Monthly
    at: time


Trigger = (
    IncomingSms
    | AnyIncomingSms
    | AnyOtherIncomingSms
    | NewConversation
    | SmsDelivered
    | SmsFailed
    | FieldChanges
    | Created
    | Started
    | Relative
    | Every
)
