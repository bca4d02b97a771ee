"""Many rules, one text: which of them does it match, without asking each.

Whole texts stand in a dictionary, beginnings in another. Every other pattern waits behind the one of its
literal pieces that is least likely to occur by chance (found by Aho-Corasick), or, if its pieces are short,
behind its first and last letters. The few patterns found that way are asked exactly.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import ahocorasick

from rules import patterns
from rules.patterns import Pattern, fold

Key = TypeVar("Key", bound=Hashable)
Owners = list[int]  # places of the entries that have a pattern
Owned = tuple[Pattern, Owners]

FEW = 4
"""Below this many patterns a plain loop is quicker than the index (measured: 2 µs a text from 4 patterns on)."""

# Put around the text, so that a piece at its beginning or end is told from the same piece inside.
_FIRST, _LAST = "\x02", "\x03"
# A piece that occurs in about one text of ten thousand by chance (natural logarithm) is rare enough.
_RARE = math.log(10_000)


class Matcher(Generic[Key]):
    """Made once from (key, patterns) entries, then asked for one text after the other.

    An entry without patterns matches every text. The answers are those of asking every pattern in turn.
    """

    def __init__(self, entries: Iterable[tuple[Key, tuple[str, ...]]]) -> None:
        self._keys: list[Key] = []
        self._always: list[int] = []
        owners: dict[Pattern, Owners] = defaultdict(list)
        for place, (key, written) in enumerate(entries):
            self._keys.append(key)
            if not written:
                self._always.append(place)
            for pattern in dict.fromkeys(map(patterns.compile, written)):
                owners[pattern].append(place)
        self._all = [*owners.items()]
        self._index = _Index(owners) if len(owners) >= FEW else None

    def match(self, text: str) -> list[Key]:
        """The keys of the entries that the text matches, in the order of the entries."""
        folded = fold(text)
        hits = self._index.hits(folded) if self._index else self._each(folded)
        places = set(self._always)
        for owners in hits:
            places.update(owners)
        return [self._keys[place] for place in sorted(places)]

    def _each(self, folded: str) -> Iterator[Owners]:
        return (owners for pattern, owners in self._all if pattern.matches_folded(folded))


class _Index:
    """Sorts each pattern into the one drawer that the fewest texts open for nothing."""

    def __init__(self, owned: Mapping[Pattern, Owners]) -> None:
        self._wholes: dict[str, Owners] = {}
        self._prefixes: dict[str, Owners] = {}
        self._ends: dict[tuple[str, str], list[Owned]] = defaultdict(list)
        self._pieces: dict[str, list[Owned]] = defaultdict(list)
        self._unindexed: list[Owned] = []
        loose: list[Owned] = []
        for pattern, owners in owned.items():
            if pattern.exact is not None:
                self._wholes[pattern.exact] = owners
            elif (prefix := _prefix(pattern)) is not None:
                self._prefixes[prefix] = owners
            else:
                loose.append((pattern, owners))
        self._sort_in(loose, _Worth(owned, [pattern for pattern, _ in loose]))
        self._prefix_lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._end_lengths = sorted({(len(head), len(tail)) for head, tail in self._ends})
        self._automaton = _automaton(self._pieces)

    def hits(self, text: str) -> Iterator[Owners]:
        """The owners of the patterns that match the folded text, each at least once."""
        if text in self._wholes:
            yield self._wholes[text]
        for length in self._prefix_lengths:
            if length > len(text):
                break
            if (found := self._prefixes.get(text[:length])) is not None:
                yield found
        for candidates in self._drawers(text):
            for pattern, owners in candidates:
                if pattern.matches_folded(text):
                    yield owners

    def _drawers(self, text: str) -> Iterator[list[Owned]]:
        yield self._unindexed
        for head, tail in self._end_lengths:
            if head <= len(text) >= tail and (found := self._ends.get((text[:head], text[-tail:]))):
                yield found
        if self._automaton is not None:
            pieces = {piece for _, piece in self._automaton.iter(f"{_FIRST}{text}{_LAST}")}
            yield from (self._pieces[piece] for piece in pieces)

    def _sort_in(self, loose: Iterable[Owned], worth: _Worth) -> None:
        for pattern, owners in loose:
            piece = max(_pieces(pattern), key=worth.of_piece, default=None)
            ends = _ends(pattern)
            if ends and (piece is None or worth.of_ends(ends) > worth.of_piece(piece)):
                self._ends[ends].append((pattern, owners))
            elif piece is not None:
                self._pieces[piece].append((pattern, owners))
            else:
                self._unindexed.append((pattern, owners))


class _Worth:
    """How good a drawer is: one that few texts open by chance, and that holds few patterns when they do.

    Chance is reckoned from the letters of all patterns; beyond `_RARE` it says little, as people write words. What
    many patterns write, many texts write too, and each of them asks all those patterns: so their number counts twice.
    """

    def __init__(self, every: Iterable[Pattern], loose: Sequence[Pattern]) -> None:
        letters = Counter(symbol for pattern in every for symbol in pattern.symbols if isinstance(symbol, str))
        total = sum(letters.values()) or 1
        self._weights = {letter: -math.log(count / (total + 1)) for letter, count in letters.items()}
        self._pieces = Counter(piece for pattern in loose for piece in set(_pieces(pattern)))
        self._ends = Counter(ends for pattern in loose if (ends := _ends(pattern)))

    def of_piece(self, piece: str) -> tuple[float, float]:
        """The worth of a literal piece, marked if it begins or ends the text."""
        # An end stands at one place, a piece within anywhere; a text has some hundred places.
        anchored = piece[0] == _FIRST or piece[-1] == _LAST
        return self._of(piece, self._pieces[piece], 0.0 if anchored else math.log(100))

    def of_ends(self, ends: tuple[str, str]) -> tuple[float, float]:
        """The worth of first and last letters together."""
        return self._of("".join(ends), self._ends[ends], 0.0)

    def _of(self, letters: str, sharing: int, places: float) -> tuple[float, float]:
        rarity = sum(self._weights.get(letter, 0.0) for letter in letters) - places
        return min(rarity, _RARE) - 2 * math.log(sharing), rarity


def _prefix(pattern: Pattern) -> str | None:
    """The letters of `letters*`, if that is the whole pattern."""
    if not pattern.starred or pattern.middles or pattern.tail.length:
        return None
    head = pattern.head
    return head.pieces[0][1] if len(head.pieces) == 1 and len(head.pieces[0][1]) == head.length else None


def _pieces(pattern: Pattern) -> Iterator[str]:
    """Every literal piece; those that begin or end the text carry the mark of that place."""
    for segment in (pattern.head, *pattern.middles, pattern.tail):
        for offset, piece in segment.pieces:
            first = _FIRST if segment is pattern.head and offset == 0 else ""
            ending = segment is pattern.tail or not pattern.starred
            last = _LAST if ending and offset + len(piece) == segment.length else ""
            yield f"{first}{piece}{last}"


def _ends(pattern: Pattern) -> tuple[str, str] | None:
    """Up to three literal letters at the beginning and at the end of the text, if the pattern fixes both."""
    marked = list(_pieces(pattern))
    if len(marked) < 2 or not (marked[0].startswith(_FIRST) and marked[-1].endswith(_LAST)):
        return None
    return marked[0][1:4], marked[-1][:-1][-3:]


def _automaton(pieces: Iterable[str]) -> ahocorasick.Automaton | None:
    automaton = ahocorasick.Automaton()
    for piece in pieces:
        automaton.add_word(piece, piece)
    if not len(automaton):
        return None
    automaton.make_automaton()
    return automaton
