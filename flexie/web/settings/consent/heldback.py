"""What was not sent, and why; and sending it all the same where the law allows that."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import bell, heldback, outbox, passing
from flexie.consent import stops
from flexie.db import db
from flexie.models import Message
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.settings.consent.blueprint import PAGE, bp

REASONS = {
    "opt-out": "Opted out",
    "allow sms": "Allow SMS is no",
    "number cap": "Too many to one number",
    "rule cap": "Too many from one rule",
    "same text": "The same text twice",
    "access": "Its author may not any more",
}
"""Why texts are not sent, as the list can be narrowed down."""


@bp.get("/settings/consent/held")
def held() -> Response:
    """Texts that were not sent, of one reason or all; beside them, those that wait."""
    kind, before = request.args.get("why", ""), request.args.get("before", "")
    kind = kind if kind in stops.KINDS else ""
    found = heldback.not_sent(kind or None, int(before) if before.isdecimal() and len(before) < 19 else None, PAGE)
    shown: dict[str, Any] = {"found": found, "why": kind, "may_go": passing.may_be_sent}
    if htmx.wants_fragment():
        return htmx.part("settings/consent/_held.html", **shown)
    return htmx.answer("settings/consent/held.html", "", reasons=REASONS, waiting=heldback.put_off(), **shown)


@bp.post("/settings/consent/held/<string(length=32):message_id>/anyway")
def send_anyway(message_id: str) -> Response:
    """Let one go after all."""
    message = db.session.scalar(select(Message).where(Message.public_id == message_id)) or abort(404)
    try:
        passing.send(message, me())
        said = "It goes now, unless they opted out."
    except outbox.OutboxError as problem:
        db.session.rollback()
        said = str(problem)
    db.session.commit()
    bell.ring("sends")
    flash(said)
    return htmx.go(url_for(".held"))
