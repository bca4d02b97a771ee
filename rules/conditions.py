"""Whether a condition of the language holds, for the facts of one moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rules import moments, patterns, syntax, values
from rules.facts import Facts, meaning

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def holds(condition: syntax.Condition, about: Facts) -> bool:
    """Whether the condition is met.

    An empty field is unequal to everything, neither before nor after, smaller nor greater. Raises MomentError
    for a moment outside the calendar.
    """
    return _JUDGES[type(condition)](condition, about)


def equals(value: Any, wanted: syntax.Value, about: Facts) -> bool:
    """Whether a field's value `is` a value of the language; also for `changes from V to V`.

    Texts without letter case and outer blanks, numbers by value, dates by calendar day in the file's zone,
    moments to the minute.
    """
    if isinstance(wanted, syntax.Nothing):
        return values.is_empty(value)
    if values.is_empty(value):
        return False
    plain = meaning(wanted, about)
    if isinstance(plain, bool) or isinstance(value, bool):
        return _as_yes_no(value) == _as_yes_no(plain)
    if isinstance(plain, Decimal):
        return values.number(value) == plain
    if isinstance(plain, date):
        return _same_time(values.moment(value), plain, about)
    return _same_text(value, str(plain), about)


def _as_yes_no(value: Any) -> Any:
    """A text that says yes or no counts as it: what a run remembers may have become a text."""
    if isinstance(value, str):
        return {"yes": True, "no": False}.get(value.strip().casefold(), value)
    return value if isinstance(value, bool) else None


def _same_time(value: date | datetime | None, wanted: date | datetime, about: Facts) -> bool:
    if value is None:
        return False
    if isinstance(value, datetime) and isinstance(wanted, datetime):
        return _minute(value, about) == _minute(wanted, about)
    return moments.day_of(value, about.zone) == moments.day_of(wanted, about.zone)


def _minute(value: datetime, about: Facts) -> datetime:
    return moments.local(value, about.zone).replace(second=0, microsecond=0)


def _same_text(value: Any, wanted: str, about: Facts) -> bool:
    written = text_of(value, about)
    if written is None:
        return False
    numbers = (values.number(value), values.number(wanted))
    if values.is_number(value) and None not in numbers:
        return numbers[0] == numbers[1]
    return written.strip().casefold() == wanted.strip().casefold()


def text_of(value: Any, about: Facts) -> str | None:
    """The value as text; None for what has no text, a list or a whole record."""
    try:
        return about.words(value)
    except values.UnfitValue:
        return None


def hit(condition: syntax.FieldMatches | syntax.FieldDoesNotMatch, about: Facts) -> str | None:
    """The first of the condition's patterns that the field's text matches, as written."""
    text = text_of(about.value(condition.field.path), about)
    return None if text is None else patterns.first_match((one.value for one in condition.patterns), text)


def has_tag(tag: str, about: Facts) -> bool:
    """Whether the record has the tag; letter case and outer blanks do not count."""
    return tag.strip().casefold() in {kept.strip().casefold() for kept in about.tags}


def _is(condition: syntax.Is | syntax.IsNot, about: Facts) -> bool:
    return equals(about.value(condition.field.path), condition.value, about)


def _is_empty(condition: syntax.IsEmpty | syntax.IsNotEmpty, about: Facts) -> bool:
    return values.is_empty(about.value(condition.field.path))


def _is_any_of(condition: syntax.IsAnyOf | syntax.IsNotAnyOf, about: Facts) -> bool:
    value = about.value(condition.field.path)
    return any(equals(value, wanted, about) for wanted in condition.values)


def _is_before(condition: syntax.IsBefore, about: Facts) -> bool:
    pair = _times(condition, about)
    return pair is not None and pair[0] < pair[1]


def _is_after(condition: syntax.IsAfter, about: Facts) -> bool:
    pair = _times(condition, about)
    return pair is not None and pair[0] > pair[1]


def _times(condition: syntax.IsBefore | syntax.IsAfter, about: Facts) -> tuple[Any, Any] | None:
    """The field and the moment, both to the second, or both as days where one of them is a day."""
    value = values.moment(about.value(condition.field.path))
    wanted = meaning(condition.moment, about)
    if value is None or not isinstance(wanted, date):
        return None
    if isinstance(value, datetime) and isinstance(wanted, datetime):
        return moments.local(value, about.zone), wanted
    return moments.day_of(value, about.zone), moments.day_of(wanted, about.zone)


def _compare(condition: syntax.Compare, about: Facts) -> bool:
    left = about.value(condition.field.path)
    right = other_side(condition, about)
    numbers = values.number(left), values.number(right)
    if None not in numbers:
        return _ORDER[condition.operator](*numbers)
    whens = values.moment(left), values.moment(right)
    if whens[0] is None or whens[1] is None:
        return False
    one, other = (moments.local(when, about.zone).astimezone(UTC) for when in whens if when is not None)
    return _ORDER[condition.operator](one, other)


def other_side(condition: syntax.Compare, about: Facts) -> Any:
    """What the field is compared with: a number, or another field's value."""
    right = condition.right
    return right.value if isinstance(right, syntax.Number) else about.value(right.path)


def _business_hours(condition: syntax.BusinessHours, about: Facts) -> bool:
    hours = about.business_hours(condition.of.value if condition.of else None)
    return moments.is_open(about.now, hours, about.zone)


def _between(condition: syntax.Between, about: Facts) -> bool:
    return moments.is_between(about.now, condition.start, condition.end, about.zone)


def _day_is(condition: syntax.DayIs, about: Facts) -> bool:
    return about.today.weekday() in moments.numbers(condition.days)


_JUDGES: dict[type[syntax.Node], Callable[[Any, Facts], bool]] = {
    syntax.Is: _is,
    syntax.IsNot: lambda condition, about: not _is(condition, about),
    syntax.IsEmpty: _is_empty,
    syntax.IsNotEmpty: lambda condition, about: not _is_empty(condition, about),
    syntax.IsAnyOf: _is_any_of,
    syntax.IsNotAnyOf: lambda condition, about: not _is_any_of(condition, about),
    syntax.IsBefore: _is_before,
    syntax.IsAfter: _is_after,
    syntax.FieldMatches: lambda condition, about: hit(condition, about) is not None,
    syntax.FieldDoesNotMatch: lambda condition, about: hit(condition, about) is None,
    syntax.Compare: _compare,
    syntax.HasTag: lambda condition, about: has_tag(condition.tag.value, about),
    syntax.CanReceiveSms: lambda _, about: about.can_receive_sms(),
    syntax.BusinessHours: _business_hours,
    syntax.Between: _between,
    syntax.DayIs: _day_is,
    syntax.Not: lambda condition, about: not holds(condition.condition, about),
    syntax.AllOf: lambda condition, about: all(holds(part, about) for part in condition.conditions),
    syntax.AnyOf: lambda condition, about: any(holds(part, about) for part in condition.conditions),
}
