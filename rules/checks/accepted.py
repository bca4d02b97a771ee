"""Warnings that a person has accepted with `# allow R301` on their line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.errors import Finding, Level
from rules.tree.values import TEXT_ESCAPE

_TEXT = re.compile(rf'"(?:{TEXT_ESCAPE.pattern}|[^"\\])*+"')
_ALLOW = re.compile(r"#\s*allow\s+((?:R\d{3}\b[\s,]*)+)", re.IGNORECASE)


def without_accepted(findings: Iterable[Finding], lines: tuple[str, ...]) -> list[Finding]:
    """The findings but for accepted warnings and hints. An error can not be accepted."""
    return [finding for finding in findings if finding.level == Level.ERROR or not _accepted(finding, lines)]


def _accepted(finding: Finding, lines: tuple[str, ...]) -> bool:
    number = finding.line
    # A long text has no comments; the line that opens it speaks for it.
    while number > 1 and lines[number - 1].lstrip().startswith("|"):
        number -= 1
    found = _ALLOW.search(_TEXT.sub('""', lines[number - 1])) if number <= len(lines) else None
    return found is not None and finding.code in found[1].upper()
