"""The lines of a `test`: things happen to a fake account on a fake clock, expectations follow."""

from __future__ import annotations

from dataclasses import dataclass

from rules.syntax.conditions import Condition
from rules.syntax.node import Node
from rules.syntax.steps import MomentAhead, Somebody
from rules.syntax.values import DateValue, Duration, Field, Name, Pattern, Text, Value


@dataclass(frozen=True, slots=True)
class GivenField(Node):
    """`FIELD is V` below `given`."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class GivenTag(Node):
    """`has tag "..."` below `given`."""

    tag: Text


@dataclass(frozen=True, slots=True)
class Given(Node):
    """`given contact:` and what the record holds."""

    kind: str
    facts: tuple[GivenField | GivenTag, ...]


@dataclass(frozen=True, slots=True)
class GivenUnknownSender(Node):
    """`given unknown sender "+1..."`."""

    number: Text


@dataclass(frozen=True, slots=True)
class ClockIs(Node):
    """`clock is 2030-01-07 at 10:00`; the moment always has a clock time."""

    moment: DateValue


@dataclass(frozen=True, slots=True)
class TextArrives(Node):
    """`incoming sms "..." [on line "..."]`."""

    text: Text
    line: Name | None = None


@dataclass(frozen=True, slots=True)
class ReportDelivered(Node):
    """`sms delivered`, about the last text."""


@dataclass(frozen=True, slots=True)
class ReportFailed(Node):
    """`sms failed`, about the last text."""


@dataclass(frozen=True, slots=True)
class ChangeField(Node):
    """`change FIELD to V`, as a person would."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class RuleIsStarted(Node):
    """`start rule "..."`, as by the Start button."""

    rule: Name


@dataclass(frozen=True, slots=True)
class After(Node):
    """`after 10 minutes`: moves the clock."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class Until(Node):
    """`until monday at 09:00`: moves the clock."""

    moment: MomentAhead


@dataclass(frozen=True, slots=True)
class ExpectSms(Node):
    """`expect sms "exact"` (text) or `expect sms matches "P"` (patterns): takes the next sent text."""

    text: Text | None = None
    patterns: tuple[Pattern, ...] = ()
    line: Name | None = None


@dataclass(frozen=True, slots=True)
class ExpectNoSms(Node):
    """`expect no sms`."""


@dataclass(frozen=True, slots=True)
class ExpectSkipped(Node):
    """`expect sms skipped [because "..."]`."""

    because: Text | None = None


@dataclass(frozen=True, slots=True)
class ExpectNotify(Node):
    """`expect notify ... [matches ...]`."""

    to: Somebody
    patterns: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectRule(Node):
    """`expect rule "..." waiting`; state is `waiting`, `finished` or `not started`."""

    rule: Name
    state: str


@dataclass(frozen=True, slots=True)
class Expect(Node):
    """`expect CONDITION`."""

    condition: Condition


TestLine = (
    Given
    | GivenUnknownSender
    | ClockIs
    | TextArrives
    | ReportDelivered
    | ReportFailed
    | ChangeField
    | RuleIsStarted
    | After
    | Until
    | ExpectSms
    | ExpectNoSms
    | ExpectSkipped
    | ExpectNotify
    | ExpectRule
    | Expect
)
