"""Patterns: the only way a rule looks at the words of a text.

`*` stands for any characters, also none; `?` for exactly one; a backslash before `*`, `?` or a backslash
takes the special meaning away. The whole text must match. Text and pattern are first brought to one form
(`fold`). No regular expression is ever built from a pattern: the parts between the stars are looked for
from left to right, each at its first possible place, so the work is at most pattern times text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

LONGEST_PATTERN = 200
"""Characters a pattern may have as written; the checker refuses longer ones."""

ANY = 0
"""The symbol for `*` in `Pattern.symbols`."""
ONE = 1
"""The symbol for `?` in `Pattern.symbols`."""

Symbol = str | int

_CURLY = str.maketrans(dict.fromkeys("‘’‚‛´ʼ′", "'") | dict.fromkeys("“”„‟″", '"') | {"\u2212": "-"})
_CURLY_CHARS = tuple(map(chr, _CURLY))
# Category Cf holds a few signs that are written, not invisible (prepended concatenation marks, Unicode 15, 23.3).
_VISIBLE_FORMAT = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180E), 0x180F])


def fold(text: str) -> str:
    """The one form in which texts are compared; folding twice changes nothing.

    Curly quotes and dashes become plain, compatibility forms and letter case vanish (full case folding, no
    locale), invisible format characters and variation selectors go away, every run of blanks and line breaks
    becomes one blank, and the ends are trimmed. Accents count.
    """
    return fold_part(text).strip(" ")


def fold_part(text: str) -> str:
    """Like `fold`, but a blank at either end stays: the piece of a pattern beside a wildcard."""
    folded = text.lower() if text.isascii() else _fold_unicode(text)
    words = " ".join(folded.split())
    if not words:
        return " " if folded else ""
    return " " * folded[0].isspace() + words + " " * folded[-1].isspace()


def _fold_unicode(text: str) -> str:
    """Repeats until stable, because folding case can undo composition and the other way round."""
    for _ in range(4):
        before = text
        straight = text.translate(_CURLY) if any(char in text for char in _CURLY_CHARS) else text
        text = unicodedata.normalize("NFKC", straight).casefold()
        changed = {ord(char): _plain(char) for char in set(text) if _plain(char) != char}
        text = unicodedata.normalize("NFKC", text.translate(changed) if changed else text)
        if text == before:
            break
    return text


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd":
        return "-"
    if (category == "Cf" and char not in _VISIBLE_FORMAT) or ord(char) in _SELECTORS:
        return ""
    return char


@dataclass(frozen=True, slots=True)
class Segment:
    """The stretch between two stars: literal pieces with their distance from its start; the gaps are `?`."""

    length: int
    pieces: tuple[tuple[int, str], ...]

    def stands_at(self, text: str, at: int) -> bool:
        """Whether the segment fits `text` beginning at `at`; the caller has made sure there is room."""
        return all(text.startswith(piece, at + offset) for offset, piece in self.pieces)

    def find(self, text: str, start: int, end: int) -> int:
        """The first place in `text[start:end]` where the segment fits, or -1."""
        if not self.pieces:
            return start if start + self.length <= end else -1
        if len(self.pieces) == 1:
            offset, piece = self.pieces[0]
            room = max(0, end - (self.length - offset - len(piece)))
            found = text.find(piece, start + offset, room)
            return found - offset if found >= 0 else -1
        return self._find_with_gaps(text, start, end)

    def _find_with_gaps(self, text: str, start: int, end: int) -> int:
        """Shift-And: one machine word holds every place where the segment may have begun."""
        everywhere, masks = _bits(self)
        reached, last = 0, 1 << (self.length - 1)
        for index in range(start, end):
            reached = ((reached << 1) | 1) & masks.get(text[index], everywhere)
            if reached & last:
                return index - self.length + 1
        return -1


@lru_cache(maxsize=1024)
def _bits(segment: Segment) -> tuple[int, dict[str, int]]:
    """For each character the positions of the segment that accept it, and those that accept any."""
    everywhere = (1 << segment.length) - 1
    masks: dict[str, int] = {}
    for offset, piece in segment.pieces:
        for index, char in enumerate(piece, offset):
            everywhere &= ~(1 << index)
            masks[char] = masks.get(char, 0) | 1 << index
    return everywhere, {char: mask | everywhere for char, mask in masks.items()}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern made ready: `head` begins the text, `tail` ends it, `middles` come between, in this order.

    `symbols` is the folded pattern in normal form: characters, `ONE` and `ANY`, with no `ANY` beside another
    and every `ONE` of a run of wildcards before its `ANY`. `starred` is false if the pattern has no `*`;
    then `head` is all of it.
    """

    source: str
    symbols: tuple[Symbol, ...]
    starred: bool = field(compare=False)
    head: Segment = field(compare=False)
    middles: tuple[Segment, ...] = field(compare=False)
    tail: Segment = field(compare=False)

    @property
    def exact(self) -> str | None:
        """The one folded text that matches, if the pattern has no wildcard."""
        if self.starred or any(symbol == ONE for symbol in self.symbols):
            return None
        return "".join(str(symbol) for symbol in self.symbols)

    def matches_folded(self, text: str) -> bool:
        """Whether a text that `fold` has already treated matches."""
        if not self.starred:
            return len(text) == self.head.length and self.head.stands_at(text, 0)
        at, end = self.head.length, len(text) - self.tail.length
        if at > end or not self.head.stands_at(text, 0) or not self.tail.stands_at(text, end):
            return False
        for segment in self.middles:
            found = segment.find(text, at, end)
            if found < 0:
                return False
            at = found + segment.length
        return True


@lru_cache(maxsize=8192)
def compile(pattern: str) -> Pattern:
    """Makes a pattern ready for use; the same pattern is made ready once."""
    symbols = _normal(_symbols(pattern))
    runs: list[list[Symbol]] = [[]]
    for symbol in symbols:
        if symbol == ANY:
            runs.append([])
        else:
            runs[-1].append(symbol)
    segments = [_segment(run) for run in runs]
    nothing = Segment(0, ())
    tail = segments[-1] if len(segments) > 1 else nothing
    return Pattern(pattern, symbols, len(segments) > 1, segments[0], tuple(segments[1:-1]), tail)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches the pattern, both folded."""
    return compile(pattern).matches_folded(fold(text))


def first_match(patterns: Iterable[str], text: str) -> str | None:
    """The first pattern of the list that the text matches, as written, or None."""
    folded = fold(text)
    return next((pattern for pattern in patterns if compile(pattern).matches_folded(folded)), None)


def _symbols(pattern: str) -> list[Symbol]:
    """Reads wildcards and escapes before folding, so that a full-width `＊` is a character like any other."""
    parts: list[str | int] = []
    for char in _unescaped(pattern):
        if isinstance(char, str) and parts and isinstance(parts[-1], str):
            parts[-1] += char
        else:
            parts.append(char)
    folded = [fold_part(part) if isinstance(part, str) else part for part in parts]
    if folded and isinstance(folded[0], str):
        folded[0] = folded[0].lstrip(" ")
    if folded and isinstance(folded[-1], str):
        folded[-1] = folded[-1].rstrip(" ")
    return [symbol for part in folded for symbol in (part if isinstance(part, str) else [part])]


def _unescaped(pattern: str) -> Iterator[Symbol]:
    """Characters and wildcards as written; a backslash before any other character is a plain backslash."""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "\\" and pattern[at + 1 : at + 2] in ("*", "?", "\\"):
            at += 1
            yield pattern[at]
        else:
            yield ANY if char == "*" else ONE if char == "?" else char
        at += 1


def _normal(symbols: list[Symbol]) -> tuple[Symbol, ...]:
    """`*?*` says the same as `?*`."""
    normal: list[Symbol] = []
    for symbol in symbols:
        if normal and normal[-1] == ANY and symbol == ONE:
            normal.insert(-1, ONE)
        elif not (normal and normal[-1] == ANY and symbol == ANY):
            normal.append(symbol)
    return tuple(normal)


def _segment(run: list[Symbol]) -> Segment:
    pieces: list[tuple[int, str]] = []
    for index, symbol in enumerate(run):
        if not isinstance(symbol, str):
            continue
        if pieces and pieces[-1][0] + len(pieces[-1][1]) == index:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + symbol)
        else:
            pieces.append((index, symbol))
    return Segment(len(run), tuple(pieces))
