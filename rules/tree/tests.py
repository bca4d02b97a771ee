"""The lines of a test."""

from __future__ import annotations

from datetime import time
from typing import Any

from lark import Token

from rules.errors import Mistake
from rules.syntax import (
    After,
    ChangeField,
    ClockIs,
    DateValue,
    Expect,
    ExpectNoSms,
    ExpectNotify,
    ExpectRule,
    ExpectSkipped,
    ExpectSms,
    Given,
    GivenField,
    GivenTag,
    GivenUnknownSender,
    Place,
    ReportDelivered,
    ReportFailed,
    RuleIsStarted,
    Somebody,
    TextArrives,
    Until,
)
from rules.tree.parts import Part, parts, place_of, same, sort_out, words
from rules.tree.values import calendar_day


class Tests:
    """The methods for the lines of a test."""

    given_field = same(GivenField)
    given_tag = same(GivenTag)
    given_sender = same(GivenUnknownSender)
    text_arrives = same(TextArrives)
    report_delivered = same(ReportDelivered)
    report_failed = same(ReportFailed)
    change_field = same(ChangeField)
    rule_is_started = same(RuleIsStarted)
    after = same(After)
    until = same(Until)
    expect_no_sms = same(ExpectNoSms)
    expect_skipped = same(ExpectSkipped)
    expect_rule = same(ExpectRule)
    expect = same(Expect)

    @parts
    def given(self, place: Place, kind: Part, *facts: GivenField | GivenTag) -> Given:
        if kind.value == "unknown sender":
            raise Mistake(
                "R025",
                kind.place,
                "An unknown sender has no fields, only a number.",
                'Write for example:  given unknown sender "+12125550100"',
            )
        return Given(kind.value, facts, place=place)

    @parts
    def clock_is(self, place: Place, day: Token, at: time) -> ClockIs:
        return ClockIs(DateValue(calendar_day(day), at, place=place_of(day)), place=place)

    @parts
    def expect_sms(self, place: Place, *values: Any) -> ExpectSms:
        nodes, named = sort_out(values)
        return ExpectSms(nodes[0] if nodes else None, **named, place=place)

    @parts
    def expect_notify(self, place: Place, to: Somebody, patterns: Part | None = None) -> ExpectNotify:
        return ExpectNotify(to, patterns.value if patterns else (), place=place)

    def rule_state(self, children: list[Token]) -> str:
        return words(children)
