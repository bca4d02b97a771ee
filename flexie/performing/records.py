"""Steps that change records: `set`, `remember`, tags, `create`."""

from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from flexie import fields, linking, records
from flexie.performing.doing import Doing, StepFailed
from flexie.performing.zoned import zoned
from rules import effects


def set_field(effect: effects.SetField, doing: Doing) -> None:
    """Store a value in a field of the record."""
    values = zoned(doing.record.kind, {effect.path: effect.value}, doing.defaults)
    try:
        records.update(doing.record, values, doing.run)
    except fields.FieldErrors as problem:
        raise StepFailed(f"{effect.path} could not be set: {problem.errors.get(effect.path, problem)}") from None


def remember(effect: effects.Remember, doing: Doing) -> None:
    """Keep a value as `__data.NAME`."""
    value = effect.value if isinstance(effect.value, str | bool | int | None) else str(effect.value)
    _keep(doing, {effect.name: value})


def add_tag(effect: effects.AddTag, doing: Doing) -> None:
    """Give the record a tag."""
    records.add_tag(doing.record, effect.tag, doing.run)


def remove_tag(effect: effects.RemoveTag, doing: Doing) -> None:
    """Take a tag from the record."""
    records.remove_tag(doing.record, effect.tag, doing.run)


def create(effect: effects.Create, doing: Doing) -> str:
    """Store a new record. A case is then in scope; a person who wrote from an unknown number gets the conversation."""
    run = doing.run
    values = zoned(effect.kind, {**_titled(effect), **dict(effect.fields)}, doing.defaults)
    unknown = run.record is None and doing.conversation is not None
    if unknown and effect.kind in ("contact", "lead") and not any(values.get(name) for name in ("mobile", "phone")):
        values["mobile"] = doing.conversation.number if doing.conversation else None
    try:
        record = records.create(effect.kind, values, about=run.record if effect.kind == "case" else None, run=run)
    except fields.FieldErrors as problem:
        raise StepFailed(f"The {effect.kind} could not be created: {problem}") from None
    _keep(doing, {"created": {"id": record.public_id}, "__entity_inserted_id": record.public_id})
    if effect.kind == "case":
        run.case = record
    elif unknown and effect.kind in ("contact", "lead") and doing.conversation is not None:
        linking.link(doing.conversation, record, run=run)
    return f"creates the {effect.kind} {record.title}"


def _titled(effect: effects.Create) -> dict[str, Any]:
    """A title is the record's name; where a kind has none, the first name."""
    if effect.title is None:
        return {}
    names = {definition.name for definition in fields.definitions(effect.kind)}
    return {next((name for name in ("name", "first_name") if name in names), "name"): effect.title}


def _keep(doing: Doing, values: dict[str, Any]) -> None:
    doing.run.data.update(values)
    flag_modified(doing.run, "data")
