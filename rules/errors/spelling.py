"""Did you mean: the known word that is nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 60


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word with the fewest slips to this one, if they are few for its length; letter case is no slip."""
    if len(word) > _LONGEST:
        return None
    allowed = max(1, (len(word) + 1) // 3) if len(word) > 2 else (1 if len(word) == 2 else 0)
    best, fewest = None, allowed + 1
    for candidate in sorted(set(known)):
        if abs(len(candidate) - len(word)) >= fewest:
            continue
        slips = distance(word.lower(), candidate.lower(), fewest)
        if slips < fewest:
            best, fewest = candidate, slips
    return best


def distance(one: str, other: str, limit: int) -> int:
    """Letters to add, drop, change or swap with their neighbour; stops counting at the limit."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return row[-1]
