"""Two rules that would answer one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rules.checks.scope import Scope
from rules.checks.wordings import shortest
from rules.matcher import Matcher
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
from rules.syntax.walking import everything

_ANSWERING = (IncomingSms, AnyIncomingSms, NewConversation)
MOST_PAIRS = 10_000
"""So many pairs of patterns are looked at."""
MOST_OTHERS = 10_000
"""So many patterns of other files are compared with those of the file."""
MOST_ANSWERS = 1_000
"""So many patterns of a file are paired: each may match the shortest text of every other."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A pattern that starts a rule which sends a text.

    Order is the rule's place in the file. Rules of other files stand before it, with orders below 0 and their file.
    """

    order: int
    rule: Rule
    lines: tuple[Name, ...]
    pattern: Pattern
    file: str | None = None


@dataclass(frozen=True, slots=True)
class OtherRule:
    """A rule in force that stands in another file of the account."""

    file: str
    rule: Rule


def answered_twice(scope: Scope, others: Sequence[OtherRule] = ()) -> None:
    """R211, once at a pattern of the later rule, with the shortest text that both answer; the others come first.

    Only a text that is the shortest one of either pattern counts: of "*solved*" and "*thanks*" somebody could write
    both, but that is chance and not an oversight.
    """
    on = ((order, rule) for order, rule in enumerate(scope.file.rules) if not rule.off)
    answers = list(islice((answer for order, rule in on for answer in _answers(order, rule)), MOST_ANSWERS))
    if not answers:
        return
    away = (answer for order, one in enumerate(others, -len(others)) for answer in _answers(order, one.rule, one.file))
    met: dict[int, dict[int, tuple[_Answer, Pattern, str]]] = defaultdict(dict)
    for first, second, text in islice(_pairs(answers, list(islice(away, MOST_OTHERS))), MOST_PAIRS):
        if first.order not in met[second.order] and _meet(first, second):
            met[second.order][first.order] = first, second.pattern, text
    for others_met in met.values():
        if others_met:
            _tell(list(others_met.values()), scope)


def _answers(order: int, rule: Rule, file: str | None = None) -> Iterator[_Answer]:
    if not any(isinstance(node, SendSms) for node in everything(rule)):
        return
    for trigger in rule.triggers:
        if isinstance(trigger, _ANSWERING):
            for pattern in trigger.patterns or (Pattern("*", place=trigger.place),):
                if len(pattern.value) <= LONGEST_PATTERN:
                    yield _Answer(order, rule, trigger.lines, pattern, file)


def _pairs(answers: list[_Answer], away: list[_Answer]) -> Iterator[tuple[_Answer, _Answer, str]]:
    """Answers of two rules that both match the shortest text of one of them, the earlier rule first.

    At least one of the two is of this file.
    """
    own = Matcher((place, (answer.pattern.value,)) for place, answer in enumerate(answers))
    far = Matcher((place, (answer.pattern.value,)) for place, answer in enumerate(away))
    for answer in (*answers, *away):
        text = shortest(answer.pattern)
        hits = [answers[hit] for hit in own.match(text)]
        if answer.file is None:
            hits += [away[hit] for hit in far.match(text)]
        for other in hits:
            if other.order != answer.order:
                first, second = sorted((answer, other), key=lambda one: one.order)
                yield first, second, text


def _meet(first: _Answer, second: _Answer) -> bool:
    """Whether one text on one line can reach both rules, for one kind of record and with the same fields."""
    names = {line.value for line in first.lines}, {line.value for line in second.lines}
    same_line = not names[0] or not names[1] or bool(names[0] & names[1])
    return same_line and bool({*first.rule.kinds} & {*second.rule.kinds}) and not _exclusive(first.rule, second.rule)


def _tell(met: Sequence[tuple[_Answer, Pattern, str]], scope: Scope) -> None:
    """Once for each rule, however many others answer the same texts."""
    first, pattern, text = met[0]
    where = f'in the file "{first.file}"' if first.file is not None else f"on line {first.rule.place.line}"
    count, more = ("two", "") if len(met) == 1 else (str(len(met) + 1), f", and by {len(met) - 1} more")
    scope.warn(
        "R211",
        pattern.place,
        f'The text "{text}" is answered by {count} rules: by this one and by "{first.rule.name}" {where}{more}.',
        "Make one of the patterns narrower, or say with  only if  which of them it is."
        if more
        else "Make one of the patterns narrower, or say with  only if  which of the two it is.",
    )


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
