"""Cuts a file into its items: what begins at the left margin with version, settings, rule or test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rules.errors.situation import head_words, script_words, setting_words, step_words
from rules.reader import STARTS

_FIRST_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Item:
    """Lines that belong together. Start is the word they begin with, None for lines that belong to nothing."""

    start: str | None
    first_line: int
    text: str


def items(lines: list[str]) -> Iterator[Item]:
    """The items of a file, in order. Comments and empty lines go along with what stands above them."""
    start: str | None = None
    first = 0
    for number, line in enumerate(lines, 1):
        if not _begins_item(line, start, first):
            continue
        if first:
            yield _item(start, first, lines[first - 1 : number - 1])
        start, first = _start(line), number
    if first:
        yield _item(start, first, lines[first - 1 :])


def _item(start: str | None, first: int, lines: list[str]) -> Item:
    return Item(start, first, "\n".join(lines) + "\n")


def _start(line: str) -> str | None:
    found = _FIRST_WORD.match(line)
    return found[0].lower() if found and found[0].lower() in STARTS else None


def _begins_item(line: str, start: str | None, first: int) -> bool:
    if not line.strip() or line.lstrip().startswith("#"):
        return False
    if _start(line):
        return True
    if not first:
        return True
    at_margin = not line[0].isspace()
    return at_margin and start is not None and not _belongs_inside(line)


def _belongs_inside(line: str) -> bool:
    """Whether a line at the margin looks like a line of the item above that somebody forgot to indent."""
    found = _FIRST_WORD.match(line)
    inside = head_words() | step_words() | script_words() | setting_words() | {"else", "on"}
    return line.startswith("|") or (found is not None and found[0].lower() in inside)
