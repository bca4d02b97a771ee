"""Reading JSON from the other side of the network: objects only, and every name once."""

import json
from typing import Any

from flexie.providers.events import storable


class NotReadable(ValueError):
    """The bytes are not one JSON object with distinct names."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises NotReadable; two readers may not disagree, so a name that
    comes twice is refused, and so are NaN and Infinity, which are no JSON."""
    try:
        found = json.loads(body, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotReadable("The body is not readable JSON.") from error
    if not isinstance(found, dict):
        raise NotReadable("The body is not a JSON object.")
    return found


def text_of(found: dict[str, Any], name: str) -> str:
    """A text, or a number written as one; blank when it is missing or anything else."""
    value = found.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return storable(value) if isinstance(value, str) else ""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotReadable("A name comes twice in the JSON body.")
    return found


def _no_constant(name: str) -> None:
    raise NotReadable(f"{name} is not JSON.")
