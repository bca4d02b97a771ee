"""Texts, names, numbers and moments."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import Any

from lark import Token

from rules.errors import Mistake
from rules.syntax import (
    Ago,
    DateValue,
    Duration,
    Field,
    FromNow,
    Name,
    Nothing,
    Now,
    Number,
    Pattern,
    Place,
    Text,
    Today,
    YesNo,
)
from rules.tree.parts import only, parts, place_of, same

_LONGEST_NUMBER = 12
_LONGEST_AMOUNT = 100_000
# A placeholder that is not closed ends where the next one opens, so that no text is slow to look through.
PLACEHOLDER = re.compile(r"\{\{(?:(?!\{\{|\}\}).)*+\}\}|\{%(?:(?!\{%|%\}).)*+%\}|\{#(?:(?!\{#|#\}).)*+#\}", re.DOTALL)
TEXT_ESCAPE = re.compile(rf"\\(.)|{PLACEHOLDER.pattern}")
_PATTERN_ESCAPE = re.compile(r"\\(.)")


def unescape_text(token: Token) -> str:
    """The words between the quotes. Placeholders are left as they are. Raises Mistake for an unknown escape."""

    def plain(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0]
        if found[1] not in '"\\n':
            raise _unknown_escape(token, found, 'only \\" (a quote), \\\\ (a backslash) and \\n (a new line)')
        return "\n" if found[1] == "n" else found[1]

    return TEXT_ESCAPE.sub(plain, token[1:-1])


def unescape_pattern(token: Token) -> str:
    """The pattern between the quotes; it keeps its own escapes, only a quote loses its backslash."""

    def plain(found: re.Match[str]) -> str:
        if found[1] not in '"\\*?':
            raise _unknown_escape(token, found, 'only \\* \\? \\\\ and \\"')
        return '"' if found[1] == '"' else found[0]

    return _PATTERN_ESCAPE.sub(plain, token[1:-1])


def _unknown_escape(token: Token, found: re.Match[str], known: str) -> Mistake:
    whole = place_of(token)
    return Mistake(
        "R006",
        Place(whole.line, whole.column + 1 + found.start(), 2),
        f"A backslash before {found[1]} means nothing here; there are {known}.",
        f"Leave it out, or, for a backslash in the text, write two:  \\\\{found[1]}",
    )


class Values:
    """The methods for values."""

    yes = parts(lambda _, place: YesNo(True, place=place))
    no = parts(lambda _, place: YesNo(False, place=place))
    nothing = same(Nothing)
    now = same(Now)
    today = same(Today)
    ago = same(Ago)
    from_now = same(FromNow)
    at = only

    @parts
    def text(self, place: Place, token: Token) -> Text:
        return Text(unescape_text(token), place=place)

    @parts
    def pattern(self, place: Place, token: Token) -> Pattern:
        return Pattern(unescape_pattern(token), place=place)

    @parts
    def name(self, place: Place, token: Token) -> Name:
        return Name(unescape_text(token), place=place)

    @parts
    def field(self, place: Place, token: Token) -> Field:
        escaped = token.startswith("record.")
        return Field(token.removeprefix("record."), escaped, place=place)

    @parts
    def number(self, place: Place, token: Token) -> Number:
        if len(token) > _LONGEST_NUMBER * 2:
            raise Mistake("R025", place, "This number is too long.", "Write a number of at most 24 digits.")
        return Number(Decimal(str(token)), place=place)

    @parts
    def clock(self, _place: Place, token: Token) -> time:
        hours, minutes = token.split(":")
        return time(int(hours), int(minutes))

    @parts
    def date(self, place: Place, day: Token, at: time | None = None) -> DateValue:
        return DateValue(calendar_day(day), at, place=place)

    @parts
    def duration(self, place: Place, *tokens: Token) -> Duration:
        pairs = tuple(_pair(*pair) for pair in zip(tokens[::2], tokens[1::2], strict=True))
        last = tokens[-1]
        if last.line == place.line:
            place = Place(place.line, place.column, (last.end_column or 0) - place.column)
        return Duration(pairs, place=place)

    def long_text(self, children: list[Any]) -> Text:
        bars = [child for child in children if isinstance(child, Token) and child.type == "BAR"]
        lines = [bar[1:].removeprefix(" ") for bar in bars]
        first = bars[0]
        skipped = len(first) - len(lines[0])
        place = Place(first.line or 1, (first.column or 1) + skipped, max(1, len(lines[0])))
        return Text("\n".join(lines), True, place=place)


def calendar_day(token: Token) -> date:
    """The day that the token names. Raises Mistake if the calendar does not have it."""
    try:
        return date.fromisoformat(token)
    except ValueError:
        raise Mistake(
            "R010",
            place_of(token),
            f"There is no day {token} in the calendar.",
            "Dates are written year-month-day, for example 2026-12-24.",
        ) from None


def _pair(amount: Token, unit: Token) -> tuple[int | Decimal, str]:
    name = unit.lower().removesuffix("s")
    place = Place(amount.line or 1, amount.column or 1, (unit.end_column or 0) - (amount.column or 1))
    if len(amount) > _LONGEST_NUMBER or Decimal(str(amount)) > _LONGEST_AMOUNT:
        raise Mistake("R008", place, "This length of time is too long.", f"The most is {_LONGEST_AMOUNT:,} {name}s.")
    if amount.isdigit():
        return int(amount), name
    if name not in ("second", "minute", "hour"):
        raise Mistake(
            "R008",
            place,
            f"Days, weeks and months are counted whole; {amount} {unit} is not a whole number of them.",
            "Write for example:  1 day 12 hours",
        )
    return Decimal(str(amount)), name
