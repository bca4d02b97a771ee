"""Texts that a pattern nearly matched: its letters occur in them, but the whole text does not fit."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rules import patterns

SHORT = 3
"""A word of so many letters has to begin one in the text, a shorter one has to be one: an N within a word is none."""


def near(written: Iterable[str], text: str) -> str | None:
    """The first of these patterns that the text nearly matches, or None. A pattern that it matches is not near."""
    folded = patterns.fold(text)
    return next((one for one in written if _is_near(one, folded)), None)


def _is_near(pattern: str, folded: str) -> bool:
    words = _words(pattern)
    return bool(words) and _occur(words, folded) and not patterns.compile(pattern).matches_folded(folded)


@lru_cache(maxsize=4_096)
def _words(pattern: str) -> tuple[str, ...]:
    """The letters and digits between the wildcards, run together."""
    pieces = re.split(r"[*?]+", "".join(_literal(pattern)))
    return tuple(filter(None, map(_letters, pieces)))


def _literal(pattern: str) -> Iterator[str]:
    """The folded pattern with its wildcards as `*`; a star that means itself is no letter anyway."""
    for symbol in patterns.compile(pattern).symbols:
        yield "*" if isinstance(symbol, int) else " " if symbol in "*?" else symbol


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _occur(words: Iterable[str], folded: str) -> bool:
    """Whether every word occurs, whatever stands between its letters."""
    run_together, alone = _letters(folded), re.findall(r"\w+", folded)
    for word in words:
        if len(word) > SHORT:
            found = word in run_together
        elif len(word) == SHORT:
            found = any(one.startswith(word) for one in alone)
        else:
            found = word in alone
        if not found:
            return False
    return True
