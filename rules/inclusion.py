"""Which texts two patterns share: whether one covers the other, and a text that both match.

Both questions are about folded texts: no blank at the ends, never two blanks in a row. A character here is
one that folding leaves alone by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from rules import patterns
from rules.patterns import ANY, ONE, Symbol

MOST_STATES = 20_000
"""States looked at in all before `includes` gives up and answers no."""

MOST_AT_ONCE = 600
"""States at one place before it gives up; only patterns made for the purpose get there."""

# Stands for any character that neither pattern writes; only wildcards take it.
_OTHER: Symbol = 2
_START, _BLANK, _WORD = 0, 1, 2

_Frontier = set[tuple[int, int]]


def includes(wide: str, narrow: str) -> bool:
    """Whether every text that `narrow` matches is matched by `wide`.

    Walks the texts of `narrow` in their hardest form: a character that `wide` never writes stands wherever a
    wildcard of `narrow` allows any. Each wildcard of `wide` that takes it takes every other character too.
    """
    widened = _Wide(patterns.compile(wide).symbols)
    frontier: _Frontier = {(widened.start, _START)}
    looked_at = 0
    for symbol in patterns.compile(narrow).symbols:
        frontier = _after(widened, frontier, symbol)
        looked_at += len(frontier)
        if len(frontier) > MOST_AT_ONCE or looked_at > MOST_STATES:
            return False
        frontier = _hardest(frontier)
    return all(widened.accepts(state) for state, last in frontier if last != _BLANK)


class _Wide:
    """The places in a pattern that a text so far can have led to, as bits of a number.

    Once a star is reached, no place before it adds anything: what could follow there, the star takes as well.
    These places are always filled in, so that fewer bits always mean fewer texts.
    """

    def __init__(self, symbols: tuple[Symbol, ...]) -> None:
        self._end = 1 << len(symbols)
        self._stars = sum(1 << at for at, symbol in enumerate(symbols) if symbol == ANY)
        self._ones = sum(1 << at for at, symbol in enumerate(symbols) if symbol == ONE)
        self._letters: dict[Symbol, int] = {}
        for at, symbol in enumerate(symbols):
            if isinstance(symbol, str):
                self._letters[symbol] = self._letters.get(symbol, 0) | 1 << at
        self.start = self._settled(1)

    def step(self, state: int, char: Symbol) -> int:
        moving = state & (self._letters.get(char, 0) | self._ones)
        return self._settled(state & self._stars | moving << 1)

    def accepts(self, state: int) -> bool:
        return bool(state & self._end)

    def _settled(self, state: int) -> int:
        """A star may also be passed without taking anything; then everything before the last one is filled."""
        state |= (state & self._stars) << 1
        stars = state & self._stars
        return state | ((1 << stars.bit_length()) - 1) if stars else state


def _after(wide: _Wide, frontier: _Frontier, symbol: Symbol) -> _Frontier:
    if symbol == ANY:
        return _any_number(wide, frontier)
    if symbol == " ":
        return {(wide.step(state, " "), _BLANK) for state, last in frontier if last == _WORD}
    char = _OTHER if symbol == ONE else symbol
    return {(wide.step(state, char), _WORD) for state, _ in frontier}


def _any_number(wide: _Wide, frontier: _Frontier) -> _Frontier:
    """None, one, two ... characters, until more of them make no difference."""
    reached, fresh = set(frontier), frontier
    while fresh and len(reached) <= MOST_AT_ONCE:
        fresh = {(wide.step(state, _OTHER), _WORD) for state, _ in fresh} - reached
        reached |= fresh
    return reached


def _hardest(frontier: _Frontier) -> _Frontier:
    """Drops each state that another one is within: what that one accepts, it accepts as well."""
    kept: list[tuple[int, int]] = []
    for state, last in sorted(frontier, key=lambda one: one[0].bit_count()):
        if not any(less & state == less and mark == last for less, mark in kept):
            kept.append((state, last))
    return set(kept)


def intersection(one: str, other: str) -> str | None:
    """A shortest folded text that both patterns match, or None if there is none.

    Where any character will do, an `x` stands.
    """
    first, second = patterns.compile(one), patterns.compile(other)
    if _differ(first.symbols, second.symbols) or _differ(first.symbols[::-1], second.symbols[::-1]):
        return None
    return _shortest(first.symbols, second.symbols)


def _differ(one: tuple[Symbol, ...], other: tuple[Symbol, ...]) -> bool:
    """Whether the letters up to the first star already exclude each other."""
    for left, right in zip(one, other, strict=False):
        if ANY in (left, right):
            return False
        if isinstance(left, str) and isinstance(right, str) and left != right:
            return True
    return False


_Node = tuple[int, int, int]


def _shortest(one: tuple[Symbol, ...], other: tuple[Symbol, ...]) -> str | None:
    """Breadth first over the places in both patterns; passing a star costs nothing, a character one."""
    start: _Node = (0, 0, _START)
    came_from: dict[_Node, tuple[_Node, str]] = {}
    distance = {start: 0}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        if node[:2] == (len(one), len(other)) and node[2] != _BLANK:
            return _spelled(came_from, node)
        for following, char in _moves(one, other, node):
            cost = distance[node] + len(char)
            if cost < distance.get(following, cost + 1):
                distance[following] = cost
                came_from[following] = (node, char)
                (queue.append if char else queue.appendleft)(following)
    return None


def _moves(one: tuple[Symbol, ...], other: tuple[Symbol, ...], node: _Node) -> Iterator[tuple[_Node, str]]:
    at, by, last = node
    left = one[at] if at < len(one) else None
    right = other[by] if by < len(other) else None
    if left == ANY:
        yield (at + 1, by, last), ""
    if right == ANY:
        yield (at, by + 1, last), ""
    if left is None or right is None:
        return
    char = left if isinstance(left, str) else right if isinstance(right, str) else "x"
    fits = all(symbol in (char, ANY, ONE) for symbol in (left, right))
    if fits and not (char == " " and last != _WORD):
        mark = _BLANK if char == " " else _WORD
        yield (at + (left != ANY), by + (right != ANY), mark), char


def _spelled(came_from: dict[_Node, tuple[_Node, str]], node: _Node) -> str:
    chars = []
    while node in came_from:
        node, char = came_from[node]
        chars.append(char)
    return "".join(reversed(chars))
