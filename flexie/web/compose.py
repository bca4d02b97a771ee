"""Writing to somebody: the compose form, its search for people, and the count of segments."""

import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request, url_for
from sqlalchemy import select

from flexie import bell, finding, inbox, outbox, segments
from flexie.db import db
from flexie.models import Line, Record
from flexie.web import htmx
from flexie.web.login import me, pages
from flexie.web.reading import only_reads
from flexie.web.showing import account

bp = pages("compose")
WRITABLE = ("contact", "lead", "account")


@bp.get("/inbox/new")
def page() -> Response:
    """An empty form, or one with the number of `record` filled in."""
    record = _record(request.args.get("record"))
    to = request.args.get("to") or (number_to_write_to(record) if record else "")
    return _form({"to": to, "text": "", "nonce": secrets.token_urlsafe(16)}, record)


@bp.post("/inbox/new")
def send() -> Response:
    """Queue the text and open its conversation."""
    given = request.form
    record = _record(given.get("record"))
    try:
        message = outbox.compose(
            me(),
            given.get("to", ""),
            given.get("text", ""),
            line=_line(given.get("line")),
            record=record,
            send_at=_moment(given.get("send_at", "")),
            nonce=given.get("nonce", ""),
        )
    except outbox.OutboxError as problem:
        db.session.rollback()
        return _form(given.to_dict(), _record(given.get("record")), {problem.field: str(problem)})
    address = url_for("conversation.page", public_id=message.conversation.public_id)
    db.session.commit()
    bell.ring("sends")
    return htmx.go(address)


@bp.post("/inbox/recipients")
@only_reads
def recipients() -> Response:
    """People whose name or number fits what is typed as recipient, each with a number to write to."""
    found = [(record, number_to_write_to(record)) for record in finding.records(request.form.get("to", ""), WRITABLE)]
    return htmx.part("compose/_recipients.html", found=[(record, number) for record, number in found if number])


@bp.post("/inbox/segments")
@only_reads
def count_segments() -> Response:
    """How long the text in the box is, and into how many parts a network cuts it."""
    text = request.form.get("text", "")
    return htmx.part("compose/_count.html", text=text, counted=segments.count(text), forcing=segments.forcing(text))


def number_to_write_to(record: Record) -> str:
    """The record's mobile number as typed, else its first number that can be written to, else nothing."""
    usable = [key for key in record.phone_keys if key.e164]
    usable.sort(key=lambda key: (key.field != "mobile", key.id))
    return usable[0].raw if usable else ""


def _form(box: dict[str, Any], record: Record | None, errors: dict[str, str] | None = None) -> Response:
    lines = inbox.lines(me())
    last = outbox.last_used_line(me())
    chosen = box.get("line") or (last.public_id if last else "")
    shown = {"box": box, "record": record, "lines": lines, "chosen": chosen, "errors": errors or {}}
    return htmx.answer("compose/page.html", "compose/page.html", status=422 if errors else 200, **shown)


def _record(public_id: str | None) -> Record | None:
    return db.session.scalar(select(Record).where(Record.public_id == public_id)) if public_id else None


def _line(public_id: str | None) -> Line | None:
    """The line that was chosen, if this person may use it; None lets the outbox choose."""
    if not public_id:
        return None
    line = db.session.scalar(Line.visible_to(me()).where(Line.public_id == public_id))
    if line is None:
        raise outbox.OutboxError("line", "You may not send from this line. Choose another one.")
    return line


def _moment(typed: str) -> datetime | None:
    """What a datetime-local box holds, read in the account's zone."""
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(account().time_zone))
    except ValueError:
        raise outbox.OutboxError("send_at", "Write a date and a time as 2026-12-24 09:00.") from None
