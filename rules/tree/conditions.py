"""Conditions."""

from __future__ import annotations

from datetime import time

from lark import Token

from rules.syntax import (
    AllOf,
    AnyOf,
    Between,
    BusinessHours,
    CanReceiveSms,
    Compare,
    DayIs,
    Field,
    FieldDoesNotMatch,
    FieldMatches,
    HasTag,
    Is,
    IsAfter,
    IsAnyOf,
    IsBefore,
    IsEmpty,
    IsNot,
    IsNotAnyOf,
    IsNotEmpty,
    Not,
    Number,
    Pattern,
    Place,
    Value,
)
from rules.tree.parts import Part, only, parts, parts_list, same, several


class Conditions:
    """The methods for conditions."""

    fact = only
    it_is = only
    all_of = several(AllOf)
    any_of = several(AnyOf)
    not_ = same(Not)
    it_is_not = same(Not)
    is_ = same(Is)
    is_not = same(IsNot)
    is_empty = same(IsEmpty)
    is_not_empty = same(IsNotEmpty)
    is_before = same(IsBefore)
    is_after = same(IsAfter)
    has_tag = same(HasTag)
    can_receive = same(CanReceiveSms)
    business_hours = same(BusinessHours)
    patterns = parts_list("patterns")

    @parts
    def is_any_of(self, place: Place, field: Field, *values: Value) -> IsAnyOf:
        return IsAnyOf(field, values, place=place)

    @parts
    def is_not_any_of(self, place: Place, field: Field, *values: Value) -> IsNotAnyOf:
        return IsNotAnyOf(field, values, place=place)

    @parts
    def field_matches(self, place: Place, field: Field, patterns: Part) -> FieldMatches:
        return FieldMatches(field, patterns.value, place=place)

    @parts
    def does_not_match(self, place: Place, field: Field, *patterns: Pattern) -> FieldDoesNotMatch:
        return FieldDoesNotMatch(field, patterns, place=place)

    @parts
    def compare(self, place: Place, field: Field, operator: Token, right: Number | Field) -> Compare:
        return Compare(field, str(operator), right, place=place)

    @parts
    def between(self, place: Place, start: time, end: time) -> Between:
        return Between(start, end, place=place)

    @parts
    def days(self, place: Place, *days: Token) -> Part:
        length = (days[-1].end_column or 0) - place.column
        return Part("days", tuple(day.lower() for day in days), Place(place.line, place.column, length))

    @parts
    def day_is(self, place: Place, days: Part) -> DayIs:
        return DayIs(days.value, place=place)
