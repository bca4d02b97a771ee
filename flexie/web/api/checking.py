"""Whether a JSON value fits a schema, and if not, where and why, in a sentence for each place."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flexie.web.api.schema import PUBLIC_ID, Schema, resolved

Errors = dict[str, str]

WHOLE = "body"  # where an error of the whole value stands
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_PATTERNS = {PUBLIC_ID: "Give an id: 32 digits and small letters from a to f."}


def check(schema: Schema, value: Any, at: str = "") -> Errors:
    """The errors of a value by their place (`text`, `fields.name`, `items[0]`); none when it fits."""
    schema = resolved(schema)
    if not any(_is(kind, value) for kind in _kinds(schema)):
        return {at or WHOLE: f"Give {_any_of(_WORDS[kind] for kind in _kinds(schema))} here."}
    if "enum" in schema and value not in schema["enum"]:
        return {at or WHOLE: f"Give {_any_of(str(choice) for choice in schema['enum'] if choice is not None)}."}
    if isinstance(value, dict):
        return _object(schema, value, at)
    if isinstance(value, list):
        return _list(schema, value, at)
    if value is None:
        return {}
    sentence = _text(schema, value) if isinstance(value, str) else _number(schema, value)
    return {at or WHOLE: sentence} if sentence else {}


def moment(written: str) -> datetime:
    """A moment as ISO 8601, in UTC.

    Raises:
        ValueError: it is none, or it has no zone.
    """
    try:
        read = datetime.fromisoformat(written)
        if read.tzinfo is None:
            raise ValueError("This moment has no zone: end it with Z, or with an offset such as +02:00.")
        return read.astimezone(UTC)
    except OverflowError:
        raise ValueError("This moment is beyond the calendar.") from None


def _kinds(schema: Schema) -> list[str]:
    kind = schema.get("type", list(_TYPES))
    return [kind] if isinstance(kind, str) else kind


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _any_of(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _object(schema: Schema, value: dict[str, Any], at: str) -> Errors:
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    errors = {_inside(at, name): "This is needed." for name in schema.get("required", ()) if name not in value}
    for name, part in value.items():
        place = _inside(at, name)
        if name in known:
            errors.update(check(known[name], part, place))
        elif others is False:
            errors[place] = f"There is no such thing here. What there is: {', '.join(known)}."
        elif isinstance(others, dict):
            errors.update(check(others, part, place))
    return errors


def _inside(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _list(schema: Schema, value: list[Any], at: str) -> Errors:
    errors: Errors = {}
    for place, part in enumerate(value):
        errors.update(check(schema.get("items", {}), part, f"{at}[{place}]"))
    return errors


def _text(schema: Schema, value: str) -> str | None:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
    if len(value) < shortest:
        return f"Give at least {shortest} character{'s' if shortest > 1 else ''}."
    if longest is not None and len(value) > longest:
        return f"This has {len(value):,} characters; {longest:,} is the most."
    if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), value):
        return _PATTERNS.get(schema["pattern"], f"This does not have the form {schema['pattern']}.")
    return _not_a_moment(value) if schema.get("format") == "date-time" else None


def _not_a_moment(value: str) -> str | None:
    try:
        moment(value)
    except ValueError as problem:
        ours = str(problem).startswith("This moment")
        return str(problem) if ours else "Write a moment as 2026-12-24T09:00:00Z."
    return None


def _number(schema: Schema, value: Any) -> str | None:
    least, most = schema.get("minimum"), schema.get("maximum")
    if (least is not None and value < least) or (most is not None and value > most):
        return f"Give a number from {least:,} to {most:,}." if most is not None else f"{least:,} is the least."
    return None
