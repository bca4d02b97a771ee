"""A number's wish to be texted or not: its history, and noting what somebody told a colleague."""

from typing import Any

from flask import Response, abort, request, url_for

from flexie import outbox, wishes
from flexie.db import db
from flexie.web import access, htmx
from flexie.web.conversation import load
from flexie.web.login import me, pages

bp = pages("optouts")
TALK = "/inbox/<string(length=32):public_id>/consent"


@bp.get(TALK)
def page(public_id: str) -> Response:
    """Of the number of a conversation that one may see."""
    return _page(public_id)


@bp.post(TALK)
def change(public_id: str) -> Response:
    """Write down what somebody told us: by phone, at the desk."""
    if problem := written(load(public_id).number):
        db.session.rollback()
        return _page(public_id, problem)
    db.session.commit()
    return htmx.go(url_for(".page", public_id=public_id))


def written(number: str) -> str:
    """Write what the form says into the ledger, in the session. Returns what is wrong with it, or nothing."""
    act = wishes.opt_in if request.form.get("to") == "in" else wishes.opt_out
    try:
        act(number, request.form.get("reason", ""), me())
    except wishes.CannotChange as problem:
        return str(problem)
    return ""


def shown(number: str, problem: str = "") -> dict[str, Any]:
    """What the pages of a number show. Texts on lines that are not one's own are not among it."""
    history = wishes.history(number)
    entry = wishes.entry_of(number)
    return {
        "number": number,
        "entry": entry,
        "can_come_back": entry is not None and wishes.by_hand(entry),
        "history": history,
        "visible": access.of_messages(me(), (each.message_id for each in history)),
        "problem": problem,
        "reason": request.form.get("reason", ""),
    }


def number_or_404(typed: str) -> str:
    """A number as an address or a form names it."""
    try:
        return outbox.number_typed(typed)
    except outbox.OutboxError:
        abort(404)


def _page(public_id: str, problem: str = "") -> Response:
    conversation = load(public_id)
    found = shown(conversation.number, problem)
    page = "consent/page.html"
    return htmx.answer(page, page, status=422 if problem else 200, conversation=conversation, **found)
