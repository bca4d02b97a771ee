"""What can stand for a value: texts, numbers, names, fields, moments of the calendar and lengths of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from rules.syntax.node import Node


@dataclass(frozen=True, slots=True)
class Text(Node):
    """Words in quotes or behind bars, unescaped; a long text is joined by line breaks. May hold {{ }}."""

    value: str
    long: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Pattern(Node):
    """A pattern with `*` and `?`; its backslashes are kept, because `\\*`, `\\?` and `\\\\` are its own escapes."""

    value: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """The name of a line, group, user, webhook or rule, as the account has it."""

    value: str


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A dotted name such as `first_name`, `contacts[0].mobile` or `__data.reply.text`.

    `record.` in front only says "this is a field"; it is not part of the path. `escaped` remembers it.
    """

    path: str
    escaped: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number without sign."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class YesNo(Node):
    """`yes` is True, `no` is False."""

    value: bool


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """`nothing`: empties a field."""


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """A length of time, as (amount, unit) pairs in the order written.

    Units are second, minute, hour, day, week, month (always singular). An amount is an int; a fraction, which
    only second, minute and hour can have, is a Decimal.
    """

    parts: tuple[tuple[int | Decimal, str], ...]

    def __iter__(self) -> Iterator[tuple[int | Decimal, str]]:
        """The (amount, unit) pairs."""
        return iter(self.parts)


@dataclass(frozen=True, slots=True)
class Now(Node):
    """`now`: the present moment."""


@dataclass(frozen=True, slots=True)
class Today(Node):
    """`today`: the present calendar day in the file's zone."""


@dataclass(frozen=True, slots=True)
class Ago(Node):
    """`2 days ago`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class FromNow(Node):
    """`3 hours from now`."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class DateValue(Node):
    """`2026-12-24` or `2026-12-24 at 09:00`, in the file's zone; without a clock time `at` is None."""

    date: date
    at: time | None = None


Moment = Now | Today | Ago | FromNow | DateValue
Value = Text | Number | YesNo | Nothing | Moment
