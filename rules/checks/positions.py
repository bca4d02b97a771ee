"""From a character of a text's value back to where it stands in the source."""

from __future__ import annotations

from rules.syntax import Place, Text
from rules.tree.values import TEXT_ESCAPE


def place_in(text: Text, offset: int, length: int, lines: tuple[str, ...]) -> Place:
    """Where that many characters of the value, from an offset on, stand in the source (on one line)."""
    spots = _long(text, lines) if text.long else _quoted(text, lines)
    if not 0 <= offset < len(spots):
        return text.place
    line, column = spots[offset]
    last_line, last_column = spots[min(offset + max(1, length), len(spots)) - 1]
    end = last_column if last_line == line else len(lines[line - 1])
    return Place(line, column, max(1, end - column + 1))


def _quoted(text: Text, lines: tuple[str, ...]) -> list[tuple[int, int]]:
    """Line and column of each character of the value; an escape counts where its backslash stands."""
    line, column, length = text.place
    source = lines[line - 1][column : column + length - 2] if line <= len(lines) else ""
    spots: list[int] = []
    at = 0
    for found in TEXT_ESCAPE.finditer(source):
        spots += range(at, found.start())
        spots += [found.start()] if found[1] is not None else range(found.start(), found.end())
        at = found.end()
    spots += range(at, len(source))
    return [(line, column + 1 + spot) for spot in spots]


def _long(text: Text, lines: tuple[str, ...]) -> list[tuple[int, int]]:
    """As for a quoted text; a line break counts at the end of its line."""
    spots: list[tuple[int, int]] = []
    number = text.place.line
    for words in text.value.split("\n"):
        while number <= len(lines) and not lines[number - 1].lstrip().startswith("|"):
            number += 1
        if number > len(lines):
            return spots
        source = lines[number - 1]
        column = source.index("|") + 2 + source.lstrip()[1:].startswith(" ")
        spots += [(number, column + index) for index in range(len(words) + 1)]
        number += 1
    return spots[:-1]
