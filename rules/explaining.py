"""Conditions in words for the log: the part that decided, with the value that it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import time
from decimal import Decimal
from typing import Any

from rules import moments, syntax, values
from rules.conditions import has_tag, hit, holds, other_side, text_of
from rules.facts import Facts

_LONGEST_VALUE = 80


def explain(condition: syntax.Condition, about: Facts) -> str:
    """Why the condition holds or does not, such as "appointment_status is Proposed, not Confirmed".

    Of several parts only those that decided are named. Raises MomentError like `holds`.
    """
    return _WORDS[type(condition)](condition, about)


def shown(value: Any, about: Facts) -> str:
    """A field's value as a log shows it, long ones cut."""
    if values.is_empty(value):
        return "empty"
    text = text_of(value, about)
    if text is None:
        return f"a list of {len(value)}" if values.is_list(value) else "a record"
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def in_words(value: syntax.Value | syntax.Field) -> str:
    """A value of a rule as it was written, without its quotes."""
    if isinstance(value, syntax.Field):
        return value.path
    if isinstance(value, syntax.Text | syntax.Number | syntax.YesNo):
        return _plain_in_words(value.value)
    if isinstance(value, syntax.Ago):
        return f"{duration_in_words(value.duration)} ago"
    if isinstance(value, syntax.FromNow):
        return f"{duration_in_words(value.duration)} from now"
    if isinstance(value, syntax.DateValue):
        return value.date.isoformat() + (f" at {_clock(value.at)}" if value.at else "")
    return type(value).__name__.lower()


def _plain_in_words(value: str | Decimal | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:f}"


def duration_in_words(duration: Iterable[tuple[int | Decimal, str]]) -> str:
    """`1 hour 30 minutes`."""
    return " ".join(f"{amount} {unit}{'' if amount == 1 else 's'}" for amount, unit in duration)


def _found(condition: Any, about: Facts) -> str:
    return f"{condition.field.path} is {shown(about.value(condition.field.path), about)}"


def _is(condition: syntax.Is | syntax.IsNot, about: Facts) -> str:
    equal = holds(syntax.Is(condition.field, condition.value), about)
    return _found(condition, about) + ("" if equal else f", not {in_words(condition.value)}")


def _is_empty(condition: syntax.IsEmpty | syntax.IsNotEmpty, about: Facts) -> str:
    filled = not values.is_empty(about.value(condition.field.path))
    return _found(condition, about) + (", not empty" if filled and isinstance(condition, syntax.IsEmpty) else "")


def _is_any_of(condition: syntax.IsAnyOf | syntax.IsNotAnyOf, about: Facts) -> str:
    if holds(syntax.IsAnyOf(condition.field, condition.values), about):
        return _found(condition, about)
    return f"{_found(condition, about)}, none of {', '.join(map(in_words, condition.values))}"


def _is_on_a_side(condition: syntax.IsBefore | syntax.IsAfter, about: Facts) -> str:
    side = "before" if isinstance(condition, syntax.IsBefore) else "after"
    return f"{_found(condition, about)}, {_not(condition, about)}{side} {in_words(condition.moment)}"


def _matches(condition: syntax.FieldMatches | syntax.FieldDoesNotMatch, about: Facts) -> str:
    pattern = hit(condition, about)
    if pattern is not None:
        return f'{_found(condition, about)}, which matches "{pattern}"'
    tried = ", ".join(f'"{one.value}"' for one in condition.patterns)
    return f"{_found(condition, about)}, which does not match {tried}"


def _compare(condition: syntax.Compare, about: Facts) -> str:
    wanted = in_words(condition.right)
    if isinstance(condition.right, syntax.Field):
        wanted += f" ({shown(other_side(condition, about), about)})"
    return f"{_found(condition, about)}, {_not(condition, about)}{condition.operator} {wanted}"


def _has_tag(condition: syntax.HasTag, about: Facts) -> str:
    return f'has {"the" if has_tag(condition.tag.value, about) else "no"} tag "{condition.tag.value}"'


def _can_receive(condition: syntax.CanReceiveSms, about: Facts) -> str:
    return "can receive sms" if holds(condition, about) else "cannot receive sms"


def _business_hours(condition: syntax.BusinessHours, about: Facts) -> str:
    of = f' of "{condition.of.value}"' if condition.of else ""
    return f"it is {_not(condition, about)}business hours{of} ({_time_now(about)})"


def _between(condition: syntax.Between, about: Facts) -> str:
    window = f"between {_clock(condition.start)} and {_clock(condition.end)}"
    return f"it is {_time_now(about)}, {_not(condition, about)}{window}"


def _day_is(condition: syntax.DayIs, about: Facts) -> str:
    today = f"it is {moments.DAYS[about.today.weekday()]}"
    return today if holds(condition, about) else f"{today}, not {' or '.join(condition.days)}"


def _all_of(condition: syntax.AllOf, about: Facts) -> str:
    failed = next((part for part in condition.conditions if not holds(part, about)), None)
    if failed is not None:
        return explain(failed, about)
    return " and ".join(explain(part, about) for part in condition.conditions)


def _any_of(condition: syntax.AnyOf, about: Facts) -> str:
    met = next((part for part in condition.conditions if holds(part, about)), None)
    if met is not None:
        return explain(met, about)
    return " and ".join(explain(part, about) for part in condition.conditions)


def _not(condition: syntax.Condition, about: Facts) -> str:
    return "" if holds(condition, about) else "not "


def _clock(clock: time) -> str:
    return clock.strftime("%H:%M")


def _time_now(about: Facts) -> str:
    return about.now.astimezone(about.zone).strftime("%A %H:%M")


_WORDS: dict[type[syntax.Node], Callable[[Any, Facts], str]] = {
    syntax.Is: _is,
    syntax.IsNot: _is,
    syntax.IsEmpty: _is_empty,
    syntax.IsNotEmpty: _is_empty,
    syntax.IsAnyOf: _is_any_of,
    syntax.IsNotAnyOf: _is_any_of,
    syntax.IsBefore: _is_on_a_side,
    syntax.IsAfter: _is_on_a_side,
    syntax.FieldMatches: _matches,
    syntax.FieldDoesNotMatch: _matches,
    syntax.Compare: _compare,
    syntax.HasTag: _has_tag,
    syntax.CanReceiveSms: _can_receive,
    syntax.BusinessHours: _business_hours,
    syntax.Between: _between,
    syntax.DayIs: _day_is,
    syntax.Not: lambda condition, about: explain(condition.condition, about),
    syntax.AllOf: _all_of,
    syntax.AnyOf: _any_of,
}
