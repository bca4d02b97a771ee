"""What a rule does: its steps, and the moments and people that steps name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from rules.syntax.conditions import BusinessHours, Condition
from rules.syntax.node import Node
from rules.syntax.values import DateValue, Duration, Field, Name, Pattern, Text, Value


@dataclass(frozen=True, slots=True)
class AtClock(Node):
    """`09:00`: the next such clock time in the file's zone."""

    at: time


@dataclass(frozen=True, slots=True)
class TomorrowAt(Node):
    """`tomorrow at 09:00`."""

    at: time


@dataclass(frozen=True, slots=True)
class DayAt(Node):
    """`monday at 09:00`; day is a lower-case name or `weekday`."""

    day: str
    at: time


@dataclass(frozen=True, slots=True)
class FieldMoment(Node):
    """`FIELD`: the moment that the field holds, followed when it moves."""

    field: Field


@dataclass(frozen=True, slots=True)
class FieldOffset(Node):
    """`2 days before FIELD [at 09:00]`; side is `before` or `after`."""

    duration: Duration
    side: str
    field: Field
    at: time | None = None


MomentAhead = AtClock | TomorrowAt | DayAt | DateValue | BusinessHours | FieldMoment | FieldOffset


@dataclass(frozen=True, slots=True)
class User(Node):
    """`user "..."`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Group(Node):
    """`group "..."`."""

    name: Name


@dataclass(frozen=True, slots=True)
class Owner(Node):
    """`owner`: the owner of the record."""


Somebody = User | Group | Owner


@dataclass(frozen=True, slots=True)
class SendSms(Node):
    """`send sms`; without `to` the mobile field, without `line` the line of the conversation or the settings."""

    text: Text
    to: Field | None = None
    line: Name | None = None


@dataclass(frozen=True, slots=True)
class Wait(Node):
    """`wait 10 minutes`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class WaitUntil(Node):
    """`wait until ...`."""

    moment: MomentAhead


@dataclass(frozen=True, slots=True)
class OnReply(Node):
    """`on reply matches ...:`."""

    patterns: tuple[Pattern, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class OnOtherReply(Node):
    """`on any other reply:`, or `on any reply:` (other is False) when nothing stands above it."""

    steps: tuple[Step, ...]
    other: bool = True


@dataclass(frozen=True, slots=True)
class OnNoReply(Node):
    """`on no reply:`."""

    steps: tuple[Step, ...]


Case = OnReply | OnOtherReply | OnNoReply


@dataclass(frozen=True, slots=True)
class WaitForReply(Node):
    """`wait for reply up to ...:` and its cases in the order written; the first that matches decides."""

    limit: Duration
    cases: tuple[Case, ...]

    @property
    def answers(self) -> tuple[OnReply, ...]:
        """The cases with patterns."""
        return tuple(case for case in self.cases if isinstance(case, OnReply))

    @property
    def other(self) -> OnOtherReply | None:
        """The case for every other answer, if there is one."""
        return next((case for case in self.cases if isinstance(case, OnOtherReply)), None)

    @property
    def silence(self) -> OnNoReply | None:
        """The case for no answer; a checked rule always has it."""
        return next((case for case in self.cases if isinstance(case, OnNoReply)), None)


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """`if C:` or `else if C:` with its steps."""

    condition: Condition
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """The first branch that holds is carried out, else `otherwise` (empty without an `else:`)."""

    branches: tuple[Branch, ...]
    otherwise: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class SetField(Node):
    """`set FIELD to V`."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class Remember(Node):
    """`remember NAME as V`: stores `__data.NAME` for the run."""

    name: Name
    value: Value


@dataclass(frozen=True, slots=True)
class AddTag(Node):
    """`add tag "..."`."""

    tag: Text


@dataclass(frozen=True, slots=True)
class RemoveTag(Node):
    """`remove tag "..."`."""

    tag: Text


@dataclass(frozen=True, slots=True)
class Create(Node):
    """`create case "Title":` with the fields set below; kind is contact, lead, account, deal or case."""

    kind: str
    title: Text | None = None
    fields: tuple[SetField, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachMessage(Node):
    """`attach message to case`."""


@dataclass(frozen=True, slots=True)
class CloseCase(Node):
    """`close case`."""


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """`assign to user "..."`, `group "..."` or `owner`."""

    to: Somebody


@dataclass(frozen=True, slots=True)
class Notify(Node):
    """`notify user / group / owner "..."`."""

    to: Somebody
    text: Text


@dataclass(frozen=True, slots=True)
class StartRule(Node):
    """`start rule "..."` for this record."""

    rule: Name


@dataclass(frozen=True, slots=True)
class CallWebhook(Node):
    """`call webhook "name"`."""

    webhook: Name


@dataclass(frozen=True, slots=True)
class Stop(Node):
    """`stop`: ends the run."""


@dataclass(frozen=True, slots=True)
class DoNothing(Node):
    """`do nothing`."""


Step = (
    SendSms
    | Wait
    | WaitUntil
    | WaitForReply
    | If
    | SetField
    | Remember
    | AddTag
    | RemoveTag
    | Create
    | AttachMessage
    | CloseCase
    | Assign
    | Notify
    | StartRule
    | CallWebhook
    | Stop
    | DoNothing
)
