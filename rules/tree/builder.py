"""Whole items: settings, rules and tests, and the head of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lark import Token, Transformer

from rules.errors import Mistake
from rules.syntax import (
    AtMost,
    Duration,
    ForKinds,
    IfAlreadyRunning,
    Item,
    OnlyIf,
    OnlyWhile,
    Place,
    Rule,
    RuleTest,
    SendOnly,
    Settings,
    Step,
    Trigger,
)
from rules.tree.conditions import Conditions
from rules.tree.parts import Part, part, parts, place_of, same, sort_out, whole_number, words
from rules.tree.steps import Steps
from rules.tree.tests import Tests
from rules.tree.triggers import Triggers
from rules.tree.values import Values, unescape_text


@dataclass(frozen=True, slots=True)
class Built:
    """An item (for `version` its number), and mistakes about it as a whole that leave the rest readable."""

    item: Item | int
    mistakes: tuple[Mistake, ...] = ()


class TreeBuilder(Values, Conditions, Triggers, Steps, Tests, Transformer):
    """Called by the parser as it recognises each rule of the grammar. It keeps nothing between two texts."""

    only_if = same(OnlyIf)
    only_while = same(OnlyWhile)
    send_only = same(SendOnly)
    about = part("about")
    set_zone = part("zone")
    set_line = part("line")
    set_mobile = part("mobile")
    off = part("off")

    @parts
    def version(self, _place: Place, number: Token) -> Built:
        if number != "1":
            raise Mistake(
                "R019", place_of(number), f"There is no version {number} of the language.", "Write:  version 1"
            )
        return Built(1)

    @parts
    def settings(self, place: Place, *values: Part) -> Built:
        return Built(Settings(**sort_out(values)[1], place=place), tuple(_doubled(values)))

    @parts
    def formerly(self, place: Place, name: Token) -> Part:
        return Part("formerly", item_name(name), place)

    @parts
    def for_kinds(self, place: Place, *kinds: Part) -> Part:
        length = kinds[-1].place.column + kinds[-1].place.length - kinds[0].place.column
        where = Place(place.line, kinds[0].place.column, length)
        return Part("for_kinds", ForKinds(tuple(kind.value for kind in kinds), place=where), place)

    @parts
    def how_often(self, _place: Place, times: Token | None = None) -> int:
        return whole_number(times, "How often", 1, 1_000_000) if times else 1

    @parts
    def at_most(self, place: Place, times: int, per: Duration | None = None) -> AtMost:
        return AtMost(times, per, place=place)

    already = same(IfAlreadyRunning)

    def choice(self, children: list[Token]) -> str:
        return words(children)

    @parts
    def rule(self, _place: Place, name: Token, *values: Any) -> Built:
        nodes, named = sort_out(values)
        head = {key: _of(nodes, kind) for key, kind in _ONCE.items()}
        rule = Rule(
            item_name(name),
            named.pop("for_kinds", None) or ForKinds((), place=place_of(name)),
            tuple(node for node in nodes if isinstance(node, Trigger)),
            tuple(node for node in nodes if isinstance(node, Step)),
            only_if=tuple(node for node in nodes if isinstance(node, OnlyIf)),
            **head,
            **named | {"off": "off" in named},
            place=place_of(name),
        )
        return Built(rule, (*_doubled(values), *_missing(rule)))

    @parts
    def test(self, _place: Place, name: Token, *lines: Any) -> Built:
        return Built(RuleTest(item_name(name), lines, place=place_of(name)))


_ONCE = {
    "only_while": OnlyWhile,
    "at_most": AtMost,
    "already": IfAlreadyRunning,
    "send_only": SendOnly,
}
_WRITTEN = {
    "for_kinds": "for",
    "only_while": "only while",
    "at_most": "at most",
    "already": "if already running",
    "send_only": "send only",
    "about": "about",
    "zone": "time zone",
    "line": "from line",
    "mobile": "mobile field",
}


def item_name(token: Token) -> str:
    """The name of a rule or test. Raises Mistake if it is empty."""
    name = unescape_text(token)
    if not name.strip():
        raise Mistake(
            "R020",
            place_of(token),
            "The name is empty.",
            "Say in a few words what it does; the name stands in every list.",
        )
    return name


def _of(nodes: list[Any], kind: type) -> Any:
    return next((node for node in nodes if isinstance(node, kind)), None)


def _doubled(values: tuple[Any, ...]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for value in values:
        name = value.name if isinstance(value, Part) else _once_name(value)
        if name in seen:
            yield Mistake(
                "R203",
                value.place,
                f'"{_WRITTEN[name]}" stands here a second time; line {seen[name]} has it already.',
                "Keep one of the two lines.",
            )
        elif name in _WRITTEN:
            seen[name] = value.place.line


def _once_name(node: Any) -> str | None:
    return next((key for key, kind in _ONCE.items() if isinstance(node, kind)), None)


def _missing(rule: Rule) -> Iterator[Mistake]:
    if not rule.kinds:
        yield Mistake(
            "R203",
            rule.place,
            "This rule does not say which records it is for.",
            "Write below its name, for example:  for contact",
        )
    if not rule.triggers:
        yield Mistake(
            "R016",
            rule.place,
            "This rule does not say when it runs.",
            'Write for example:  when incoming sms matches "YES*"',
        )
    if not rule.steps:
        yield Mistake(
            "R023", rule.place, "This rule has no step: it would do nothing.", 'Write for example:  send sms "..."'
        )
