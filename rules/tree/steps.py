"""Steps."""

from __future__ import annotations

from datetime import time
from typing import Any

from lark import Token

from rules.errors import Mistake
from rules.syntax import (
    AddTag,
    Assign,
    AtClock,
    AttachMessage,
    Branch,
    CallWebhook,
    CloseCase,
    Create,
    DateValue,
    DayAt,
    DoNothing,
    Duration,
    Field,
    FieldMoment,
    FieldOffset,
    Group,
    If,
    Name,
    Notify,
    OnNoReply,
    OnOtherReply,
    OnReply,
    Owner,
    Place,
    Remember,
    RemoveTag,
    SendSms,
    SetField,
    StartRule,
    Step,
    Stop,
    Text,
    TomorrowAt,
    User,
    Value,
    Wait,
    WaitForReply,
    WaitUntil,
)
from rules.syntax.steps import Case
from rules.tree.parts import Part, part, parts, place_of, same, sort_out, words
from rules.tree.values import calendar_day


class Steps:
    """The methods for steps."""

    wait = same(Wait)
    wait_until = same(WaitUntil)
    set_field = same(SetField)
    add_tag = same(AddTag)
    remove_tag = same(RemoveTag)
    attach = same(AttachMessage)
    close_case = same(CloseCase)
    assign = same(Assign)
    notify = same(Notify)
    user = same(User)
    group = same(Group)
    owner = same(Owner)
    start_rule = same(StartRule)
    webhook = same(CallWebhook)
    stop = same(Stop)
    do_nothing = same(DoNothing)
    at_clock = same(AtClock)
    tomorrow_at = same(TomorrowAt)
    field_moment = same(FieldMoment)
    to = part("to")
    from_line = part("line")
    other = part("other")

    @parts
    def send(self, place: Place, *values: Any) -> SendSms:
        nodes, named = sort_out(values)
        return SendSms(nodes[0], **named, place=place)

    send_long = send

    @parts
    def remember(self, place: Place, name: Token, value: Value) -> Remember:
        if not str(name).isidentifier():
            raise Mistake(
                "R025",
                place_of(name),
                "What is remembered has a simple name, without dots and brackets.",
                f"Write for example:  remember {name.split('.')[-1].split('[')[0]} as ...",
            )
        return Remember(Name(str(name), place=place_of(name)), value, place=place)

    @parts
    def create(self, place: Place, kind: Part, *values: Text | SetField) -> Create:
        if kind.value == "unknown sender":
            raise Mistake(
                "R022",
                kind.place,
                "An unknown sender cannot be created.",
                "A new record is a contact, lead, account, deal or case.",
            )
        title = next((value for value in values if isinstance(value, Text)), None)
        fields = tuple(value for value in values if isinstance(value, SetField))
        whole = Place(place.line, place.column, kind.place.column + kind.place.length - place.column)
        return Create(kind.value, title, fields, place=whole)

    create_with = create

    @parts
    def wait_for_reply(self, place: Place, limit: Duration, *cases: Case) -> WaitForReply:
        return WaitForReply(limit, cases, place=place)

    @parts
    def on_reply(self, place: Place, patterns: Part, *steps: Step) -> OnReply:
        return OnReply(patterns.value, steps, place=place)

    @parts
    def on_other_reply(self, place: Place, *values: Any) -> OnOtherReply:
        nodes, named = sort_out(values)
        return OnOtherReply(tuple(nodes), "other" in named, place=place)

    @parts
    def on_no_reply(self, place: Place, *steps: Step) -> OnNoReply:
        return OnNoReply(steps, place=place)

    @parts
    def if_branch(self, place: Place, condition: Any, *steps: Step) -> Branch:
        return Branch(condition, steps, place=place)

    else_if = if_branch

    @parts
    def else_(self, place: Place, *steps: Step) -> Part:
        return Part("otherwise", steps, place)

    @parts
    def if_(self, place: Place, *values: Any) -> If:
        branches, named = sort_out(values)
        return If(tuple(branches), **named, place=place)

    def kind(self, children: list[Token]) -> Part:
        first, last = children[0], children[-1]
        length = (last.end_column or 0) - (first.column or 0)
        return Part("kind", words(children), Place(first.line or 1, first.column or 1, length))

    @parts
    def day_at(self, place: Place, day: Token, at: time) -> DayAt:
        return DayAt(day.lower(), at, place=place)

    @parts
    def date_at(self, place: Place, day: Token, at: time) -> DateValue:
        return DateValue(calendar_day(day), at, place=place)

    @parts
    def field_offset(
        self, place: Place, duration: Duration, side: str, field: Field, at: time | None = None
    ) -> FieldOffset:
        return FieldOffset(duration, side, field, at, place=place)
