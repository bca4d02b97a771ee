"""Going through a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from rules.syntax.node import Node, Place

_MEMBERS: dict[type, tuple[str, ...]] = {}


def inside(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order written."""
    for name in _members(node):
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) and not isinstance(value, Place) else (value,):
            if isinstance(part, Node):
                yield part


def _members(node: Node) -> tuple[str, ...]:
    """The names of its members, by its class: `fields` looks for them anew each time."""
    kind = type(node)
    if kind not in _MEMBERS:
        _MEMBERS[kind] = tuple(member.name for member in fields(node))
    return _MEMBERS[kind]


def everything(node: Node) -> Iterator[Node]:
    """A node and all nodes inside it, however deep."""
    yield node
    for part in inside(node):
        yield from everything(part)
