"""Quotes and invoices of records, and short links to them."""

import base64
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import config, documents
from flexie.db import db
from flexie.documents import links
from flexie.models import STATES, Document, Record, ShortLink
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, by_id, operation, query
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import flag, maybe, moment, named, public_id, text, thing

KIND = text("What it is.", choices=tuple(STATES))
NUMBER = text("Its number, of which there is one of a kind.", longest=200, example="INV-2041")
AMOUNT = text("Its amount, with a point.", longest=200, example="180.50")
CURRENCY = text("Three letters of ISO 4217.", longest=200, example="USD")
STATE = text(
    "How far it is: " + "; ".join(f"{kind}: {', '.join(states)}" for kind, states in STATES.items()) + ".",
    choices=tuple(dict.fromkeys(state for states in STATES.values() for state in states)),
)
DUE_ON = text("The day until which it holds or is to be paid.", longest=200, example="2030-12-24")
DOCUMENT = named(
    "Document",
    thing(
        {
            "id": public_id("The document's id."),
            "record": public_id("The record that it stands on."),
            "kind": KIND,
            "number": NUMBER,
            "amount": AMOUNT,
            "currency": CURRENCY,
            "state": STATE,
            "due_on": maybe(DUE_ON),
            "has_pdf": flag("Whether it has a PDF."),
            "created_at": moment("When it was created."),
            "updated_at": moment("When it was last changed."),
        },
        "A quote or an invoice.",
    ),
)
NEW_DOCUMENT = named(
    "NewDocument",
    thing(
        {
            "record": public_id("The record that it is to stand on."),
            "kind": KIND,
            "number": NUMBER,
            "amount": AMOUNT,
            "currency": CURRENCY,
            "state": STATE,
            "due_on": DUE_ON,
            "pdf": text("Its PDF in base64.", longest=config.LARGEST_BODY),
        },
        "A quote or an invoice to create. Without a currency it has that of the newest; without a state it is open.",
        optional=("currency", "state", "due_on", "pdf"),
    ),
)
LINK = named(
    "DocumentLink",
    thing(
        {"url": text("Its address: who has it opens the document."), "expires_at": moment("Until when it does.")},
        "A short link to a document. Its address is told this once.",
    ),
)
FILTERS = query(record=public_id("Only those on this record."), kind=KIND)


@operation(
    "GET",
    "/documents",
    "Quotes and invoices, newest first",
    {200: paging.of(DOCUMENT)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="documents:read",
)
def list_documents(asked: Asked) -> Reply:
    """A page of documents."""
    rows = select(Document).options(joinedload(Document.record).load_only(Record.public_id))
    if "record" in asked.query:
        record = select(Record.id).where(Record.public_id == asked.query["record"])
        rows = rows.where(Document.record_id == record.scalar_subquery())
    if "kind" in asked.query:
        rows = rows.where(Document.kind == asked.query["kind"])
    found, following = paging.newest_first(asked, rows, Document)
    with_pdf = documents.with_files(found)
    return paging.reply([_described(each, each.id in with_pdf) for each in found], following)


@operation(
    "GET",
    "/documents/{id}",
    "One quote or invoice",
    {200: DOCUMENT},
    parameters=by_id("document"),
    problems=(404,),
    scope="documents:read",
)
def get_document(asked: Asked) -> Reply:
    """One document."""
    document = _load(asked)
    return Reply(_described(document, bool(documents.with_files([document]))))


@operation(
    "POST", "/documents", "Create a quote or an invoice", {201: DOCUMENT}, body=NEW_DOCUMENT, scope="documents:write"
)
def create_document(asked: Asked) -> Reply:
    """Create it, with its PDF if one came; what does not fit is named."""
    given = asked.body
    record = db.session.scalar(select(Record).where(Record.public_id == given["record"]))
    if record is None:
        raise invalid({"record": "There is no record with this id."})
    data = _pdf(given["pdf"]) if "pdf" in given else None
    try:
        document = documents.create(record, _typed(given), asked.user)
        if data is not None:
            documents.attach_file(document, data)
    except documents.CannotKeep as problem:
        raise invalid(problem.errors) from None
    except documents.NotPdf as problem:
        raise invalid({"pdf": str(problem)}) from None
    db.session.commit()
    return Reply(_described(document, data is not None), 201)


@operation(
    "POST",
    "/documents/{id}/link",
    "Make a short link to a quote or an invoice",
    {201: LINK},
    parameters=by_id("document"),
    problems=(404,),
    scope="documents:write",
)
def create_link(asked: Asked) -> Reply:
    """Each one is new, and opens the document until it expires or is revoked."""
    token = links.make(_load(asked), asked.user)
    made = db.session.scalars(select(ShortLink).where(ShortLink.digest == links.digest_of(token))).one()
    db.session.commit()
    url = f"{current_app.config['PUBLIC_URL']}{url_for('shortlinks.page', token=token)}"
    return Reply({"url": url, "expires_at": written(made.expires_at)}, 201)


def _load(asked: Asked) -> Document:
    document = documents.load(asked.path["id"])
    if document is None:
        raise Problem(404)
    return document


def _typed(given: dict[str, Any]) -> documents.Typed:
    return documents.Typed(
        kind=given["kind"],
        number=given["number"],
        amount=given["amount"],
        currency=given["currency"] if "currency" in given else documents.usual_currency(),
        state=given.get("state", "open"),
        due_on=given.get("due_on", ""),
    )


def _pdf(given: str) -> bytes:
    try:
        return base64.b64decode(given, validate=True)
    except ValueError:
        raise invalid({"pdf": "Give the PDF in base64."}) from None


def _described(document: Document, has_pdf: bool) -> dict[str, Any]:
    return {
        "id": document.public_id,
        "record": document.record.public_id,
        "kind": document.kind,
        "number": document.number,
        "amount": document.amount,
        "currency": document.currency,
        "state": document.state,
        "due_on": document.due_on.isoformat() if document.due_on else None,
        "has_pdf": has_pdf,
        "created_at": written(document.created_at),
        "updated_at": written(document.updated_at),
    }
