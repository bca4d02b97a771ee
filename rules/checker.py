"""Checks a file that was read, against the account."""

from __future__ import annotations

import re

from rules.checks import Path, Scope, walk
from rules.checks.accepted import without_accepted
from rules.checks.overlaps import answered_twice
from rules.checks.support import unsupported
from rules.errors import Finding, Level
from rules.parser import Parsed
from rules.schema import Schema
from rules.syntax import Rule, RuleTest

MOST_PLACEHOLDERS = 2_000
"""A file may have so many placeholders: each is read and compiled at every check."""

_PLACEHOLDER = re.compile(r"\{[{%]")
_RULE_NAME = re.compile(r'rule\s+"((?:\\.|[^"\\])*)"', re.IGNORECASE)


def check(parsed: Parsed, schema: Schema, supports: frozenset[str] | None = None) -> list[Finding]:
    """All findings about a file, those of reading it included, by line.

    With `supports` (names of the tree's classes), a trigger, step, condition or head line that is not among them is
    an error: the application passes what its engine can do.
    """
    if sum(len(_PLACEHOLDER.findall(line)) for line in parsed.lines) > MOST_PLACEHOLDERS:
        return [*parsed.findings, _too_many_placeholders(parsed.filename)]
    scope = Scope(schema, parsed.file, parsed.filename, parsed.lines, declared=_declared(parsed.lines))
    for item in parsed.file.items:
        scope.item = item if isinstance(item, Rule | RuleTest) else None
        scope.kinds = scope.target = item.kinds if isinstance(item, Rule) else ()
        scope.path = Path()
        walk(item, scope)
        if isinstance(item, Rule) and supports is not None:
            unsupported(item, supports, scope)
    answered_twice(scope)
    findings = without_accepted((*parsed.findings, *scope.findings), parsed.lines)
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code))


def _too_many_placeholders(filename: str) -> Finding:
    message = f"This file has more than {MOST_PLACEHOLDERS:,} placeholders; its rules were not checked."
    return Finding(Level.ERROR, "R001", filename, 1, 1, 1, message, "Split it into several files.")


def _declared(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The names of all rules of the file, also of those with a mistake."""
    return tuple(found[1].replace('\\"', '"') for line in lines if (found := _RULE_NAME.match(line)))
