"""Reading JSON from the other side of the network: strictly, and every name once."""

import json
from typing import Any

from flexie.providers.events import storable


class NotReadable(ValueError):
    """The bytes are not the JSON that is wanted, with distinct names."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises NotReadable; two readers may not disagree, so a name that
    comes twice is refused, and so are NaN and Infinity, which are no JSON."""
    found = _read(body)
    if not isinstance(found, dict):
        raise NotReadable("The body is not a JSON object.")
    return found


def read_list(body: bytes) -> list[Any]:
    """The JSON list in `body`, read as strictly. Raises NotReadable."""
    found = _read(body)
    if not isinstance(found, list):
        raise NotReadable("The body is not a JSON list.")
    return found


def _read(body: bytes) -> Any:
    try:
        return json.loads(body, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NotReadable("The body is not readable JSON.") from error


def written(found: object) -> str:
    """An entry of a body as JSON, for people to look at what could not be used."""
    return json.dumps(found, ensure_ascii=False)


def object_in(found: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under a name; an empty one when it is missing or anything else."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def objects_in(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of the list under a name; whatever else stands in it is left out."""
    value = found.get(name)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def texts_in(found: dict[str, Any], name: str) -> list[str]:
    """The texts of the list under a name that are not blank; whatever else stands in it is left out."""
    value = found.get(name)
    return [storable(text) for text in value if isinstance(text, str) and text] if isinstance(value, list) else []


def count_in(found: dict[str, Any], name: str) -> int | None:
    """A count of one or more, written as a number or in digits; None for anything else."""
    digits = text_of(found, name)
    return (int(digits) or None) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


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
