"""Writing to somebody: the compose form, its search for people, and the count of segments."""

import secrets
from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from flexie import bell, finding, inbox, library, outbox, segments, writing
from flexie.db import db
from flexie.models import Conversation, Line, Message, PhoneKey, Record
from flexie.web import counting, htmx, quieting, sendlater, showing
from flexie.web.conversation import load
from flexie.web.login import me, pages
from flexie.web.reading import only_reads

bp = pages("compose")
WRITABLE = ("contact", "lead", "account")


@bp.get("/inbox/new")
def page() -> Response:
    """An empty form, or one with the number of `record` filled in."""
    record = _record(request.args.get("record"))
    to = request.args.get("to") or (number_to_write_to(record) if record else "")
    return _form({"to": to, "text": "", "nonce": new_nonce()}, record)


@bp.post("/inbox/new")
def send() -> Response:
    """Queue the text, now or for later, and open its conversation."""
    box: dict[str, Any] = request.form.to_dict()
    box["text"] = counting.one_line_ends(box.get("text", ""))
    if record := _record(box.get("pick")):
        return _form(box | {"to": number_to_write_to(record)}, record)
    if do := box.get("do"):
        plain = {"text": segments.plain(box["text"])} if do == "plain" else {}
        return _form(box | plain, _record(box.get("record")))
    try:
        message = _queue(box)
    except outbox.OutboxError as problem:
        db.session.rollback()
        fresh = {"nonce": new_nonce()} if problem.field == "intent" else {}
        asked = {"question": quieting.question(problem)}
        return _form(box | fresh | asked, _record(box.get("record")), {problem.field: str(problem)})
    library.used(box.get("template"), message)
    address = url_for("conversation.page", public_id=message.conversation.public_id)
    db.session.commit()
    bell.ring("sends")
    return htmx.go(address)


def _queue(box: dict[str, Any]) -> Message:
    """Once, also when the same form arrives twice at one moment: the later one finds the text of the other."""
    try:
        return _compose(box)
    except IntegrityError:
        db.session.rollback()
        return _compose(box)


def _compose(box: dict[str, Any]) -> Message:
    return writing.compose(
        me(),
        box.get("to", ""),
        box["text"],
        line=_line(box.get("line")),
        record=_record(box.get("record")),
        when=sendlater.picked(box),
        nonce=box.get("nonce", ""),
    )


def new_nonce() -> str:
    """What makes a form one text, however often it is sent."""
    return secrets.token_urlsafe(16)


@bp.post("/inbox/recipients")
@only_reads
def recipients() -> Response:
    """People whose name or number fits what is typed as recipient, each with a number to write to."""
    return htmx.part("compose/_recipients.html", found=people_found(request.form.get("to", "")))


@bp.post("/inbox/segments")
@only_reads
def count_segments() -> Response:
    """How long the text in the box will be as it is sent: about a record, or in the conversation `talk`, as an answer
    or instead of the `message` there.
    """
    text = counting.one_line_ends(request.form.get("text", ""))
    if talk := request.args.get("talk"):
        conversation, message = load(talk), request.args.get("message")
        case = _case_of_message(conversation, message) if message else writing.case_in_scope(conversation)
    else:
        case = case_of(_record(request.form.get("record")))
    return htmx.part("compose/_count.html", text=text, count=counting.of(text, case), is_live=True)


def _case_of_message(conversation: Conversation, public_id: str) -> Record | None:
    query = select(Message).where(Message.public_id == public_id, Message.conversation_id == conversation.id)
    message = db.session.scalar(query) or abort(404)
    return message.case


def people_found(typed: str) -> list[tuple[Record, str]]:
    """Contacts, leads and accounts that fit what is typed, each with its number."""
    found = [(record, number_to_write_to(record)) for record in finding.records(typed, WRITABLE)]
    return [(record, number) for record, number in found if number]


def case_of(record: Record | None) -> Record | None:
    """The record if it is a case, whose reference its texts carry."""
    return record if record is not None and record.kind == "case" else None


def number_to_write_to(record: Record) -> str:
    """The record's mobile number as typed, else its first number that can be written to, else nothing."""
    key = _key_to_write_to(record)
    return key.raw if key else ""


def number_shown(record: Record) -> str:
    """The same number as people read it. Not to be typed: short ones at home would be taken for short codes."""
    key = _key_to_write_to(record)
    return showing.phone(key.e164) if key and key.e164 else ""


def _key_to_write_to(record: Record) -> PhoneKey | None:
    usable = [key for key in record.phone_keys if key.e164]
    return min(usable, key=lambda key: (key.field != "mobile", key.id), default=None)


def _form(box: dict[str, Any], record: Record | None, errors: dict[str, str] | None = None) -> Response:
    last = outbox.last_used_line(me())
    lines = sorted(inbox.lines(me()), key=lambda line: line != last)
    shown = {
        "box": box,
        "record": record,
        "case": case_of(record),
        "lines": lines,
        "chosen": box.get("line") or (last.public_id if last else ""),
        "errors": errors or {},
        "found": people_found(box["to"]) if errors and "to" in errors else [],
    }
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
