"""Sending: a message is asked for once, however often the request arrives."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from flexie import bell, outbox
from flexie.db import db
from flexie.models import Line, Message, Record, User
from flexie.web.api import checking, lines, messages
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
        optional=("line", "send_at", "quiet_hours", "record"),
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
    intent = f"api:{asked.user.public_id}:{asked.headers.get(KEY) or secrets.token_hex(16)}"
    is_known = KEY in asked.headers and _is_known(intent)
    message = _queue(asked, intent)
    db.session.commit()
    bell.ring("sends")
    return Reply(messages.described([message])[0], 200 if is_known else 201)


def _is_known(intent: str) -> bool:
    return db.session.scalar(select(Message.id).where(Message.intent == intent)) is not None


def _queue(asked: Asked, intent: str) -> Message:
    """In the session. When the same key arrives twice at once, the later one finds the message of the other."""
    try:
        draft = _draft(asked, intent)
        try:
            return outbox.queue(draft)
        except IntegrityError:
            db.session.rollback()
            return outbox.queue(draft)
    except outbox.OutboxError as problem:
        field = {"intent": KEY, "case": "record"}.get(problem.field, problem.field)
        raise invalid({field: str(problem)}) from None


def _draft(asked: Asked, intent: str) -> outbox.Draft:
    """What is asked for. Its digest is of what the request says: the line that is taken when it names none may be
    another one the next time.
    """
    given: dict[str, Any] = asked.body
    number = outbox.number_typed(given["to"])
    named_line = lines.meant(asked.user, given["line"]) if "line" in given else None
    send_at = checking.moment(given["send_at"]) if "send_at" in given else None
    record = _record(given["record"]) if "record" in given else None
    return outbox.Draft(
        line=named_line or _usual_line(asked.user),
        number=number,
        text=given["text"],
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
    parts = (number, given["text"], line.public_id if line else "", send_at or "", record.public_id if record else "")
    return outbox.digest_of(*parts, *(["ignore"] if given.get("quiet_hours") == "ignore" else []))


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
