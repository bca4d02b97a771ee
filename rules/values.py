"""Values of fields: how they are found by their dotted name, told empty from filled, compared and written.

A value is plain data: text, number, yes/no, a date, a moment, nothing, a list of records or a record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from rules import moments

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
_MOST_DIGITS = 40


class UnfitValue(Exception):
    """A value that cannot be used in this way; the message is a sentence for a person."""


@lru_cache(maxsize=4096)
def steps_of(path: str) -> tuple[str | int, ...]:
    """`invoices[0].name` as ("invoices", 0, "name")."""
    return tuple(name or int(number) for name, number in _STEP.findall(path))


def look_up(path: str, fields: Mapping[str, Any]) -> Any:
    """The value that a dotted name leads to; None where the way ends early."""
    value: Any = fields
    for step in steps_of(path):
        value = one_step(value, step)
    return value


def one_step(value: Any, step: str | int) -> Any:
    """The member of a record or the place in a list; None if there is no such thing."""
    if isinstance(value, Mapping):
        return value.get(step) if isinstance(step, str) else None
    if is_list(value) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def is_list(value: Any) -> bool:
    """Whether this is a list of values (a text is not)."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def is_empty(value: Any) -> bool:
    """Nothing, a text of blanks only, a list or record without members. No and 0 are not empty."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    return (is_list(value) or isinstance(value, Mapping)) and len(value) == 0


def is_number(value: Any) -> bool:
    """Whether this is a number (yes and no are not)."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def number(value: Any) -> Decimal | None:
    """The value as a number, also if it is a text that writes one; else None. At most 30 digits are read."""
    if isinstance(value, str):
        return Decimal(value.strip()) if _NUMBER.fullmatch(value.strip()) else None
    if not is_number(value):
        return None
    try:
        read = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return read if read.is_finite() and abs(read.adjusted()) < _MOST_DIGITS else None


def moment(value: Any) -> date | datetime | None:
    """The value as a date or moment, also if it is a text in ISO 8601; else None."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or len(value) > 40:
        return None
    for kind in (date, datetime):
        try:
            return kind.fromisoformat(value.strip())
        except ValueError:
            continue
    return None


def written(value: Any, zone: ZoneInfo) -> str:
    """The value as people read it: moments on the zone's clock, a decimal with the places it was given with.

    Raises UnfitValue for a list, a record, or a number without end.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_number(value):
        return _digits(value)
    if isinstance(value, datetime):
        return moments.local(value, zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if is_list(value):
        raise UnfitValue("This is a list. Pick one of it, as in invoices[0].name, or use join.")
    raise UnfitValue("This is a whole record. Say which of its fields, as in invoices[0].name.")


def _digits(value: Any) -> str:
    read = number(value)
    if read is None:
        raise UnfitValue("This number is too large to write.")
    if isinstance(value, float):
        read = read.normalize() if read else Decimal(0)
    return f"{read:f}"


def comparable(left: Any, right: Any, zone: ZoneInfo) -> tuple[Any, Any]:
    """Both values in a form in which they can be put in order: numbers, moments, else texts."""
    numbers = number(left), number(right)
    if None not in numbers and (is_number(left) or is_number(right)):
        return numbers
    whens = moment(left), moment(right)
    if whens[0] is not None and whens[1] is not None and any(isinstance(one, date) for one in (left, right)):
        return moments.local(whens[0], zone).astimezone(UTC), moments.local(whens[1], zone).astimezone(UTC)
    return written(left, zone), written(right, zone)
