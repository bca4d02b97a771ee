"""Lark at work: reads one item of a file, and where it cannot, says how far it came."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

from lark import Lark, Token
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from rules.indenter import RulesIndenter
from rules.tree import Built, TreeBuilder
from rules.words import grammar

STARTS = ("version", "settings", "rule", "test")
"""The words that an item of a file begins with; also the start rules of the grammar."""


@dataclass(eq=False)
class Trouble(Exception):
    """The reader could not go on at a token. Expected are the names of the terminals that would have fitted.

    `before` is the token that was read last, `before_expected` what else would have fitted in its stead. Where only
    one terminal fits, `behind` are those that fit after it.
    """

    line: int
    column: int
    token: str
    expected: frozenset[str]
    before: Token | None
    before_expected: frozenset[str]
    behind: frozenset[str]


@lru_cache(maxsize=1)
def _lark() -> Lark:
    return Lark(
        grammar(),
        parser="lalr",
        lexer="contextual",
        postlex=RulesIndenter(),
        start=list(STARTS),
        transformer=TreeBuilder(),
        keep_all_tokens=True,
        maybe_placeholders=False,
    )


def read(text: str, start: str, first_line: int) -> Built:
    """Reads one item that begins at that line of its file. Raises Trouble, or Mistake from the tree builder."""
    parser = _lark().parse_interactive(text, start=start)
    if parser.lexer_thread.state is not None:
        parser.lexer_thread.state.line_ctr.line = first_line
    history: list[tuple[Token, int]] = []
    try:
        for token in parser.iter_parse():
            history.append((token, parser.parser_state.position))
        built: Built = parser.feed_eof(history[-1][0] if history else None)
    except UnexpectedInput as stuck:
        raise _trouble(stuck, history, parser) from None
    return built


def tokens(text: str, start: str) -> Iterator[Token]:
    """The tokens of an item that can be read, blocks marked. Raises what the parser raises if it cannot."""
    parser = _lark().parse_interactive(text, start=start)
    _build_nothing(parser)
    return parser.iter_parse()


def _build_nothing(parser: InteractiveParser) -> None:
    parser.parser_state.parse_conf = copy(parser.parser_state.parse_conf)
    parser.parser_state.parse_conf.callbacks = {}


def _trouble(stuck: UnexpectedInput, history: list[tuple[Token, int]], parser: InteractiveParser) -> Trouble:
    token = stuck.token if isinstance(stuck, UnexpectedToken) else None
    if history and history[-1][0] is token:
        history.pop()
    before, state = history[-1] if history else (None, None)
    expected = frozenset(parser.accepts())
    return Trouble(
        line=max(stuck.line, 1),
        column=max(stuck.column, 1),
        token=token.type if token is not None else "",
        expected=expected,
        before=before,
        before_expected=expected_in(parser, state) if state is not None else frozenset(),
        behind=_behind(parser, *expected) if len(expected) == 1 else frozenset(),
    )


def _behind(parser: InteractiveParser, terminal: str) -> frozenset[str]:
    """What fits after this terminal. Nothing is built on the way."""
    ahead = parser.copy(deepcopy_values=False)
    _build_nothing(ahead)
    if terminal == "$END":
        return frozenset()
    ahead.feed_token(Token(terminal, ""))
    return frozenset(ahead.accepts())


def expected_in(parser: InteractiveParser, state: int) -> frozenset[str]:
    """The names of the terminals that fit in a state of the parser."""
    choices = parser.parser_state.parse_conf.parse_table.states[state]
    return frozenset(name for name in choices if name.isupper())


@lru_cache(maxsize=8)
def words_below(beginning: str, start: str) -> frozenset[str]:
    """The terminals that may begin the next line of the block that this beginning of an item leaves open."""
    parser = _lark().parse_interactive(beginning, start=start)
    for token in parser.iter_parse():
        if token.type == "_DEDENT":
            break
    return expected_in(parser, parser.parser_state.position)
