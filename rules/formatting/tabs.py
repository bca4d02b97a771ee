"""Puts blanks in place of the tabs that lines are indented with, where that leaves no doubt which block is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rules.errors import Mistake
from rules.items import Item, items
from rules.reader import Trouble, read
from rules.syntax import Place

WIDTHS = (2, 4, 8, 3)
"""How many blanks wide editors show a tab; the first is used where all mean the same."""

_INDENTATION = re.compile(r"[ \t]*")


def without_tabs(lines: Sequence[str]) -> list[str]:
    """The lines, indented with blanks only. Raises Mistake where the width of a tab decides what a line belongs to."""
    repaired = list(lines)
    for item in items(repaired):
        first = item.first_line - 1
        written = item.text.split("\n")[:-1]
        if any("\t" in _indentation(line) for line in written):
            repaired[first : first + len(written)] = _repaired(item, written)
    return repaired


def _repaired(item: Item, lines: list[str]) -> list[str]:
    choices: dict[tuple[int, ...], list[str]] = {}
    for width in WIDTHS:
        expanded = [_expanded(line, width) for line in lines]
        choices.setdefault(tuple(_levels(expanded)), expanded)
    if len(choices) == 1:
        return next(iter(choices.values()))
    readable = {levels: expanded for levels, expanded in choices.items() if _can_be_read(item, expanded)}
    if len(readable) > 1:
        raise _in_doubt(item, lines, list(readable))
    return next(iter((readable or choices).values()))


def _indentation(line: str) -> str:
    found = _INDENTATION.match(line)
    return found[0] if found else ""


def _expanded(line: str, width: int) -> str:
    indentation = _indentation(line)
    return indentation.expandtabs(width) + line[len(indentation) :]


def _levels(lines: list[str]) -> Iterator[int]:
    """The depth of each line that is more than a comment; -1 for a line that fits none of the blocks above it."""
    columns = [0]
    for line in filter(_has_words, lines):
        column = len(_indentation(line))
        deeper = column > columns[-1]
        while column < columns[-1]:
            columns.pop()
        if column == columns[-1]:
            yield len(columns)
            continue
        columns.append(column)
        yield len(columns) if deeper else -1


def _has_words(line: str) -> bool:
    return line.strip()[:1] not in ("", "#")


def _can_be_read(item: Item, lines: list[str]) -> bool:
    if item.start is None:
        return False
    try:
        read("\n".join(lines) + "\n", item.start, item.first_line)
    except (Trouble, Mistake):
        return False
    return True


def _in_doubt(item: Item, lines: list[str], choices: list[tuple[int, ...]]) -> Mistake:
    numbers = [number for number, line in enumerate(lines, item.first_line) if _has_words(line)]
    number = next(number for number, *levels in zip(numbers, *choices, strict=True) if len(set(levels)) > 1)
    indentation = _indentation(lines[number - item.first_line])
    return Mistake(
        "R002",
        Place(number, 1, max(1, len(indentation))),
        "Which block this line belongs to depends on how wide a tab is.",
        "Indent the lines here with blanks, two for each level, and no tabs.",
    )
