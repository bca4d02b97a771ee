"""Where a check stands: the account, the rule around it, and what has happened on the way to its step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from rules.errors import Finding, Level
from rules.errors.spelling import nearest
from rules.schema import FieldType, Schema
from rules.syntax import File, Node, Place, Rule, RuleTest
from rules.syntax.walking import inside

Keys = frozenset[str] | None
"""The keys below a name of `__data`; None where any may be there."""

MOST_GUESSED = 3_000
"""So many known names of one file are compared with what was written; then no more guesses are made."""
MOST_COMPARED = 500_000
"""So many pairs of characters of texts and patterns are compared in one file."""


@dataclass(slots=True)
class Path:
    """What is known when a step is reached, on any of the ways that lead to it."""

    data: dict[str, Keys] = field(default_factory=dict)
    asked: bool = False
    silenced: int | None = None
    stopped: int | None = None
    case: bool = False

    def fork(self) -> Path:
        """A path of its own for one branch."""
        return replace(self, data=dict(self.data))


def join(paths: list[Path]) -> Path:
    """The path below a branching: what any open branch may have done; silenced only if every one did it."""
    open_ones = [path for path in paths if path.stopped is None] or paths
    data: dict[str, Keys] = {}
    for path in open_ones:
        data.update(path.data)
    return Path(
        data,
        asked=any(path.asked for path in open_ones),
        silenced=open_ones[0].silenced if all(path.silenced for path in open_ones) else None,
        stopped=open_ones[0].stopped,
        case=any(path.case for path in open_ones),
    )


@dataclass(slots=True)
class Scope:
    """Passed to every check.

    `declared` are the names of the file's rules, readable or not; `kinds` are the records of the rule, `target`
    the kinds whose fields are set.
    """

    schema: Schema
    file: File
    filename: str
    lines: tuple[str, ...]
    declared: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    item: Rule | RuleTest | None = None
    path: Path = field(default_factory=Path)
    findings: list[Finding] = field(default_factory=list)
    guesses: int = MOST_GUESSED
    comparisons: int = MOST_COMPARED

    def nearest(self, word: str, known: Iterable[str]) -> str | None:
        """What was meant, as long as the file has not asked for too many guesses."""
        names = list(known)
        if len(names) > self.guesses:
            return None
        self.guesses -= len(names)
        return nearest(word, names)

    def affords(self, one: str, other: str) -> bool:
        """Whether a text may still be compared with a pattern; pays for it."""
        self.comparisons -= len(one) * len(other) + 50
        return self.comparisons >= 0

    def error(self, code: str, place: Place, message: str, advice: str) -> None:
        """Something that keeps the rule from running."""
        self._add(Level.ERROR, code, place, message, advice)

    def warn(self, code: str, place: Place, message: str, advice: str) -> None:
        """Something that is listed, and can be accepted."""
        self._add(Level.WARNING, code, place, message, advice)

    def _add(self, level: Level, code: str, place: Place, message: str, advice: str) -> None:
        self.findings.append(Finding(level, code, self.filename, *place, message, advice))

    def types(self, path: str, kinds: tuple[str, ...] | None = None) -> list[FieldType]:
        """The type of a field in each kind that has it."""
        if self.schema.anything:
            return []
        found = (self.schema.field(kind, path) for kind in (self.kinds if kinds is None else kinds))
        return [about for about in found if about is not None]

    @property
    def rule(self) -> Rule | None:
        """The rule that is being checked, None inside a test."""
        return self.item if isinstance(self.item, Rule) else None


Check = Callable[[Any, Scope], None]
CHECKS: dict[type, list[Check]] = {}
WALKS: dict[type, Check] = {}


def checks(*kinds: type) -> Callable[[Check], Check]:
    """Registers a check of these nodes."""

    def register(check: Check) -> Check:
        for kind in kinds:
            CHECKS.setdefault(kind, []).append(check)
        return check

    return register


def walks(kind: type) -> Callable[[Check], Check]:
    """Registers how to go through the parts of such a node, where it is not simply one after the other."""

    def register(walker: Check) -> Check:
        WALKS[kind] = walker
        return walker

    return register


def walk(node: Node, scope: Scope) -> None:
    """Checks a node and everything inside it."""
    for check in CHECKS.get(type(node), ()):
        check(node, scope)
    walker = WALKS.get(type(node))
    if walker is not None:
        walker(node, scope)
        return
    for part in inside(node):
        walk(part, scope)
