"""What colleagues do with a conversation among themselves: assign, close, reopen, note."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import talks
from flexie.db import db, reading
from flexie.models import Conversation, Group, Note, User
from flexie.web import htmx, thread
from flexie.web.conversation import everything, load
from flexie.web.login import me, pages

bp = pages("handling")


@bp.post("/inbox/<string(length=32):public_id>/assign")
def assign(public_id: str) -> Response:
    """Give the conversation to a person, a group, or nobody."""
    to = _chosen(request.form.get("to", ""))
    return _done(public_id, lambda conversation: talks.assign(conversation, to, me()))


@bp.post("/inbox/<string(length=32):public_id>/close")
def close(public_id: str) -> Response:
    """Done with."""
    return _done(public_id, talks.close)


@bp.post("/inbox/<string(length=32):public_id>/reopen")
def reopen(public_id: str) -> Response:
    """Not done with after all."""
    return _done(public_id, talks.reopen)


@bp.post("/inbox/<string(length=32):public_id>/notes/<string(length=32):note_id>/delete")
def delete_note(public_id: str, note_id: str) -> Response:
    """Take one's own note away."""
    conversation = load(public_id)
    query = select(Note).where(Note.public_id == note_id, Note.conversation_id == conversation.id)
    note = db.session.scalar(query) or abort(404)
    try:
        talks.delete_note(note, me())
    except talks.CannotHandle:
        abort(403)
    db.session.commit()
    if not htmx.wants_fragment():
        return htmx.go(url_for("conversation.page", public_id=public_id))
    with reading():
        return htmx.part("conversation/_thread.html", **thread.shown(load(public_id)))


def _chosen(to: str) -> User | Group | None:
    """Of "user:PUBLIC ID", "group:PUBLIC ID", "me", or nothing for nobody. Whoever is not there is 404."""
    kind, _, value = to.partition(":")
    if kind == "me":
        return me()
    if kind == "user":
        return db.session.scalar(select(User).where(User.public_id == value)) or abort(404)
    if kind == "group":
        return db.session.scalar(select(Group).where(Group.public_id == value)) or abort(404)
    return None if not to else abort(404)


def _done(public_id: str, act: Callable[[Conversation], Any]) -> Response:
    """Act, and show the conversation anew with the list beside it."""
    try:
        act(load(public_id))
    except talks.CannotHandle as problem:
        db.session.rollback()
        flash(str(problem))
    db.session.commit()
    if not htmx.wants_fragment():
        return htmx.go(url_for("conversation.page", public_id=public_id))
    with reading():
        return htmx.part("conversation/_opened.html", **everything(load(public_id)))
