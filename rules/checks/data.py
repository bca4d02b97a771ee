"""`__data`: what is there at a place, and what can not be."""

from __future__ import annotations

from collections.abc import Callable

from rules.checks.scope import Scope
from rules.syntax import Place

_FILLED_BY = {
    "incoming_sms": "It holds the text that started the run, in rules that begin with:  when incoming sms",
    "delivered_sms": "It is there in rules that begin with:  when sms delivered",
    "failed_sms": "It is there in rules that begin with:  when sms failed",
    "changed": "It is there in rules that begin with:  when FIELD changes",
    "start": "It is there in rules that begin with:  when started",
    "reply": "It holds an answer; a  wait for reply  above this line fills it.",
    "created": "A  create  above this line fills it.",
    "__entity_inserted_id": "A  create  above this line fills it.",
}


def missing_data(path: str, place: Callable[[], Place], scope: Scope) -> bool:
    """R107 if `__data...` names something that cannot exist at this place."""
    _, _, rest = path.partition(".")
    name, _, key = rest.partition(".")
    name, key = name.partition("[")[0], key.partition("[")[0].partition(".")[0]
    if not name:
        return False
    there = scope.path.data
    if name not in there:
        scope.error("R107", place(), f"__data.{name} can not exist at this place.", _absent(name, scope))
        return True
    keys = there[name]
    if keys is None or not key or key in keys:
        return False
    meant = scope.nearest(key, keys)
    advice = f'Did you mean "__data.{name}.{meant}"?' if meant else _keys(name, keys)
    scope.error("R107", place(), f"__data.{name} has no {key}.", advice)
    return True


def _absent(name: str, scope: Scope) -> str:
    meant = scope.nearest(name, scope.path.data)
    if name not in _FILLED_BY and meant:
        return f'Did you mean "__data.{meant}"?'
    return _FILLED_BY.get(name, f"Store it first:  remember {name} as ...")


def _keys(name: str, keys: frozenset[str]) -> str:
    if not keys:
        return f"Write __data.{name} alone."
    return f"It has: {', '.join(sorted(keys))}."
