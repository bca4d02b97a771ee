"""What every part of the syntax tree has in common: a place in the source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where something is written: 1-based line and column, and its length in characters.

    A long text begins behind its first bar and the blank after it; its length ends with that line.
    """

    line: int
    column: int
    length: int


NOWHERE = Place(0, 0, 0)
"""The place of a node that was not read from a source text."""

NODES: dict[str, type[Node]] = {}
"""Every class of the tree by its name."""


@dataclass(frozen=True, slots=True)
class Node:
    """One part of the tree. Its place says where to point; it never makes two nodes unequal."""

    place: Place = field(default=NOWHERE, compare=False, repr=False, kw_only=True)

    def __init_subclass__(cls, **options: Any) -> None:
        # A dataclass with slots is made twice; the second, final class takes the first one's entry.
        NODES[cls.__name__] = cls
