"""Records: lists by kind, a page for each with its timeline, and forms to create and change them."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import bell, byhand, documents, exporting, fields, gathering, media, records
from flexie import listing as lists
from flexie.db import db
from flexie.models import Document, FieldDefinition, Record
from flexie.web import compose, fieldwords, files, htmx, permits, recordforms, recordlists, thread, timeline
from flexie.web.login import me, pages
from flexie.web.recordnames import KIND, PLURALS

bp = pages("records")
PAGE = 50  # rows of a list that one look brings
SORTS = {"newest": "Newest first", "name": "By name", "texted": "Last text first"}


@bp.get("/records")
def home() -> Response:
    """People come first."""
    return redirect(url_for(".listing", kind="contact"))  # type: ignore[return-value]


@bp.get(f"/records/{KIND}")
def listing(kind: str) -> Response:
    """Records of a kind: those that fit what is asked for, in the order that is asked for."""
    view = recordlists.view_of(kind, request.args)
    found = lists.page(view, request.args.get("before"), PAGE)
    shown: dict[str, Any] = {"view": view, "found": found, "kind": kind, "plurals": PLURALS, "asked": recordlists.asked}
    shown["numbers"] = {row.id: compose.number_shown(row) for row in found.rows}
    shown["may_move"] = permits.moves_records(me())
    if htmx.wants_fragment():
        return htmx.part("records/_found.html", is_further="before" in request.args, **shown)
    return htmx.answer("records/list.html", "", tags=lists.tags(), owners=lists.owners(), sorts=SORTS, **shown)


@bp.post(f"/records/{KIND}/export")
@permits.only(permits.moves_records)
def export(kind: str) -> Response:
    """The list, with what was asked for, as a CSV file."""
    view = recordlists.view_of(kind, request.form)
    exporting.note(view)
    db.session.commit()
    return files.csv(exporting.lines(view), f"{PLURALS[kind].lower()}.csv")


@bp.get(f"/records/{KIND}/new")
def new(kind: str) -> Response:
    """An empty form."""
    return _new(kind, {}, {})


@bp.post(f"/records/{KIND}")
def create(kind: str) -> Response:
    """Create a record; a field that does not fit has its sentence beside it."""
    values = recordforms.submitted(kind, {}, request.form)
    try:
        record = records.create(kind, values, me(), about=_about())
    except fields.FieldErrors as problem:
        db.session.rollback()
        return _new(kind, values, problem.errors)
    address = url_for(".page", public_id=record.public_id)
    db.session.commit()
    bell.ring("runs")
    return htmx.go(address)


@bp.get("/records/<string(length=32):public_id>")
def page(public_id: str) -> Response:
    """A record with its fields and its timeline. With `before`, for htmx: only the entries that follow."""
    record = load(public_id, joinedload(Record.phone_keys), joinedload(Record.tags))
    entries, older = timeline.page(record, me(), request.args.get("before"))
    messages = [entry.message for entry in entries if entry.message]
    shown: dict[str, Any] = {
        "record": record,
        "entries": entries,
        "older": older,
        "runs": thread.runs_of(messages),
        "media": media.of_messages(messages),
    }
    if htmx.wants_fragment():
        return htmx.part("records/_entries.html", **shown)
    return htmx.answer("records/page.html", "", **shown, **_beside(record))


@bp.get("/records/<string(length=32):public_id>/edit")
def edit(public_id: str) -> Response:
    """The record's form."""
    return _edit(load(public_id), {}, {})


@bp.post("/records/<string(length=32):public_id>")
def update(public_id: str) -> Response:
    """Change fields; nothing is changed while one does not fit."""
    record = load(public_id)
    values = recordforms.submitted(record.kind, record.fields, request.form)
    try:
        records.update(record, values)
    except fields.FieldErrors as problem:
        db.session.rollback()
        return _edit(load(public_id), values, problem.errors)
    db.session.commit()
    bell.ring("runs")
    return htmx.go(url_for(".page", public_id=public_id))


def load(public_id: str, *options: Any) -> Record:
    """A record, or 404. `options` say what is loaded with it."""
    found = db.session.scalars(select(Record).where(Record.public_id == public_id).options(*options)).unique()
    return found.one_or_none() or abort(404)


def _beside(record: Record) -> dict[str, Any]:
    """What stands beside the timeline; fields, cases, documents and what the record is about by one statement."""
    cases = select(Record.id).where(Record.about_id == record.id).order_by(Record.id.desc()).limit(PAGE)
    ids: gathering.Ids = {
        FieldDefinition: fields.ids_in_use(record.kind),
        Record: gathering.all_of([cases, select(Record.id).where(Record.id == record.about_id)]),
        Document: documents.ids_of_records([record.id]),
    }
    found = gathering.rows(gathering.query(ids), ids)
    told = fieldwords.told(record, sorted(found[FieldDefinition], key=fields.place))
    about = next((each for each in found[Record] if each.id == record.about_id), None)
    return {
        "plurals": PLURALS,
        "filled": [(each, words) for each, words in told if words],
        "empty": [each.label for each, words in told if not words],
        "sharing": records.sharing_numbers(record, PAGE),
        "number": compose.number_to_write_to(record) or (compose.number_to_write_to(about) if about else ""),
        "about": about,
        "cases": [each for each in reversed(found[Record]) if each.about_id == record.id],
        "documents": found[Document][::-1],
        "offered": byhand.offered(record.kind),
    }


def _about() -> Record | None:
    return load(request.values["about"]) if request.values.get("about") else None


def _new(kind: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    boxes = recordforms.boxes(kind, {"allow_sms": True}, typed, errors)
    return _form(kind, boxes, bool(errors), record=None, about=_about())


def _edit(record: Record, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response:
    boxes = recordforms.boxes(record.kind, record.fields, typed, errors)
    return _form(record.kind, boxes, bool(errors), record=record, about=None)


def _form(kind: str, boxes: list[recordforms.Box], is_wrong: bool, **beside: Record | None) -> Response:
    shown: dict[str, Any] = {"kind": kind, "boxes": boxes, "plurals": PLURALS}
    return htmx.answer("records/form.html", "records/form.html", status=422 if is_wrong else 200, **shown, **beside)
