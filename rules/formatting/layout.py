"""Where lines, comments and empty lines stand in canonical form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from rules.formatting.comments import render_together
from rules.formatting.lines import Above, Line

VERSION = "version 1"

_HEAD = (
    ("_ABOUT",),
    ("_FOR",),
    ("_WHEN",),
    ("_ONLY", "_IF"),
    ("_ONLY", "_WHILE"),
    ("_AT",),
    ("_IF", "_ALREADY"),
    ("_SEND", "_ONLY"),
)
_HEAD_PLACES = {words: place for place, words in enumerate(_HEAD)} | {("_EVERY",): _HEAD.index(("_WHEN",))}
_CLOSE_TO_THE_LINE_ABOVE = {("_ELSE",), ("_ON",)}


def arrange(lines: list[Line]) -> list[Line]:
    """The lines with `version 1` first and each head in its order, comments and empty lines where they belong."""
    for above, line in pairwise([Line(""), *lines]):
        _find_levels(above, line)
    lines = _version_first(lines)
    for above, line in pairwise(lines):
        _set_empty_lines(above, line)
    return _heads_in_order(lines)


def write(lines: list[Line]) -> str:
    """The text of a file with these lines."""
    return "".join(f"{row}\n" for line in lines for row in _rows(line))


def _find_levels(line_above: Line, line: Line) -> None:
    """Comments belong to the line below them, but at the end of a block to the innermost one they are indented into."""
    level = max(line_above.level, line.level)
    for above in line.above:
        while level > line.level and line_above.columns[level] > above.column:
            level -= 1
        above.level = level


def _version_first(lines: list[Line]) -> list[Line]:
    if lines[0].words[:1] != ("_VERSION",):
        return [Line(VERSION, ("_VERSION",)), *lines]
    version, below = lines[0], lines[1]
    if version.above and below.above:
        below.above[0].empty_above = True
    elif version.above:
        below.empty_above = True
    below.above[:0] = version.above
    version.above = []
    version.empty_above = False
    return lines


def _set_empty_lines(line_above: Line, line: Line) -> None:
    """Leaves at most one empty line anywhere, none where it parts what belongs together, and one between items."""
    if _is_head(line) or line.words[:1] in _CLOSE_TO_THE_LINE_ABOVE:
        _no_empty_lines(line)
    if line.level > line_above.level:
        _set_first(line, False)
    if _is_head(line_above) and not _is_head(line):
        _set_first(line, True)
    if line.level == 0:
        _part_items(line)


def _no_empty_lines(line: Line) -> None:
    for above in line.above:
        if above.level == line.level:
            above.empty_above = False
    line.empty_above = False


def _set_first(line: Line, empty: bool) -> None:
    if line.above:
        line.above[0].empty_above = empty
    else:
        line.empty_above = empty


def _part_items(line: Line) -> None:
    at_margin: Above | Line = next((above for above in line.above if above.level == 0), line)
    at_margin.empty_above = True


def _heads_in_order(lines: list[Line]) -> list[Line]:
    ordered: list[Line] = []
    for is_head, block in groupby(lines, _is_head):
        together = list(block)
        ordered.extend(sorted(together, key=_head_place) if is_head else together)
    return ordered


def _is_head(line: Line) -> bool:
    return line.level == 1 and (line.words[:1] in _HEAD_PLACES or line.words in _HEAD_PLACES)


def _head_place(line: Line) -> int:
    return _HEAD_PLACES[line.words[:1] if line.words[:1] in _HEAD_PLACES else line.words]


def _rows(line: Line) -> Iterator[str]:
    for (level, _), group in groupby(_numbered(line.above), lambda above: above[0]):
        together = [above for _, above in group]
        if together[0].empty_above:
            yield ""
        for row in render_together([above.comment for above in together]):
            yield f"{'  ' * level}{row}"
    if line.text:
        if line.empty_above:
            yield ""
        comment = f"  {line.comment.render()}" if line.comment else ""
        yield f"{'  ' * line.level}{line.text}{comment}"


def _numbered(comments: list[Above]) -> Iterator[tuple[tuple[int, int], Above]]:
    """Each comment with its level and how many empty lines came so far: alike for those that stand together."""
    empty = 0
    for above in comments:
        empty += above.empty_above
        yield (above.level, empty), above
