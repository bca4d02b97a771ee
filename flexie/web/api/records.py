"""Records: found, created and changed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from flexie import bell, fields, finding, phones, records
from flexie.db import db
from flexie.models import KINDS, PhoneKey, Record
from flexie.web.api import numbers, paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, by_id, operation, query
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import items, mapping, maybe, moment, named, public_id, text, thing

KIND = text("What the record is.", choices=KINDS)
VALUE = {
    "type": ["string", "number", "boolean", "array", "null"],
    "description": "A value of the field's type.",
    "maxLength": fields.LONGEST_TEXT,
}
FIELDS = mapping(VALUE, "Values by the names of fields; numbers are decimal texts, moments ISO 8601 in UTC.")
RECORD = named(
    "Record",
    thing(
        {
            "id": public_id("The record's id."),
            "kind": KIND,
            "fields": FIELDS,
            "numbers": mapping(
                maybe(text("E.164, or null for one that cannot be read.")), "The phone fields' numbers."
            ),
            "title": text("What it is called in lists."),
            "tags": items(text("A tag."), "Its tags, sorted."),
            "reference": maybe(text("A case's eight characters in [FX-…].")),
            "created_at": moment("When it was created."),
            "updated_at": moment("When a field last changed."),
        },
        "A contact, lead, account, deal or case.",
    ),
)
NEW_RECORD = named("NewRecord", thing({"kind": KIND, "fields": FIELDS}, "A record to create.", optional=("fields",)))
CHANGES = named("RecordChanges", thing({"fields": FIELDS}, "Fields to change; null or a blank text empties one."))
FILTERS = query(
    kind=KIND,
    number=numbers.FILTER,
    q=text("Only those whose title has this in it, or that have a number that begins with it.", longest=200),
)


@operation(
    "GET",
    "/records",
    "Records, newest first",
    {200: paging.of(RECORD)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="records:read",
)
def list_records(asked: Asked) -> Reply:
    """A page of records."""
    rows, following = paging.newest_first(asked, _filtered(_all(), asked), Record)
    return paging.reply([_described(row) for row in rows], following)


@operation(
    "GET",
    "/records/{id}",
    "One record",
    {200: RECORD},
    parameters=by_id("record"),
    problems=(404,),
    scope="records:read",
)
def get_record(asked: Asked) -> Reply:
    """One record."""
    return Reply(_described(_load(asked)))


@operation("POST", "/records", "Create a record", {201: RECORD}, body=NEW_RECORD, scope="records:write")
def create_record(asked: Asked) -> Reply:
    """Create a record; fields that do not fit are named."""
    values = asked.body.get("fields", {})
    record = _stored(lambda: records.create(asked.body["kind"], values, asked.user))
    return Reply(_described(record), 201)


@operation(
    "PATCH",
    "/records/{id}",
    "Change fields of a record",
    {200: RECORD},
    parameters=by_id("record"),
    body=CHANGES,
    problems=(404,),
    scope="records:write",
)
def change_record(asked: Asked) -> Reply:
    """Change the fields that are given; nothing is changed while one does not fit."""
    record = _load(asked)
    _stored(lambda: records.update(record, asked.body["fields"]))
    return Reply(_described(record))


def _stored(change: Callable[[], Any]) -> Any:
    """Carry out a change and commit it. A run that waits for a field looks at it again."""
    try:
        changed = change()
    except fields.FieldErrors as problem:
        raise invalid(problem.errors) from None
    db.session.commit()
    bell.ring("runs")
    return changed


def _all() -> Select[Any]:
    return select(Record).options(selectinload(Record.phone_keys), selectinload(Record.tags))


def _load(asked: Asked) -> Record:
    record = db.session.scalar(_all().where(Record.public_id == asked.path["id"]))
    if record is None:
        raise Problem(404)
    return record


def _filtered(rows: Select[Any], asked: Asked) -> Select[Any]:
    given = asked.query
    if "kind" in given:
        rows = rows.where(Record.kind == given["kind"])
    if "number" in given:
        keys = phones.match_keys(numbers.meant(given["number"]))
        rows = rows.where(Record.id.in_(select(PhoneKey.record_id).where(PhoneKey.e164.in_(keys))))
    if given.get("q", "").strip():
        rows = rows.where(finding.fits(given["q"]))
    return rows


def _described(record: Record) -> dict[str, Any]:
    return {
        "id": record.public_id,
        "kind": record.kind,
        "fields": record.fields,
        "numbers": {key.field: key.e164 for key in record.phone_keys},
        "title": record.title,
        "tags": sorted(tag.tag for tag in record.tags),
        "reference": record.reference,
        "created_at": written(record.created_at),
        "updated_at": written(record.updated_at),
    }
