"""Sending: a message is asked for once, however often the request arrives."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from flexie import bell, library, outbox
from flexie.db import db
from flexie.models import Line, Message, Record, User
from flexie.web.api import checking, lines, messages, templates
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.messages import MESSAGE
from flexie.web.api.operations import Reply, operation
from flexie.web.api.problems import invalid
from flexie.web.api.schema import moment, named, public_id, text, thing

KEY = "Idempotency-Key"
NEW_MESSAGE = named(
    "NewMessage",
    thing(
        {
            "to": text("The number to write to, as people write it.", longest=200, example="+14155551212"),
            "text": text("The message.", longest=outbox.LONGEST_TEXT, example="Your table is ready."),
            "template": public_id("In place of a text: a template, filled in for the record or the number."),
            "line": lines.NAMED,
            "send_at": moment("Not before this moment; one that is past means now."),
            "quiet_hours": text(
                "Whether it waits until the quiet hours of whoever gets it end, or goes at any hour: for a code that "
                "somebody waits for. Left out, it waits.",
                choices=("wait", "ignore"),
            ),
            "record": public_id("A record whose timeline it belongs to; to a case it goes with the case's reference."),
        },
        "A message to be sent.",
        optional=("text", "template", "line", "send_at", "quiet_hours", "record"),
    ),
)
PARAMETERS = (
    Parameter(
        KEY,
        "header",
        text(
            "Any text of your own: repeated with the same body, it answers with the message that is there.",
            pattern="^[!-~]{1,255}$",
        ),
    ),
)


@operation(
    "POST",
    "/messages",
    "Send a message, now or later",
    {201: MESSAGE, 200: MESSAGE},
    parameters=PARAMETERS,
    body=NEW_MESSAGE,
    scope="messages:send",
)
def send_message(asked: Asked) -> Reply:
    """Queue a message: 201; or 200 with the one that this key already stands for."""
    if ("text" in asked.body) == ("template" in asked.body):
        raise invalid({"text": "Give a text or a template: one of the two is needed."})
    intent = f"api:{asked.user.public_id}:{asked.headers.get(KEY) or secrets.token_hex(16)}"
    known = _known(intent) if KEY in asked.headers else None
    message = _queue(asked, intent, known)
    library.used(asked.body.get("template"), message)
    db.session.commit()
    bell.ring("sends")
    return Reply(messages.described([message])[0], 201 if known is None else 200)


def _known(intent: str) -> Message | None:
    return db.session.scalar(select(Message).where(Message.intent == intent))


def _queue(asked: Asked, intent: str, known: Message | None) -> Message:
    """In the session. When the same key arrives twice at once, the later one finds the message of the other."""
    try:
        draft = _draft(asked, intent, known)
        try:
            return outbox.queue(draft)
        except IntegrityError:
            db.session.rollback()
            return outbox.queue(draft)
    except outbox.OutboxError as problem:
        field = {"intent": KEY, "case": "record"}.get(problem.field, problem.field)
        raise invalid({field: str(problem)}) from None


def _draft(asked: Asked, intent: str, known: Message | None) -> outbox.Draft:
    """What is asked for. Its digest is of what the request says: the line that is taken when it names none may be
    another one the next time.
    """
    given: dict[str, Any] = asked.body
    number = outbox.number_typed(given["to"])
    named_line = lines.meant(asked.user, given["line"]) if "line" in given else None
    send_at = checking.moment(given["send_at"]) if "send_at" in given else None
    record = _record(given["record"]) if "record" in given else None
    line = named_line or _usual_line(asked.user)
    return outbox.Draft(
        line=line,
        number=number,
        text=given["text"] if "text" in given else _filled(given["template"], line, number, record, known),
        intent=intent,
        records=(record,) if record else (),
        case=record if record is not None and record.kind == "case" else None,
        user=asked.user,
        due_at=send_at,
        anyway=asked.user if given.get("quiet_hours") == "ignore" else None,
        digest=_digest(number, named_line, send_at, record, given),
    )


def _digest(
    number: str, line: Line | None, send_at: datetime | None, record: Record | None, given: dict[str, Any]
) -> str:
    line_id, record_id = line.public_id if line else "", record.public_id if record else ""
    more = ["ignore"] if given.get("quiet_hours") == "ignore" else []
    more += ["template", given["template"]] if "template" in given else []
    return outbox.digest_of(number, given.get("text", ""), line_id, send_at or "", record_id, *more)


def _filled(template: str, line: Line, number: str, record: Record | None, known: Message | None) -> str:
    """What goes in place of a text. What was asked for before is not filled in again: the record may have changed."""
    return known.text if known is not None else templates.filled(template, line, number, record)


def _usual_line(user: User) -> Line:
    line = outbox.last_used_line(user)
    if line is None:
        raise invalid({"line": "There is no line that you may send from. Ask an administrator for access to one."})
    return line


def _record(public_id: str) -> Record:
    record = db.session.scalar(select(Record).where(Record.public_id == public_id))
    if record is None:
        raise invalid({"record": "There is no record with this id."})
    return record
