"""What a test says about related things: `invoices[0].name is "INV-1"` below `given`."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.facts import Plain
from rules.testing import WorldProblem

MOST_RELATED = 50
"""So many related things a test may give to one record."""

_RELATED = re.compile(r"(\w+)\[(\d{1,9})\]\.(\w+)")


def with_lists(values: Mapping[str, Plain]) -> dict[str, Any]:
    """The values of a record, with those of related things gathered into the lists that a record holds.

    Raises:
        WorldProblem: a test gives too many.
    """
    gathered: dict[str, Any] = {}
    for path, value in values.items():
        found = _RELATED.fullmatch(path)
        if found is None:
            gathered[path] = value
            continue
        name, place, key = found[1], int(found[2]), found[3]
        if place >= MOST_RELATED:
            raise WorldProblem(f"A test gives a record at most {MOST_RELATED} {name}.", path=path)
        things = gathered.setdefault(name, [])
        things.extend({} for _ in range(place + 1 - len(things)))
        things[place][key] = _plain(value)
    return gathered


def _plain(value: Plain) -> str | bool | None:
    """As it would stand in JSON."""
    if value is None or isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
