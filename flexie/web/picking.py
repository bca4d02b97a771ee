"""Picking a template for the box that somebody writes in: the ones that fit, as this recipient would get them."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from sqlalchemy import select

from flexie import library, outbox, records
from flexie.db import db
from flexie.models import Conversation, Record, TextTemplate
from flexie.web import htmx, people
from flexie.web.conversation import load
from flexie.web.login import pages
from flexie.web.reading import only_reads

bp = pages("picking")
SHOWN = 40  # templates that one look shows
OF_THE_PICKER = frozenset({"csrf_token", "q", "text", "template", "do"})


@dataclass(frozen=True)
class Pick:
    """A template as the recipient would get it, and what would stand in the box then, without scripts."""

    template: TextTemplate
    filled: library.Filled
    text: str


@bp.post("/templates/pick")
@only_reads
def templates() -> Response:
    """For the dialog: the list. Without scripts: a page, whose buttons lead back to the form with the text in it."""
    conversation = load(request.args["talk"]) if request.args.get("talk") else None
    record = recipient(conversation)
    sought = request.form.get("q", "")[:200]
    shown: dict[str, Any] = {
        "picks": _picks(library.Recipient(record, conversation), sought),
        "q": sought,
        "talk": conversation.public_id if conversation else None,
        "kept": {name: value for name, value in request.form.items() if name not in OF_THE_PICKER},
        "back": back_to(conversation),
    }
    part = "library/_picks.html" if "q" in request.form else "library/_picker.html"
    return htmx.answer("library/pick.html", part, **shown)


def recipient(conversation: Conversation | None) -> Record | None:
    """Who is written to: the first record of the conversation, else the one that the form names, else by its number."""
    if conversation is not None:
        return next(iter(people.records_of([conversation])[conversation.id]), None)
    named = select(Record).where(Record.public_id == request.form.get("record", ""))
    return db.session.scalar(named) or _with_number(request.form.get("to", ""))


def _with_number(typed: str) -> Record | None:
    try:
        return records.first_with_number(outbox.number_typed(typed)) if typed.strip() else None
    except outbox.OutboxError:
        return None


def back_to(conversation: Conversation | None) -> str:
    """The address that shows the form again with what is posted to it."""
    if conversation is None:
        return url_for("compose.send")
    return f"{url_for('conversation.page', public_id=conversation.public_id)}/reply"


def _picks(whom: library.Recipient, sought: str) -> list[Pick]:
    found = library.find(sought, SHOWN, most_used_first=True)
    filled = [(template, whom.fill(template.text)) for template in found]
    return [Pick(template, each, joined(request.form.get("text", ""), each.text)) for template, each in filled]


def joined(before: str, words: str) -> str:
    """What stood in the box, and behind it what was picked."""
    before = before.replace("\r\n", "\n")
    return before + (" " if before and not before[-1].isspace() else "") + words
