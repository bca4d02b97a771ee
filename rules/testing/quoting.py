"""Texts as a test would write them, and two of them beside each other with a mark where they part."""

from __future__ import annotations

import re

WIDEST = 96
"""So many characters of a text stand in one row."""

_WORD = re.compile(r"\S+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}


def quoted(text: str) -> str:
    """The text in quotes, as a rule or a test writes it."""
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)


def beside(expected: str, sent: str) -> list[str]:
    """Both texts, row by row, with carets under the first word that differs."""
    one, other = quoted(expected), quoted(sent)
    column = _parting(one, other)
    if max(len(one), len(other)) <= WIDEST:
        return [*_rows("expected: ", one, -1), *_rows("sent:     ", other, column)]
    return [*_rows("expected: ", one, column), "", *_rows("sent:     ", other, column)]


def _parting(one: str, other: str) -> int:
    """Where the first word begins that differs; blanks that differ count as the word behind them."""
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    begins = [found.start() for found in _WORD.finditer(one) if found.start() <= same < found.end()]
    return begins[0] if begins else same


def _rows(label: str, text: str, column: int) -> list[str]:
    rows: list[str] = []
    start = 0
    while start < len(text) or not rows:
        end = _row_end(text, start)
        rows.append(((label if start == 0 else " " * len(label)) + text[start:end]).rstrip())
        if start <= column < max(end, start + 1) or (column >= len(text) == end):
            word = _WORD.match(text, column)
            length = max(1, min(word.end() if word else column + 1, end) - column)
            rows.append(" " * (len(label) + column - start) + "^" * length)
        start = end
    return rows


def _row_end(text: str, start: int) -> int:
    if len(text) - start <= WIDEST:
        return len(text)
    blank = text.rfind(" ", start, start + WIDEST)
    return blank + 1 if blank > start else start + WIDEST
