"""Two rules that would answer one text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from rules.checks.scope import Scope, everything
from rules.inclusion import intersection
from rules.patterns import LONGEST_PATTERN
from rules.syntax import (
    AllOf,
    AnyIncomingSms,
    Condition,
    IncomingSms,
    Is,
    IsAnyOf,
    Name,
    NewConversation,
    Pattern,
    Rule,
    SendSms,
    Text,
    Value,
    YesNo,
)

_ANSWERING = (IncomingSms, AnyIncomingSms, NewConversation)
_EVERY_TEXT = Pattern("*")


def answered_twice(scope: Scope) -> None:
    """R211, at the pattern of the later rule, with the shortest text that both answer.

    Only a text that is no longer than one of the two patterns counts: of "*solved*" and "*thanks*" somebody could
    write both, but that is chance and not an oversight.
    """
    answering = [rule for rule in scope.file.rules if not rule.off and _sends(rule)]
    for first, second in combinations(answering, 2):
        if set(first.kinds) & set(second.kinds) and not _exclusive(first, second):
            found = next(_shared(first, second), None)
            if found is not None:
                _tell(first, *found, scope)


def _tell(first: Rule, pattern: Pattern, text: str, scope: Scope) -> None:
    scope.warn(
        "R211",
        pattern.place,
        f'The text "{text}" is answered by two rules: by this one and by "{first.name}" on line {first.place.line}.',
        "Make one of the patterns narrower, or say with  only if  which of the two it is.",
    )


def _sends(rule: Rule) -> bool:
    return any(isinstance(node, SendSms) for node in everything(rule))


def _shared(first: Rule, second: Rule) -> Iterator[tuple[Pattern, str]]:
    for one in first.triggers:
        for other in second.triggers:
            if isinstance(one, _ANSWERING) and isinstance(other, _ANSWERING) and _same_line(one.lines, other.lines):
                yield from _texts(one.patterns, other.patterns or (Pattern("*", place=other.place),))


def _same_line(one: tuple[Name, ...], other: tuple[Name, ...]) -> bool:
    return not one or not other or bool(set(one) & set(other))


def _texts(first: tuple[Pattern, ...], second: tuple[Pattern, ...]) -> Iterator[tuple[Pattern, str]]:
    for pattern in second:
        for earlier in first or (_EVERY_TEXT,):
            if max(len(pattern.value), len(earlier.value)) > LONGEST_PATTERN:
                continue
            text = intersection(earlier.value, pattern.value)
            if text and len(text) <= max(_least(earlier), _least(pattern), 1):
                yield pattern, text


def _least(pattern: Pattern) -> int:
    return len(pattern.value.replace("*", "").strip())


def _exclusive(first: Rule, second: Rule) -> bool:
    """Whether the two rules want different values of one field."""
    wanted = _wanted(first)
    return any(path in wanted and not wanted[path] & values for path, values in _wanted(second).items())


def _wanted(rule: Rule) -> dict[str, set[str]]:
    wanted: dict[str, set[str]] = {}
    for head in (*rule.only_if, *((rule.only_while,) if rule.only_while else ())):
        for fact in _facts(head.condition):
            values = {_plain(value) for value in _values(fact)}
            wanted[fact.field.path] = wanted.get(fact.field.path, values) & values
    return wanted


def _facts(condition: Condition) -> Iterator[Is | IsAnyOf]:
    for fact in condition.conditions if isinstance(condition, AllOf) else (condition,):
        if isinstance(fact, Is | IsAnyOf) and all(isinstance(value, Text | YesNo) for value in _values(fact)):
            yield fact


def _values(fact: Is | IsAnyOf) -> tuple[Value, ...]:
    return fact.values if isinstance(fact, IsAnyOf) else (fact.value,)


def _plain(value: Value) -> str:
    return value.value.strip().casefold() if isinstance(value, Text) else repr(value)
