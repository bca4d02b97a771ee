"""The canonical form of a file of rules: the one way in which it is laid out. There are no options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.errors import Finding, Level, Mistake
from rules.formatting.layout import arrange, write
from rules.formatting.lines import read_lines
from rules.formatting.tabs import without_tabs
from rules.parser import LARGEST, LONGEST_LINE, parse
from rules.syntax import Place

_TAB = "R002"


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file in canonical form; or, if findings say what is wrong with it, the file as it was."""

    text: str
    findings: tuple[Finding, ...]
    changed: bool


def format_source(source: str, filename: str = "rules") -> Formatted:
    """Brings a file into canonical form. Never raises: a file with mistakes is left alone, and they are the findings.

    Tabs that lines are indented with and a missing `version` are repaired. The tree stays the same, and so does what
    comments say. Formatting twice changes nothing.
    """
    written = _lines(source)
    lines = written
    wrong = _errors(source, filename)
    try:
        if any(finding.code == _TAB for finding in wrong):
            lines = without_tabs(written)
            wrong = _errors("\n".join(lines), filename)
        if wrong:
            return Formatted(source, tuple(_as_written(finding, written, lines) for finding in wrong), False)
        text = write(arrange(read_lines(lines)))
        _refuse_too_large(text)
    except Mistake as mistake:
        return Formatted(source, (mistake.finding(filename),), False)
    return Formatted(text, (), text != source)


def _lines(source: str) -> list[str]:
    return source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _errors(text: str, filename: str) -> list[Finding]:
    return [finding for finding in parse(text, filename).findings if finding.level == Level.ERROR]


def _as_written(finding: Finding, written: Sequence[str], lines: Sequence[str]) -> Finding:
    """The finding with its column in the line as it was written, with tabs."""
    number = finding.line - 1
    if number >= len(lines):
        return finding
    grown = len(lines[number]) - len(written[number])
    return replace(finding, column=max(1, finding.column - grown))


def _refuse_too_large(text: str) -> None:
    """Blanks that the canonical form adds can make a file or a line longer than any may be. Raises Mistake."""
    if len(text.encode()) > LARGEST:
        message = f"Laid out in canonical form, this file would have more than {LARGEST // 1024} KB."
        raise Mistake("R001", Place(1, 1, 1), message, "Split it into several files.")
    if max(map(len, text.split("\n"))) > LONGEST_LINE:
        message = f"Laid out in canonical form, a line of this file would have more than {LONGEST_LINE:,} characters."
        raise Mistake("R001", Place(1, 1, 1), message, "Divide its longest line, or make it shorter.")
