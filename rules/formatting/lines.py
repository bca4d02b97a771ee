"""The lines of a file as the grammar reads them, with the comments and empty lines above each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lark import Token

from rules.formatting.comments import Comment
from rules.formatting.words import render_words
from rules.items import Item, items
from rules.reader import tokens


@dataclass(slots=True)
class Above:
    """A comment on a line of its own; column is how many blanks stood before it, level the block it belongs to."""

    comment: Comment
    column: int = 0
    empty_above: bool = False
    level: int = 0


@dataclass(slots=True)
class Line:
    """A line in canonical form, without its indentation.

    Words are the terminals it begins with, two at most; columns are where the blocks around it begin in the source.
    """

    text: str
    words: tuple[str, ...] = ()
    columns: tuple[int, ...] = (0,)
    comment: Comment | None = None
    above: list[Above] = field(default_factory=list)
    empty_above: bool = False

    @property
    def level(self) -> int:
        """In how many blocks the line stands."""
        return len(self.columns) - 1


def read_lines(source: Sequence[str]) -> list[Line]:
    """The lines of a file without mistakes, in order. The last is empty: the end, with what stands above it."""
    found: list[Line] = []
    gap: Sequence[str] | None = None
    for item in items(list(source)):
        if gap is None:
            gap = source[: item.first_line - 1]
        for line, below in _item_lines(item):
            _put_above(line, gap)
            found.append(line)
            gap = below
    end = Line("")
    _put_above(end, source if gap is None else gap)
    return [*found, end]


def _item_lines(item: Item) -> Iterator[tuple[Line, list[str]]]:
    """The lines of an item, each with the comment lines and empty lines below it."""
    columns = [0]
    words: list[Token] = []
    for token in tokens(item.text, item.start or ""):
        if token.type == "_INDENT":
            columns.append(len(token))
        elif token.type == "_DEDENT":
            columns.pop()
        elif token.type == "_NL":
            behind, *below, _indentation = token.split("\n")
            yield _line(words, columns, behind.lstrip()), below
            words = []
        else:
            words.append(token)


def _line(words: list[Token], columns: list[int], behind: str) -> Line:
    comment = Comment.read(behind) if behind else None
    return Line(render_words(words), tuple(word.type for word in words[:2]), tuple(columns), comment)


def _put_above(line: Line, gap: Sequence[str]) -> None:
    empty = False
    for text in gap:
        written = text.strip()
        if written:
            line.above.append(Above(Comment.read(written), len(text) - len(text.lstrip()), empty))
        empty = not written
    line.empty_above = empty
