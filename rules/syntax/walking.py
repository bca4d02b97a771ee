"""Going through a tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from rules.syntax.node import Node, Place


def inside(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order written."""
    for member in fields(node):
        value = getattr(node, member.name)
        for part in value if isinstance(value, tuple) and not isinstance(value, Place) else (value,):
            if isinstance(part, Node):
                yield part


def everything(node: Node) -> Iterator[Node]:
    """A node and all nodes inside it, however deep."""
    yield node
    for part in inside(node):
        yield from everything(part)
