"""The tree as JSON and back, without loss, and the hash of a tree."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, time
from decimal import Decimal
from hashlib import sha256
from typing import Any

from rules.syntax.node import NODES, NOWHERE, Node, Place


class UnknownNode(ValueError):
    """The JSON names a node that this version of the language does not have."""


def to_json(node: Node) -> dict[str, Any]:
    """The node as plain JSON values, with its class under "node" and its place as [line, column, length]."""
    return {"node": type(node).__name__, **_members(node, with_places=True)}


def _members(node: Node, *, with_places: bool) -> dict[str, Any]:
    members = {}
    for member in fields(node):
        value = getattr(node, member.name)
        if member.name == "place":
            if with_places and value != NOWHERE:
                members["place"] = list(value)
        elif with_places or member.compare:
            members[member.name] = _plain(value, with_places=with_places)
    return members


def _plain(value: Any, *, with_places: bool) -> Any:
    if isinstance(value, Node):
        return {"node": type(value).__name__, **_members(value, with_places=with_places)}
    if isinstance(value, tuple):
        return [_plain(part, with_places=with_places) for part in value]
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"clock": value.strftime("%H:%M")}
    return value


def from_json(data: dict[str, Any]) -> Any:
    """The node that `to_json` was given. Raises UnknownNode for a class that does not exist."""
    if "node" not in data or data["node"] not in NODES:
        raise UnknownNode(f"This tree has a part {data.get('node')!r} that is not known; update the software.")
    members = {name: _rich(value) for name, value in data.items() if name not in ("node", "place")}
    if "place" in data:
        members["place"] = Place(*data["place"])
    return NODES[data["node"]](**members)


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(part) for part in value)
    if not isinstance(value, dict):
        return value
    if "node" in value:
        return from_json(value)
    if "decimal" in value:
        return Decimal(value["decimal"])
    if "date" in value:
        return date.fromisoformat(value["date"])
    return time.fromisoformat(value["clock"])


def digest(node: Node) -> str:
    """SHA-256 (hex) of the tree without places and without what only layout decides."""
    plain = _plain(node, with_places=False)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
