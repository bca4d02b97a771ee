"""Triggers."""

from __future__ import annotations

from datetime import time
from typing import Any

from lark import Token

from rules.syntax import (
    AnyIncomingSms,
    AnyOtherIncomingSms,
    Created,
    Daily,
    Duration,
    Every,
    Field,
    FieldChanges,
    IncomingSms,
    Monthly,
    NewConversation,
    Place,
    Relative,
    SmsDelivered,
    SmsFailed,
    Started,
    Weekly,
)
from rules.syntax.triggers import TextTrigger
from rules.tree.parts import Method, Part, only, part, parts, parts_list, same, sort_out, whole_number, words


def about_texts(kind: type[TextTrigger]) -> Method:
    """A method for a trigger with `on line` and `matches`."""
    return parts(lambda _, place, *values: kind(**sort_out(values)[1], place=place))


class Triggers:
    """The methods for `when` and `every`."""

    trigger = only
    lines = parts_list("lines")
    incoming = about_texts(IncomingSms)
    any_incoming = about_texts(AnyIncomingSms)
    other_incoming = about_texts(AnyOtherIncomingSms)
    new_conversation = about_texts(NewConversation)
    delivered = about_texts(SmsDelivered)
    failed = about_texts(SmsFailed)
    created = same(Created)
    started = same(Started)
    daily = same(Daily)
    every = same(Every)
    old = part("old")
    new = part("new")

    @parts
    def changes(self, place: Place, field: Field, *values: Part) -> FieldChanges:
        return FieldChanges(field, **sort_out(values)[1], place=place)

    def side(self, children: list[Any]) -> str:
        return words(children)

    @parts
    def before_or_after(
        self, place: Place, duration: Duration, side: str, field: Field, at: time | None = None
    ) -> Relative:
        return Relative(duration, side, field, at, place=place)

    @parts
    def weekly(self, place: Place, days: Part) -> Weekly:
        return Weekly(days.value, place=place)

    @parts
    def monthly(self, place: Place, day: Token) -> Monthly:
        return Monthly(whole_number(day, "The day of a month", 1, 31), place=place)
