"""The words of a line in canonical form."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

_AS_WRITTEN = {"PATH", "STRING", "NUMBER", "DATE", "COMPARE"}
_NO_BLANK_BEFORE = {"_COLON", "_COMMA", "_RPAR"}


def render_words(tokens: Sequence[Token]) -> str:
    """The line that these tokens make: words of the language in lower case, blanks where they belong."""
    if tokens[0].type == "BAR":
        return _bar(tokens[0])
    parts: list[str] = []
    before: Token | None = None
    for token in tokens:
        if before is not None and before.type != "_LPAR" and token.type not in _NO_BLANK_BEFORE:
            parts.append(" ")
        parts.append(_word(token, before))
        before = token
    return "".join(parts)


def _word(token: Token, before: Token | None) -> str:
    if token.type in _AS_WRITTEN:
        return str(token)
    if token.type == "CLOCK":
        return token.rjust(len("09:00"), "0")
    if token.type == "UNIT" and before is not None:
        unit = token.lower().removesuffix("s")
        return unit if before.isdigit() and int(before) == 1 else f"{unit}s"
    return token.lower()


def _bar(token: Token) -> str:
    """A line of a long text. Blanks at its end are part of the text, so they stay."""
    text = token[1:].removeprefix(" ")
    return f"| {text}" if text else "|"
