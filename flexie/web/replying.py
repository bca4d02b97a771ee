"""Answering in a conversation, now or later, and leaving a note there."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.exc import IntegrityError

from flexie import bell, inbox, library, outbox, segments, talks, writing
from flexie.db import db, reading
from flexie.models import Conversation
from flexie.web import counting, htmx, quieting, sendlater, thread
from flexie.web.conversation import empty_reply, everything, load
from flexie.web.login import me, pages

bp = pages("replying")


@bp.post("/inbox/<string(length=32):public_id>/reply")
def reply(public_id: str) -> Response:
    """Send an answer, or keep a note; the nonce of the form makes a double click send once."""
    box = _box()
    if request.form.get("do"):
        return _asked(public_id, box)
    try:
        _keep(public_id, box)
    except (outbox.OutboxError, talks.CannotHandle) as problem:
        db.session.rollback()
        field = getattr(problem, "field", "text")
        fresh = {"nonce": empty_reply()["nonce"]} if field == "intent" else {}
        asked = quieting.question(problem)
        told = {"question": asked} if asked else {"problem": str(problem), "field": field}
        return _shown(public_id, box | fresh | told, 422)
    bell.ring("sends")
    if not htmx.wants_fragment():
        return htmx.go(url_for("conversation.page", public_id=public_id))
    with reading():
        return htmx.part("conversation/_sent.html", **thread.shown(load(public_id)), reply=empty_reply(box["kind"]))


def _box() -> dict[str, Any]:
    """What stands in the form."""
    given = request.form
    return empty_reply("note" if given.get("kind") == "note" else "reply") | {
        "text": counting.one_line_ends(given.get("text", "")),
        "nonce": given.get("nonce", ""),
        "send_at": given.get("send_at", ""),
        "unless_reply": given.get("unless_reply") == "yes",
    }


def _keep(public_id: str, box: dict[str, Any]) -> None:
    """Once, also when the same form arrives twice at one moment: the later one finds what the other did."""
    try:
        _write(load(public_id), box)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        _write(load(public_id), box)
        db.session.commit()


def _write(conversation: Conversation, box: dict[str, Any]) -> None:
    if box["kind"] == "note":
        talks.add_note(conversation, box["text"], me(), box["nonce"])
    else:
        message = writing.reply(conversation, box["text"], me(), box["nonce"], sendlater.picked(request.form))
        library.used(request.form.get("template"), message)
    inbox.mark_read(conversation)


def _asked(public_id: str, box: dict[str, Any]) -> Response:
    """The box again with its count, its text in plain writing if that was asked for. Nothing is sent."""
    if request.form["do"] == "plain":
        box |= {"text": segments.plain(box["text"])}
    return _shown(public_id, box, 200)


def _shown(public_id: str, box: dict[str, Any], status: int) -> Response:
    with reading():
        conversation = load(public_id)
        if htmx.wants_fragment():
            return htmx.part("conversation/_reply.html", status=status, conversation=conversation, reply=box)
        return htmx.answer("inbox/page.html", "", status=status, **everything(conversation) | {"reply": box})
