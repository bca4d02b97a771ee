"""Checks a file that was read, against the account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rules.checks import Path, Scope, walk
from rules.checks.accepted import without_accepted
from rules.checks.overlaps import OtherRule, answered_twice
from rules.checks.support import unsupported
from rules.errors import Finding, Level
from rules.parser import Parsed
from rules.schema import Schema
from rules.syntax import Rule, RuleTest

MOST_PLACEHOLDERS = 2_000
"""A file may have so many placeholders: each is read and compiled at every check."""

MOST_FINDINGS = 200
"""So many findings are told of one file: nobody reads more, and a page has to hold them."""

MOST_WORDS = 50_000
"""So many characters of messages and advice are told of one file; names in them may be as long as a line."""

LONGEST_SENTENCE = 1_000

MOST_NOTED = 1_000
"""After so many findings of its own a check stops: a file that was written to have many is not worth the time."""

_PLACEHOLDER = re.compile(r"\{[{%]")
_ESCAPE = re.compile(r"\\(.)")
_RULE_NAME = re.compile(r'rule\s+"((?:\\.|[^"\\])*)"', re.IGNORECASE)


def check(
    parsed: Parsed, schema: Schema, supports: frozenset[str] | None = None, others: Sequence[OtherRule] = ()
) -> list[Finding]:
    """The findings about a file, those of reading it included, by line: MOST_FINDINGS at most, errors before others.

    With `supports` (names of the tree's classes), a trigger, step, condition or head line that is not among them is
    an error: the application passes what its engine can do. `others` are the account's rules in force in other files,
    which may answer the same texts.
    """
    if sum(len(_PLACEHOLDER.findall(line)) for line in parsed.lines) > MOST_PLACEHOLDERS:
        return _enough((*parsed.findings, _too_many_placeholders(parsed.filename)))
    scope = Scope(schema, parsed.file, parsed.filename, parsed.lines, _declared(parsed.lines), findings=_Noted())
    try:
        _look(scope, supports, others)
    except _TooMany:
        return _enough((*parsed.findings, *scope.findings, _not_all_checked(parsed.filename)))
    return _enough(without_accepted((*parsed.findings, *scope.findings), parsed.lines))


class _TooMany(Exception):
    """There are MOST_NOTED findings."""


class _Noted(list[Finding]):
    """Findings; the one beyond MOST_NOTED raises _TooMany."""

    def append(self, finding: Finding) -> None:
        if len(self) >= MOST_NOTED:
            raise _TooMany
        super().append(finding)


def _look(scope: Scope, supports: frozenset[str] | None, others: Sequence[OtherRule]) -> None:
    for item in scope.file.items:
        scope.item = item if isinstance(item, Rule | RuleTest) else None
        scope.kinds = scope.target = item.kinds if isinstance(item, Rule) else ()
        scope.path = Path()
        walk(item, scope)
        if isinstance(item, Rule) and supports is not None:
            unsupported(item, supports, scope)
    answered_twice(scope, others)


def _not_all_checked(filename: str) -> Finding:
    message = f"There are more than {MOST_NOTED:,} findings in this file; the rest of it was not checked."
    return Finding(Level.ERROR, "R001", filename, 1, 1, 1, message, "Correct or divide it, then check it again.")


def _enough(findings: Iterable[Finding]) -> list[Finding]:
    """As many as are told, by line, and one more that says how many are left out. It weighs what they weigh."""
    waiting = sorted(
        map(_shortened, findings), key=lambda finding: (finding.level is not Level.ERROR, *_place(finding))
    )
    words, told = 0, 0
    for finding in waiting[:MOST_FINDINGS]:
        words += len(finding.message) + len(finding.advice)
        if words > MOST_WORDS:
            break
        told += 1
    shown = sorted(waiting[:told], key=_place)
    return [*shown, _left_out(shown[-1], waiting[told:])] if waiting[told:] else shown


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.code


def _shortened(finding: Finding) -> Finding:
    if len(finding.message) <= LONGEST_SENTENCE and len(finding.advice) <= LONGEST_SENTENCE:
        return finding
    return replace(finding, message=_cut(finding.message), advice=_cut(finding.advice))


def _cut(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_SENTENCE else sentence[: LONGEST_SENTENCE - 1] + "…"


def _left_out(last: Finding, others: list[Finding]) -> Finding:
    """The first of the others is the gravest: they are sorted so."""
    message = f"There {'is one more' if len(others) == 1 else f'are {len(others):,} more'} like these, not shown here."
    return replace(last, level=others[0].level, code="R001", message=message, advice="Correct those above first.")


def _too_many_placeholders(filename: str) -> Finding:
    message = f"This file has more than {MOST_PLACEHOLDERS:,} placeholders; its rules were not checked."
    return Finding(Level.ERROR, "R001", filename, 1, 1, 1, message, "Split it into several files.")


def _declared(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The names of all rules of the file, also of those with a mistake."""
    found = (_RULE_NAME.match(line) for line in lines)
    return tuple(_ESCAPE.sub(lambda escape: escape[1].replace("n", "\n"), name[1]) for name in found if name)
