"""Patterns: what can never match, what carriers keep for themselves, what is too long."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rules.checks.flow import ALLOW_SMS
from rules.checks.scope import Scope, checks
from rules.inclusion import includes, intersection
from rules.matcher import Matcher
from rules.patterns import LONGEST_PATTERN
from rules.syntax import (
    AnyIncomingSms,
    FieldDoesNotMatch,
    FieldMatches,
    IncomingSms,
    NewConversation,
    Pattern,
    Rule,
    SetField,
    WaitForReply,
    YesNo,
)
from rules.syntax.triggers import TextTrigger
from rules.syntax.walking import everything

# Words of the CTIA Messaging Principles (2019, 5.1.3), without STOP and UNSUBSCRIBE, which have no other use.
_CARRIER_WORDS = frozenset({"CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})

MOST_CONSIDERED = 2_000
"""So many patterns of one list are compared."""
MOST_ASKED = 20
"""So many earlier patterns are asked whether they cover one."""


@checks(Pattern)
def too_long(pattern: Pattern, scope: Scope) -> None:
    """R025: a pattern has at most 200 characters."""
    if len(pattern.value) > LONGEST_PATTERN:
        message = f"This pattern has {len(pattern.value)} characters; a pattern has at most {LONGEST_PATTERN}."
        scope.error("R025", pattern.place, message, "Look for the part that matters, for example:  *urgent*")
    elif not pattern.value.strip():
        scope.error("R025", pattern.place, "This pattern is empty.", 'For every text leave "matches" out.')


@checks(WaitForReply)
def answers_covered(step: WaitForReply, scope: Scope) -> None:
    """R202 over all cases of a question."""
    _covered((pattern for case in step.answers for pattern in case.patterns), scope)


@checks(FieldMatches, FieldDoesNotMatch)
def list_covered(fact: FieldMatches | FieldDoesNotMatch, scope: Scope) -> None:
    """R202 within one list."""
    _covered(fact.patterns, scope)


@checks(Rule)
def triggers_covered(rule: Rule, scope: Scope) -> None:
    """R202 over the triggers of one kind and on the same lines."""
    groups: dict[tuple[type, tuple[str, ...]], list[Pattern]] = {}
    for trigger in rule.triggers:
        if isinstance(trigger, TextTrigger):
            key = type(trigger), tuple(sorted(line.value for line in trigger.lines))
            groups.setdefault(key, []).extend(trigger.patterns)
    for patterns in groups.values():
        _covered(patterns, scope)


def _covered(patterns: Iterable[Pattern], scope: Scope) -> None:
    considered = [pattern for pattern in patterns if len(pattern.value) <= LONGEST_PATTERN][:MOST_CONSIDERED]
    matcher = Matcher((place, (pattern.value,)) for place, pattern in enumerate(considered))
    for place, pattern in enumerate(considered):
        # What covers the pattern matches its shortest text as well; only those few are asked exactly.
        earlier = [hit for hit in matcher.match(shortest(pattern)) if hit < place][:MOST_ASKED]
        wide = next((considered[hit] for hit in earlier if includes(considered[hit].value, pattern.value)), None)
        if wide is not None:
            scope.warn(
                "R202",
                pattern.place,
                f'"{pattern.value}" can never be the one that decides: "{wide.value}" on line {wide.place.line} '
                "already takes every text it matches.",
                "Put the narrower pattern first, or remove it.",
            )


def shortest(pattern: Pattern) -> str:
    """A shortest text that the pattern matches, folded."""
    return _shortest(pattern.value)


@lru_cache(maxsize=10_000)  # the patterns of a whole account, asked for at every check
def _shortest(pattern: str) -> str:
    return intersection(pattern, "*") or ""


@checks(Rule)
def carrier_words(rule: Rule, scope: Scope) -> None:
    """R401, except in a rule that says no to texts itself."""
    nodes = list(everything(rule))
    if any(isinstance(node, SetField) and _says_no(node) for node in nodes):
        return
    for node in nodes:
        if isinstance(node, IncomingSms | AnyIncomingSms | NewConversation):
            _carrier_words(node.patterns, scope)
        elif isinstance(node, WaitForReply):
            _carrier_words((pattern for case in node.answers for pattern in case.patterns), scope)


def _says_no(step: SetField) -> bool:
    return step.field.path == ALLOW_SMS and step.value == YesNo(False)


def _carrier_words(patterns: Iterable[Pattern], scope: Scope) -> None:
    for pattern in patterns:
        word = pattern.value.strip("*? ").upper()
        if word in _CARRIER_WORDS:
            scope.warn(
                "R401",
                pattern.place,
                f"The single word {word} is taken by phone companies as a wish to get no more texts.",
                "It may never reach you, and the person can no longer be texted.\n"
                "Ask for another word in your texts, for example CHANGE or NO.",
            )
