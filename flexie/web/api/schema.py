"""Small pieces of JSON Schema (draft 2020-12): one description checks what is asked and documents what is answered."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

COMPONENTS: dict[str, Schema] = {}
"""Schemas with a name of their own, as they stand in the document."""

PUBLIC_ID = "^[0-9a-f]{32}$"


def text(
    about: str,
    *,
    shortest: int | None = None,
    longest: int | None = None,
    pattern: str | None = None,
    choices: tuple[str, ...] | None = None,
    example: str | None = None,
) -> Schema:
    """A text; lengths in characters."""
    limits = {"minLength": shortest, "maxLength": longest, "pattern": pattern}
    more = {"enum": list(choices) if choices else None, "examples": [example] if example else None}
    return {"type": "string", "description": about, **_given(limits), **_given(more)}


def public_id(about: str) -> Schema:
    """A random id as it leaves the house."""
    return text(about, pattern=PUBLIC_ID)


def moment(about: str) -> Schema:
    """A moment as ISO 8601 with its zone."""
    return {"type": "string", "format": "date-time", "description": about}


def whole(about: str, least: int | None = None, most: int | None = None, default: int | None = None) -> Schema:
    """A whole number within limits, both included."""
    limits = {"minimum": least, "maximum": most, "default": default}
    return {"type": "integer", "description": about, **_given(limits)}


def share(about: str) -> Schema:
    """A part of a whole, from 0 to 1."""
    return {"type": "number", "minimum": 0, "maximum": 1, "description": about}


def flag(about: str) -> Schema:
    """true or false."""
    return {"type": "boolean", "description": about}


def items(of: Schema, about: str) -> Schema:
    """A list whose items are all alike."""
    return {"type": "array", "items": of, "description": about}


def mapping(of: Schema, about: str) -> Schema:
    """An object with any keys, whose values are all alike."""
    return {"type": "object", "additionalProperties": of, "description": about}


def thing(properties: Mapping[str, Schema], about: str, optional: tuple[str, ...] = ()) -> Schema:
    """An object with these keys and no others; all but the `optional` ones are always there."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "description": about,
        "properties": dict(properties),
        "required": required,
        "additionalProperties": False,
    }


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    wider: Schema = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    return wider


def named(name: str, schema: Schema) -> Schema:
    """Give a schema a name in the document; returns the reference to it."""
    COMPONENTS[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def resolved(schema: Schema) -> Schema:
    """The schema itself, where only its name stands."""
    return COMPONENTS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _given(limits: Mapping[str, Any]) -> Schema:
    return {name: limit for name, limit in limits.items() if limit is not None}
