"""Texts that wait to be sent: reworded, put off, sent now, or cancelled, by whoever may use their line."""

from collections.abc import Callable
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import askingfirst, bell, consent, later, outbox, passing, scheduled, segments
from flexie.db import db, reading
from flexie.models import Message
from flexie.web import counting, htmx, quieting, sendlater, thread
from flexie.web.conversation import load
from flexie.web.login import me, pages
from flexie.web.viewer import viewer

bp = pages("scheduled")
BASE = "/inbox/<string(length=32):public_id>/messages/<string(length=32):message_id>"


@bp.get(f"{BASE}/edit")
def edit(public_id: str, message_id: str) -> Response:
    """A form with the text and its moment; on the conversation's page again when it no longer waits."""
    message = _message(public_id, message_id)
    if not message.is_waiting:
        flash("This text does not wait any more, so it cannot be changed.")
        return htmx.go(url_for("conversation.page", public_id=public_id))
    at = viewer().at_home(message.due_at) if message.status == "scheduled" and message.due_at else None
    box = {
        "text": message.text,
        "send_at": at.strftime("%Y-%m-%dT%H:%M") if at else "",
        "unless_reply": message.unless_reply,
        "seen": scheduled.version(message),
    }
    return _form(message, box)


@bp.post(f"{BASE}/edit")
def save(public_id: str, message_id: str) -> Response:
    """Keep the new words and the new moment."""
    given = request.form
    box: dict[str, Any] = {
        "text": counting.one_line_ends(given.get("text", "")),
        "send_at": given.get("send_at", ""),
        "unless_reply": given.get("unless_reply") == "yes",
        "seen": given.get("seen", ""),
    }
    message = _message(public_id, message_id)
    if given.get("do"):
        plain = {"text": segments.plain(box["text"])} if given["do"] == "plain" else {}
        return _form(message, box | plain)
    try:
        scheduled.edit(message, box["text"], sendlater.picked(given), box["seen"], me())
    except outbox.OutboxError as problem:
        db.session.rollback()
        asked = {"question": quieting.question(problem)}
        return _form(_message(public_id, message_id), box | asked, {problem.field: str(problem)})
    db.session.commit()
    bell.ring("sends")
    return htmx.go(url_for("conversation.page", public_id=public_id))


@bp.get(f"{BASE}/now")
def ask(public_id: str, message_id: str) -> Response:
    """Whether it is to go now, at a quiet hour, or as it is planned."""
    message = _message(public_id, message_id)
    if not message.is_waiting:
        return htmx.go(url_for("conversation.page", public_id=public_id))
    try:
        question = None
        askingfirst.ask(message.to_number, later.NOW, consent.records_of(message.id))
    except askingfirst.AsksFirst as problem:
        question = quieting.question(problem)
    shown: dict[str, Any] = {"message": message, "conversation": message.conversation, "question": question}
    return htmx.answer("scheduled/quiet.html", "scheduled/quiet.html", **shown)


@bp.post(f"{BASE}/now")
def send_now(public_id: str, message_id: str) -> Response:
    """Let it go at once; at a quiet hour only by somebody who knows of it."""
    knows = request.form.get("anyway") == "yes"
    return _done(public_id, message_id, lambda message: scheduled.send_now(message, me(), anyway=knows))


@bp.post(f"{BASE}/cancel")
def cancel(public_id: str, message_id: str) -> Response:
    """It is not to go at all."""
    return _done(public_id, message_id, lambda message: outbox.cancel(message, me()))


@bp.post(f"{BASE}/anyway")
def send_anyway(public_id: str, message_id: str) -> Response:
    """What limits held back goes after all; never to whoever said no."""
    return _done(public_id, message_id, lambda message: passing.send(message, me()))


def _done(public_id: str, message_id: str, act: Callable[[Message], None]) -> Response:
    try:
        act(_message(public_id, message_id))
    except askingfirst.AsksFirst:
        db.session.rollback()
        return htmx.go(url_for(".ask", public_id=public_id, message_id=message_id))
    except outbox.OutboxError as problem:
        db.session.rollback()
        flash(str(problem))
    db.session.commit()
    bell.ring("sends")
    if not htmx.wants_fragment():
        return htmx.go(url_for("conversation.page", public_id=public_id))
    with reading():
        return htmx.part("conversation/_thread.html", **thread.shown(load(public_id)))


def _message(public_id: str, message_id: str) -> Message:
    """A text of ours in a conversation that this person may see, or 404."""
    query = select(Message).where(Message.public_id == message_id, Message.conversation_id == load(public_id).id)
    return db.session.scalar(query.where(Message.direction == "out")) or abort(404)


def _form(message: Message, box: dict[str, Any], errors: dict[str, str] | None = None) -> Response:
    shown = {"message": message, "conversation": message.conversation, "box": box, "errors": errors or {}}
    return htmx.answer("scheduled/page.html", "scheduled/page.html", status=422 if errors else 200, **shown)
