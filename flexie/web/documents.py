"""Quotes and invoices of a record: their form, their PDF and their links; and picking one for a text."""

from typing import Any

from flask import Flask, Response, abort, current_app, flash, request, session, url_for

from flexie import documents
from flexie.db import db
from flexie.documents import links, pdf
from flexie.models import STATES, Document, Record
from flexie.web import documentwords, htmx, people, picking
from flexie.web.conversation import load as conversation_of
from flexie.web.login import BROWSER, me, pages
from flexie.web.reading import only_reads
from flexie.web.records import load as record_of
from flexie.web.shortlinks import answer_file

bp = pages("documents")
ID = "<string(length=32):public_id>"
UPLOADS = frozenset({"documents.create", "documents.update"})
FIELDS = ("kind", "number", "amount", "currency", "state", "due_on")


def init_app(app: Flask) -> None:
    """Let PDFs be larger than other requests, and let pages show documents."""
    app.before_request(_allow_large)
    app.jinja_env.filters.update(money=documentwords.money, due=documentwords.due)
    app.jinja_env.globals.update(opens_something=links.is_open)


def _allow_large() -> None:
    if request.endpoint in UPLOADS and session.get(BROWSER):
        request.max_content_length = pdf.LARGEST + 64 * 1024


@bp.get("/records/<string(length=32):public_id>/documents/new")
def new(public_id: str) -> Response:
    """An empty form for a document of this record."""
    box = {"kind": "invoice", "state": "open", "currency": documents.usual_currency()}
    return _form(record_of(public_id), None, box)


@bp.post("/records/<string(length=32):public_id>/documents")
def create(public_id: str) -> Response:
    """Keep a new document."""
    record = record_of(public_id)
    try:
        made = documents.create(record, _typed(), me())
        _attach(made)
    except documents.CannotKeep as problem:
        db.session.rollback()
        return _form(record_of(public_id), None, request.form.to_dict(), problem.errors)
    return _done(public_id, f"Saved: {made.title}")


@bp.get(f"/documents/{ID}")
def page(public_id: str) -> Response:
    """A document in its form, with the links that were made to it."""
    document = load(public_id)
    box = {name: str(getattr(document, name) or "") for name in FIELDS}
    return _form(document.record, document, box)


@bp.post(f"/documents/{ID}")
def update(public_id: str) -> Response:
    """Change a document, and its PDF if another one was chosen."""
    document = load(public_id)
    try:
        documents.change(document, _typed())
        _attach(document)
    except documents.CannotKeep as problem:
        db.session.rollback()
        document = load(public_id)
        return _form(document.record, document, request.form.to_dict(), problem.errors)
    return _done(document.record.public_id, f"Saved: {document.title}")


@bp.post(f"/documents/{ID}/delete")
def delete(public_id: str) -> Response:
    """Take a document away, once it was said twice."""
    document = load(public_id)
    record, title = document.record.public_id, document.title
    if request.form.get("sure") != "yes":
        return htmx.answer("documents/delete.html", "documents/delete.html", document=document)
    documents.delete(document)
    return _done(record, f"Deleted: {title}")


@bp.get(f"/documents/{ID}/file")
def file(public_id: str) -> Response:
    """Its PDF, for colleagues."""
    return answer_file(load(public_id), is_download=True)


@bp.post(f"/documents/links/{ID}/revoke")
def revoke(public_id: str) -> Response:
    """Let a link open nothing any more."""
    link = links.load(public_id) or abort(404)
    links.revoke(link)
    address = url_for(".page", public_id=link.document.public_id)
    db.session.commit()
    return htmx.go(address)


@bp.post("/documents/pick")
@only_reads
def pick() -> Response:
    """The documents of whoever is written to: a dialog, or without scripts a page."""
    talk = request.args.get("talk")
    whom = _recipients(talk)
    found = documents.of_records(record.id for record in whom)
    shown: dict[str, Any] = {"found": found, "with_files": documents.with_files(found), "whom": whom, "talk": talk}
    shown["kept"] = {name: value for name, value in request.form.items() if name != "csrf_token"}
    return htmx.answer("documents/pick.html", "documents/_picker.html", **shown)


@bp.post(f"/documents/{ID}/attach")
def attach(public_id: str) -> Response:
    """Make a link to a document, and give what goes into the box."""
    document = load(public_id)
    token = links.make(document, me())
    words = f"{document.title}: {current_app.config['PUBLIC_URL']}{url_for('shortlinks.page', token=token)}"
    db.session.commit()
    if htmx.wants_fragment():
        return htmx.part("documents/_link.html", words=words)
    talk = request.args.get("talk")
    conversation = conversation_of(talk) if talk else None
    text = picking.joined(request.form.get("text", ""), words)
    kept = {name: value for name, value in request.form.items() if name not in ("csrf_token", "text", "do")}
    shown: dict[str, Any] = {"document": load(public_id), "text": text, "kept": kept}
    shown["back"] = picking.back_to(conversation)
    return htmx.answer("documents/attached.html", "", **shown)


def load(public_id: str) -> Document:
    """A document, or 404."""
    return documents.load(public_id) or abort(404)


def _recipients(talk: str | None) -> list[Record]:
    if talk:
        conversation = conversation_of(talk)
        return list(people.records_of([conversation])[conversation.id])
    record = picking.recipient(None)
    return [record] if record else []


def _typed() -> documents.Typed:
    return documents.Typed(**{name: request.form.get(name, "") for name in FIELDS})


def _attach(document: Document) -> None:
    chosen = request.files.get("file")
    data = chosen.read() if chosen and chosen.filename else b""
    if not data:
        return
    try:
        documents.attach_file(document, data)
    except documents.NotPdf as problem:
        raise documents.CannotKeep({"file": str(problem)}) from None


def _done(record: str, what: str) -> Response:
    db.session.commit()
    flash(what)
    return htmx.go(url_for("records.page", public_id=record))


def _form(
    record: Record, document: Document | None, box: dict[str, str], errors: dict[str, str] | None = None
) -> Response:
    shown: dict[str, Any] = {
        "record": record,
        "document": document,
        "box": box,
        "errors": errors or {},
        "states": STATES,
        "file": documents.file_of(document) if document else None,
        "links": links.of_document(document) if document else [],
    }
    return htmx.answer("documents/form.html", "documents/form.html", status=422 if errors else 200, **shown)
