"""One conversation: reading it, and deciding about texts whose fate is not known."""

import secrets
from typing import Any

from flask import Response, abort, flash, request, url_for

from flexie import inbox, outbox, talks
from flexie.db import db, reading
from flexie.models import Conversation, Message
from flexie.web import beside, htmx, people, thread
from flexie.web.inbox import listed
from flexie.web.login import me, pages

bp = pages("conversation")


@bp.get("/inbox/<string(length=32):public_id>")
def page(public_id: str) -> Response:
    """The conversation beside the list. With `earlier`, for htmx: only the messages before that one."""
    conversation = load(public_id)
    if htmx.wants_fragment() and "earlier" in request.args:
        return htmx.part("conversation/_messages.html", **thread.shown(conversation, request.args["earlier"]))
    return htmx.answer("inbox/page.html", "conversation/_opened.html", **everything(conversation))


@bp.get("/inbox/<string(length=32):public_id>/thread")
def messages(public_id: str) -> Response:
    """The thread once more, or nothing when it is as `seen`."""
    shown = thread.shown(load(public_id))
    if request.args.get("seen") == shown["thread_seen"]:
        return htmx.unchanged()
    return htmx.part("conversation/_thread.html", **shown)


@bp.post("/inbox/<string(length=32):public_id>/read")
def mark_read(public_id: str) -> Response:
    """The person has seen everything up to the message `seen`."""
    inbox.mark_read(load(public_id), request.form.get("seen"))
    db.session.commit()
    return htmx.unchanged() if htmx.wants_fragment() else htmx.go(url_for(".page", public_id=public_id))


@bp.post("/inbox/<string(length=32):public_id>/messages/<string(length=32):message_id>/outcome")
def decide(public_id: str, message_id: str) -> Response:
    """A person says whether a text whose outcome is unknown was sent."""
    conversation = load(public_id)
    message = db.session.query(Message).filter_by(public_id=message_id, conversation_id=conversation.id).first()
    if message is None or request.form.get("was_sent") not in ("yes", "no"):
        abort(404)
    try:
        outbox.resolve_held(message, was_sent=request.form["was_sent"] == "yes", user=me())
    except outbox.OutboxError as problem:
        db.session.rollback()
        flash(str(problem))
    db.session.commit()
    if not htmx.wants_fragment():
        return htmx.go(url_for(".page", public_id=public_id))
    with reading():
        return htmx.part("conversation/_thread.html", **thread.shown(load(public_id)))


def load(public_id: str) -> Conversation:
    """A conversation on one of this person's lines, or 404."""
    return inbox.conversation(me(), public_id) or abort(404)


def empty_reply(kind: str = "reply") -> dict[str, Any]:
    """The state of a box in which nothing has been written: of an answer, or ("note") of a note."""
    box = {"problem": "", "text": "", "nonce": secrets.token_urlsafe(16), "kind": kind}
    return box | {"field": "", "send_at": "", "unless_reply": False, "question": None}


def everything(conversation: Conversation) -> dict[str, Any]:
    """What the page of a conversation shows: the list, the thread, the records beside it, and an empty box."""
    shown = listed(conversation)
    candidates, groups = talks.keepers(conversation.line)
    known = shown["records"][conversation.id]
    return {
        **shown,
        **thread.shown(conversation, request.args.get("earlier"), request.args.get("at"), known),
        "candidates": candidates,
        "groups": groups,
        **beside.shown(conversation, people.Known(shown["records"], shown["by_hand"]), me()),
        "reply": empty_reply(),
    }
