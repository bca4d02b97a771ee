"""A test of a line: one short text to a number, and what the provider says of it, in words."""

import secrets

from flask import Response, abort, request
from sqlalchemy import select

from flexie import bell, outbox, providers
from flexie.db import db
from flexie.models import Line, Message
from flexie.web import htmx, showing
from flexie.web.login import me
from flexie.web.settings.lines.blueprint import bp, line_of

TEXT = "This is a test of {name}. If you can read it, the line works."
OVER = ("delivered", "undelivered", "failed", "suppressed", "cancelled", "held")
"""Statuses after which nothing more is to be seen."""


def new_nonce() -> str:
    """What makes a form one text, however often it is sent."""
    return secrets.token_urlsafe(16)


@bp.post("/settings/lines/<public_id>/test")
def test(public_id: str) -> Response:
    """Send it."""
    line = line_of(public_id)
    typed = request.form.get("to", "")
    try:
        message = _queued(line, typed, request.form.get("nonce", ""))
    except outbox.OutboxError as problem:
        db.session.rollback()
        return _part(line_of(public_id), None, typed, str(problem))
    db.session.commit()
    bell.ring("sends")
    return _part(line_of(public_id), message, typed)


@bp.get("/settings/lines/<public_id>/test/<message_id>")
def tested(public_id: str, message_id: str) -> Response:
    """How far it has come."""
    line = line_of(public_id)
    query = select(Message).where(Message.public_id == message_id, Message.line_id == line.id)
    message = db.session.scalar(query) or abort(404)
    return _part(line, message, showing.phone(message.to_number))


def _queued(line: Line, typed: str, nonce: str) -> Message:
    number = outbox.number_typed(typed)
    if number == line.number:
        raise outbox.OutboxError("to", "This is the line's own number. Write the number of a phone that you hold.")
    text = TEXT.format(name=line.name)
    draft = outbox.Draft(
        line=line, number=number, text=text, user=me(), intent=f"test:{me().id}:{nonce or new_nonce()}",
        digest=outbox.digest_of(number, text),
    )  # fmt: skip
    return outbox.queue(draft)


def _part(line: Line, message: Message | None, typed: str, problem: str = "") -> Response:
    adapter = providers.adapter(line.connection.provider)
    shown = {
        "line": line,
        "adapter": adapter,
        "message": message,
        "typed": typed,
        "problem": problem,
        "nonce": new_nonce(),
    }
    shown["just_sent"] = request.method == "POST"  # what came of it is brought into view
    shown["is_over"] = message is not None and message.status in OVER
    page, part = "settings/lines/test.html", "settings/lines/_test.html"
    answer = htmx.answer(page, part, status=422 if problem else 200, **shown)
    if message is not None:
        answer.headers["HX-Trigger"] = "tested"  # the health beside it looks anew
    return answer
