"""Facts that hold or do not: the conditions of `only if`, `only while`, `if` and `expect`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from rules.syntax.node import Node
from rules.syntax.values import Field, Moment, Name, Number, Pattern, Text, Value


@dataclass(frozen=True, slots=True)
class Is(Node):
    """`FIELD is V`."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class IsNot(Node):
    """`FIELD is not V`."""

    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class IsEmpty(Node):
    """`FIELD is empty`."""

    field: Field


@dataclass(frozen=True, slots=True)
class IsNotEmpty(Node):
    """`FIELD is not empty`."""

    field: Field


@dataclass(frozen=True, slots=True)
class IsAnyOf(Node):
    """`FIELD is any of V, V`."""

    field: Field
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsNotAnyOf(Node):
    """`FIELD is not any of V, V`."""

    field: Field
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class IsBefore(Node):
    """`FIELD is before MOMENT`."""

    field: Field
    moment: Moment


@dataclass(frozen=True, slots=True)
class IsAfter(Node):
    """`FIELD is after MOMENT`."""

    field: Field
    moment: Moment


@dataclass(frozen=True, slots=True)
class FieldMatches(Node):
    """`FIELD matches "P", "Q"`: one of the patterns covers the whole value."""

    field: Field
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class FieldDoesNotMatch(Node):
    """`FIELD does not match "P", "Q"`: none of the patterns does."""

    field: Field
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`FIELD < N`; operator is one of `<`, `<=`, `>`, `>=`."""

    field: Field
    operator: str
    right: Number | Field


@dataclass(frozen=True, slots=True)
class HasTag(Node):
    """`has tag "..."`."""

    tag: Text


@dataclass(frozen=True, slots=True)
class CanReceiveSms(Node):
    """`can receive sms`: a text sent now would not be skipped."""


@dataclass(frozen=True, slots=True)
class BusinessHours(Node):
    """`business hours [of "..."]`, as a condition, a sending window and a moment to wait for."""

    of: Name | None = None


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`between 22:00 and 07:00` in the file's zone; a window may pass midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class DayIs(Node):
    """`saturday, sunday`: today is one of them. `weekday` is Monday to Friday."""

    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not X`; also `it is not ...`."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AllOf(Node):
    """`X and Y and Z`."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """`X or Y or Z`."""

    conditions: tuple[Condition, ...]


Condition = (
    Is
    | IsNot
    | IsEmpty
    | IsNotEmpty
    | IsAnyOf
    | IsNotAnyOf
    | IsBefore
    | IsAfter
    | FieldMatches
    | FieldDoesNotMatch
    | Compare
    | HasTag
    | CanReceiveSms
    | BusinessHours
    | Between
    | DayIs
    | Not
    | AllOf
    | AnyOf
)
