"""The words of the language, taken from the grammar itself."""

from __future__ import annotations

import re
from pathlib import Path

_QUOTED_WORD = re.compile(r'"([a-z]+)"')
_TERMINALS = "// Terminals."


def _source() -> str:
    return (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")


def words() -> frozenset[str]:
    """Every word of the language, lower case, without the names of days and units."""
    return frozenset(_QUOTED_WORD.findall(_source().partition(_TERMINALS)[0]))


def grammar() -> str:
    """The grammar for Lark: each quoted word has become a terminal that is read in any letter case."""
    rules, mark, terminals = _source().partition(_TERMINALS)
    named = _QUOTED_WORD.sub(lambda found: terminal(found[1]), rules)
    return named + "\n".join(_definition(word) for word in sorted(words())) + "\n" + mark + terminals


def terminal(word: str) -> str:
    """The name of a word's terminal; the underscore keeps it out of the tree."""
    return f"_{word.upper()}"


def _definition(word: str) -> str:
    # The look-ahead leaves "new_field" and "now.x" to be names. No other letters, such as a long s, count as capitals.
    return rf"{terminal(word)}.3: /(?a:{word})(?![\w.\[])/i"
