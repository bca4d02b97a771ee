"""What templates can do to a value: the filters, tests and date letters of Twig that texts need.

A filter takes the scope of the rendering, the value and its arguments, all plain data. An empty value stays
empty. Each is linear in what it is given, and none makes a text longer than `LONGEST_VALUE`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rules import moments, values

LONGEST_VALUE = 10_000
"""Characters a filter may make of one value."""

MOST_STEPS = 20_000
"""Parts of a template that one rendering may carry out, loops unrolled; with text, about 20 ms."""

DEFAULT_FORMAT = "M j, Y"


class TemplateError(Exception):
    """A text that cannot be saved or filled in; the message is a sentence for a person.

    `offset` is the character of the source where the mistake begins, if it is known.
    """

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


@dataclass
class Scope:
    """One rendering: its moment (UTC), the zone dates are shown in, the steps left, the empty fields met."""

    now: datetime
    zone: ZoneInfo
    steps: int = MOST_STEPS
    empty: list[str] = field(default_factory=list)

    def spend(self, steps: int) -> None:
        """Raises TemplateError once the rendering has done too much."""
        self.steps -= steps
        if self.steps < 0:
            raise TemplateError("This text takes too long to fill in. Use shorter lists or fewer loops.")

    def words(self, value: Any) -> str:
        """The value as text."""
        return values.written(value, self.zone)


def _text(function: Callable[[str], str]) -> Callable[[Scope, Any], str | None]:
    """A filter that only looks at the words of the value."""

    def filtered(scope: Scope, value: Any) -> str | None:
        return None if value is None else function(scope.words(value))

    return filtered


def _title(text: str) -> str:
    return re.sub(r"\w[\w'’]*", lambda word: word[0][0].upper() + word[0][1:].lower(), text)


def _default(_: Scope, value: Any, fallback: Any = "") -> Any:
    return fallback if values.is_empty(value) else value


def _first(scope: Scope, value: Any) -> Any:
    return _end(scope, value, 0)


def _last(scope: Scope, value: Any) -> Any:
    return _end(scope, value, -1)


def _end(scope: Scope, value: Any, place: int) -> Any:
    parts = value if values.is_list(value) else scope.words(value)
    return parts[place] if parts else None


def _length(scope: Scope, value: Any) -> int:
    return len(value) if values.is_list(value) or isinstance(value, Mapping) else len(scope.words(value))


def _join(scope: Scope, value: Any, between: Any = "", last: Any = None) -> str | None:
    if not values.is_list(value):
        return None if value is None else scope.words(value)
    scope.spend(len(value))
    words = [scope.words(part) for part in value]
    glue = scope.words(between)
    _bounded(sum(map(len, words)) + len(glue) * len(words))
    if last is not None and len(words) > 1:
        return glue.join(words[:-1]) + scope.words(last) + words[-1]
    return glue.join(words)


def _replace(scope: Scope, value: Any, old: Any, new: Any) -> str | None:
    if value is None:
        return None
    text, before, after = scope.words(value), scope.words(old), scope.words(new)
    if not before:
        raise TemplateError("replace needs to know what to replace; its first text is empty.")
    _bounded(len(text) + text.count(before) * (len(after) - len(before)))
    return text.replace(before, after)


def _round(_: Scope, value: Any, places: Any = 0) -> Decimal | None:
    return None if values.is_empty(value) else _to_places(value, places)


def _number_format(_: Scope, value: Any, places: Any = 0, point: Any = ".", comma: Any = ",") -> str | None:
    if values.is_empty(value):
        return None
    digits = f"{_to_places(value, places):,f}"
    return digits.replace(",", "\0").replace(".", str(point)[:3]).replace("\0", str(comma)[:3])


def _to_places(value: Any, places: Any) -> Decimal:
    read = values.number(value)
    if read is None:
        raise TemplateError("Only a number can be rounded or formatted as one.")
    if not isinstance(places, int) or not 0 <= places <= 10:
        raise TemplateError("Say between 0 and 10 decimal places.")
    return read.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _date(scope: Scope, value: Any, letters: Any = DEFAULT_FORMAT) -> str | None:
    if values.is_empty(value):
        return None
    read = scope.now if value == "now" else values.moment(value)
    if read is None:
        raise TemplateError("This is not a date, so it cannot be written as one.")
    return formatted(read, scope.words(letters), scope.zone)


def _bounded(length: int) -> None:
    if length > LONGEST_VALUE:
        raise TemplateError("A filter makes this text too long. Use a shorter one.")


@dataclass(frozen=True)
class Filter:
    """A filter and how many arguments it takes at least and at most."""

    function: Callable[..., Any]
    least: int = 0
    most: int = 0


FILTERS = {
    "default": Filter(_default, 0, 1),
    "lower": Filter(_text(str.lower)),
    "upper": Filter(_text(str.upper)),
    "title": Filter(_text(_title)),
    "capitalize": Filter(_text(str.capitalize)),
    "trim": Filter(_text(str.strip)),
    "first": Filter(_first),
    "last": Filter(_last),
    "length": Filter(_length),
    "join": Filter(_join, 0, 2),
    "replace": Filter(_replace, 2, 2),
    "round": Filter(_round, 0, 1),
    "number_format": Filter(_number_format, 0, 3),
    "date": Filter(_date, 0, 1),
}
"""The filters a text may use, by the name they are written with."""

TESTS: dict[str, Callable[[Any], bool]] = {
    "empty": values.is_empty,
    "none": lambda value: value is None,
    "odd": lambda value: _is_number(value) and value % 2 == 1,
    "even": lambda value: _is_number(value) and value % 2 == 0,
}
"""What may follow `is` in a text, beside `defined`."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _suffix(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_LETTERS: dict[str, Callable[[datetime], str]] = {
    "d": lambda when: f"{when.day:02}",
    "j": lambda when: str(when.day),
    "S": lambda when: _suffix(when.day),
    "D": lambda when: moments.DAYS[when.weekday()][:3].title(),
    "l": lambda when: moments.DAYS[when.weekday()].title(),
    "N": lambda when: str(when.isoweekday()),
    "w": lambda when: str(when.isoweekday() % 7),
    "W": lambda when: f"{when.isocalendar().week:02}",
    "F": lambda when: _MONTHS[when.month - 1],
    "M": lambda when: _MONTHS[when.month - 1][:3],
    "m": lambda when: f"{when.month:02}",
    "n": lambda when: str(when.month),
    "Y": lambda when: f"{when.year:04}",
    "y": lambda when: f"{when.year % 100:02}",
    "a": lambda when: "am" if when.hour < 12 else "pm",
    "A": lambda when: "AM" if when.hour < 12 else "PM",
    "g": lambda when: str(when.hour % 12 or 12),
    "h": lambda when: f"{when.hour % 12 or 12:02}",
    "G": lambda when: str(when.hour),
    "H": lambda when: f"{when.hour:02}",
    "i": lambda when: f"{when.minute:02}",
    "s": lambda when: f"{when.second:02}",
    "T": lambda when: when.tzname() or "",
}


def formatted(value: date | datetime, letters: str, zone: ZoneInfo) -> str:
    """A date written with the letters of PHP's `date` (php.net/datetime.format), on the zone's clock.

    A letter that means nothing, and one after a backslash, stands for itself. A date is at its first minute.
    """
    when = moments.local(value, zone)
    spelled = re.findall(r"\\(.)|(.)", letters[:100], re.DOTALL)
    return "".join(plain or _LETTERS.get(letter, lambda _, kept=letter: kept)(when) for plain, letter in spelled)
