"""Reads a file of rules. Each item is read by itself, so that a mistake in one hides nothing in the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rules.errors import Finding, Level, Mistake
from rules.errors.margin import stray
from rules.errors.teach import explain
from rules.items import Item, items
from rules.reader import Trouble, read
from rules.syntax import File, Place, Rule, Settings
from rules.tree import Built

LARGEST = 256 * 1024
"""A file may have so many bytes in UTF-8."""

LONGEST_LINE = 10_000
"""A line may have so many characters; a text source may have no more either."""

MOST_MISTAKES = 100
"""After so many mistakes the rest of a file is not read."""

_TAB = re.compile(r" *\t")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read of a file: the items without mistakes, the findings, and the source (LF, without BOM)."""

    file: File
    findings: tuple[Finding, ...]
    filename: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Reading:
    """What a reading has collected so far."""

    lines: list[str]
    built: list[Built] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    version: int | None = None
    version_seen: bool = False


def parse(text: str, filename: str = "rules") -> Parsed:
    """Reads a file of rules. Never raises: whatever the text is, what is wrong with it is in the findings."""
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    problem = _unreadable(source)
    if problem is not None:
        return Parsed(File(), (problem.finding(filename),), filename, ())
    reading = _Reading(source.split("\n"))
    for item in items(reading.lines):
        _read_item(item, reading)
        if len(reading.mistakes) >= MOST_MISTAKES:
            reading.mistakes.append(_enough(item))
            break
    reading.mistakes.extend(_repeated(reading.built))
    file = File(tuple(built.item for built in reading.built), reading.version)  # type: ignore[misc]
    findings = [mistake.finding(filename) for mistake in reading.mistakes]
    if not reading.version_seen and reading.lines != [""]:
        findings.append(_no_version(filename))
    return Parsed(file, tuple(sorted(findings, key=_order)), filename, tuple(reading.lines))


def _order(finding: Finding) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.code


def _unreadable(source: str) -> Mistake | None:
    here = Place(1, 1, 1)
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        return Mistake("R001", here, "This file is not written in UTF-8.", "Save it again with the encoding UTF-8.")
    if size > LARGEST:
        message = f"This file has {size // 1024} KB; a file of rules has at most {LARGEST // 1024} KB."
        return Mistake("R001", here, message, "Split it into several files.")
    return None


def _read_item(item: Item, reading: _Reading) -> None:
    try:
        _refuse_long_lines(item)
        _refuse_tabs(item)
        if item.start == "version":
            reading.version_seen = True
            _refuse_late_version(item, reading)
        if item.start is None:
            raise stray(reading.lines, item.first_line)
        built = read(item.text, item.start, item.first_line)
    except Mistake as mistake:
        reading.mistakes.append(mistake)
    except Trouble as trouble:
        reading.mistakes.append(explain(trouble, reading.lines, item.start or ""))
    else:
        reading.mistakes.extend(built.mistakes)
        if isinstance(built.item, int):
            reading.version = built.item
        else:
            reading.built.append(built)


def _refuse_long_lines(item: Item) -> None:
    for number, line in enumerate(item.text.split("\n"), item.first_line):
        if len(line) > LONGEST_LINE:
            message = f"This line has {len(line):,} characters; a line has at most {LONGEST_LINE:,}."
            raise Mistake("R001", Place(number, 1, 1), message, "Divide it, or make it shorter.")


def _refuse_tabs(item: Item) -> None:
    for number, line in enumerate(item.text.split("\n"), item.first_line):
        found = _TAB.match(line)
        if found and line.strip():
            raise Mistake(
                "R002",
                Place(number, found.end(), 1),
                "This line is indented with a tab.",
                "Indent with blanks, two for each level; Format repairs the whole file.",
            )


def _refuse_late_version(item: Item, reading: _Reading) -> None:
    if reading.version is not None or reading.built or reading.mistakes:
        first = "a second time" if reading.version is not None else "below other lines"
        raise Mistake(
            "R019",
            Place(item.first_line, 1, len("version")),
            f'"version" stands {first}; it is the first line of a file, once.',
            "Remove this line, or move it to the top.",
        )


def _repeated(built: list[Built]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for item in (part.item for part in built):
        name = f'rule "{item.name}"' if isinstance(item, Rule) else "settings" if isinstance(item, Settings) else ""
        if name in seen:
            advice = "Give each rule its own name." if isinstance(item, Rule) else "Keep one block of settings."
            message = f"{name} stands in this file a second time; line {seen[name]} has it already."
            yield Mistake("R020", item.place, message, advice)  # type: ignore[union-attr]
        elif name:
            seen[name] = item.place.line  # type: ignore[union-attr]


def _enough(item: Item) -> Mistake:
    return Mistake(
        "R001",
        Place(item.first_line, 1, 1),
        f"There are more than {MOST_MISTAKES} mistakes; the rest of the file was not read.",
        "Correct the mistakes above first.",
    )


def _no_version(filename: str) -> Finding:
    message = "The file does not say which version of the language it is written in."
    return Finding(Level.HINT, "R019", filename, 1, 1, 1, message, "Begin it with:  version 1")
