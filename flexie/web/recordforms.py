"""A form for the fields of a record: one box for each definition, as its type wants it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flexie import fields
from flexie.models import FieldDefinition, Settings


@dataclass(frozen=True)
class Box:
    """One field of the form: what stands in it, and the sentence beside it when it does not fit."""

    definition: FieldDefinition
    typed: str
    error: str


def boxes(kind: str, stored: Mapping[str, Any], typed: Mapping[str, str], errors: Mapping[str, str]) -> list[Box]:
    """The form's boxes: what was typed, else what is stored."""
    return [
        Box(each, typed[each.name] if each.name in typed else _as_typed(each, stored), errors.get(each.name, ""))
        for each in editable(kind, stored)
    ]


def editable(kind: str, stored: Mapping[str, Any]) -> list[FieldDefinition]:
    """Fields that people can type; lists of whole objects come by API and are left alone."""
    return [each for each in fields.in_use(kind) if not _holds_objects(stored.get(each.name))]


def submitted(kind: str, stored: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, str]:
    """The values of a form that belong to fields of this kind."""
    return {each.name: form[each.name] for each in editable(kind, stored) if each.name in form}


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and any(not isinstance(item, str) for item in value)


def _as_typed(definition: FieldDefinition, stored: Mapping[str, Any]) -> str:
    value = stored.get(definition.name)
    if value is None:
        return ""
    if definition.type == "yes/no":
        return "yes" if value else "no"
    if definition.type == "datetime":
        zone = ZoneInfo(Settings.get().time_zone)
        return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return "\n".join(value) if definition.type == "list" else str(value)
