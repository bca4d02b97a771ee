"""Linking a conversation to a record by hand, or making a contact of it."""

from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import select

from flexie import fields, finding, records
from flexie import linking as linking_verbs
from flexie.db import db
from flexie.models import Conversation, Record
from flexie.web import conversation as talk
from flexie.web import htmx
from flexie.web.login import me, pages
from flexie.web.reading import only_reads

bp = pages("linking")


@bp.post("/inbox/<string(length=32):public_id>/link/search")
@only_reads
def search(public_id: str) -> Response:
    """Records that fit what is typed."""
    q = request.form.get("q", "")
    return _box(talk.load(public_id), {"q": q, "found": finding.records(q)})


@bp.post("/inbox/<string(length=32):public_id>/link")
def link(public_id: str) -> Response:
    """Link the record that was chosen: the conversation's texts, past and to come, stand on its timeline."""
    linking_verbs.link(talk.load(public_id), _chosen(), me())
    db.session.commit()
    return htmx.go(url_for("conversation.page", public_id=public_id))


@bp.post("/inbox/<string(length=32):public_id>/unlink")
def unlink(public_id: str) -> Response:
    """Take back a link by hand: the wrong one was chosen."""
    linking_verbs.unlink(talk.load(public_id), _chosen())
    db.session.commit()
    return htmx.go(url_for("conversation.page", public_id=public_id))


@bp.post("/inbox/<string(length=32):public_id>/link/new")
def create(public_id: str) -> Response:
    """Make a contact with the conversation's number, and link it."""
    conversation = talk.load(public_id)
    name = request.form.get("name", "")
    try:
        record = records.create("contact", _values(name, conversation.number), me())
        linking_verbs.link(conversation, record, me())
    except fields.FieldErrors as problem:
        db.session.rollback()
        sentence = " ".join(problem.errors.values())
        return _box(talk.load(public_id), {"problem": sentence, "name_given": name}, 422)
    db.session.commit()
    return htmx.go(url_for("conversation.page", public_id=public_id))


def _chosen() -> Record:
    return db.session.scalar(select(Record).where(Record.public_id == request.form.get("record", ""))) or abort(404)


def _values(name: str, number: str) -> dict[str, str]:
    """The first word is the first name, as far as contacts have such fields here."""
    first, _, last = name.strip().partition(" ")
    known = {definition.name: definition for definition in fields.definitions("contact")}
    values = {"first_name": first, "last_name": last.strip()} if "first_name" in known else {"name": name.strip()}
    phone = next((each.name for each in known.values() if each.type == "phone"), "mobile")
    return {key: value for key, value in values.items() if key in known} | {phone: number}


def _box(conversation: Conversation, state: dict[str, Any], status: int = 200) -> Response:
    if htmx.wants_fragment():
        return htmx.part("linking/_found.html", status=status, conversation=conversation, **state)
    page = talk.everything(conversation)
    return htmx.answer("inbox/page.html", "", status=status, **page | state)
