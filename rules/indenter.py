"""Turns the blanks at the beginning of lines into the blocks of the grammar, and limits how deep a rule nests."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token
from lark.lark import PostLex

from rules.errors import Mistake
from rules.syntax import Place

DEEPEST = 50
"""So many blocks, brackets or `not`s may stand inside each other."""


class RulesIndenter(PostLex):
    """Adds `_INDENT` and `_DEDENT` tokens. It keeps nothing between two texts."""

    always_accept = ("_NL",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens with the blocks marked. Raises Mistake for a line whose depth fits none above it."""
        levels = [0]
        nesting = 0
        token = None
        for token in stream:
            nesting = _nesting(token, nesting)
            yield token
            if token.type == "_NL":
                yield from self._blocks(token, levels)
        while token is not None and len(levels) > 1:
            levels.pop()
            yield Token.new_borrow_pos("_DEDENT", "", token)

    def _blocks(self, end_of_line: Token, levels: list[int]) -> Iterator[Token]:
        blanks = end_of_line.rpartition("\n")[2]
        line, depth = end_of_line.end_line or 1, len(blanks)
        mark = {"line": line, "column": depth + 1, "end_line": line, "end_column": depth + 1}
        if depth > levels[-1]:
            levels.append(depth)
            if len(levels) > DEEPEST:
                raise too_deep(Place(line, depth + 1, 1))
            yield Token("_INDENT", blanks, **mark)
        while depth < levels[-1]:
            levels.pop()
            yield Token("_DEDENT", blanks, **mark)
        if depth != levels[-1]:
            raise Mistake(
                "R003",
                Place(line, 1, max(1, depth)),
                "This line is indented less than the line above, but not as far as any block before it.",
                f"Begin it {_blanks(levels[-1])} or {_blanks(_next_level(levels, depth))} from the left.",
            )


def _nesting(token: Token, nesting: int) -> int:
    """How many brackets and `not`s stand open after this token of a line."""
    if token.type == "_NL":
        return 0
    if token.type in ("_LPAR", "_NOT"):
        nesting += 1
    if nesting > DEEPEST:
        raise too_deep(Place(token.line or 1, token.column or 1, len(token)))
    return nesting


def too_deep(place: Place) -> Mistake:
    """More than DEEPEST things inside each other."""
    return Mistake(
        "R013",
        place,
        f"More than {DEEPEST} blocks or brackets stand inside each other here.",
        'Split this into several rules; one rule can start another with:  start rule "..."',
    )


def _next_level(levels: list[int], depth: int) -> int:
    return max(depth - depth % 2 + 2, levels[-1] + 2)


def _blanks(count: int) -> str:
    return f"{count} blanks" if count else "at the very beginning, no blanks"
