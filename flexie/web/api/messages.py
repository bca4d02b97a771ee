"""Messages: listed, one, and cancelled while they wait."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from flexie import media, outbox, reactions, statuses, wentwrong
from flexie.db import db
from flexie.models import Connection, Conversation, Line, Message, MessageLink, Record, Run, User
from flexie.web import access
from flexie.web.api import numbers, paging
from flexie.web.api.asking import Asked
from flexie.web.api.media import MEDIA
from flexie.web.api.media import described as described_file
from flexie.web.api.moments import written, written_if
from flexie.web.api.operations import Reply, by_id, operation, query
from flexie.web.api.problems import Problem
from flexie.web.api.schema import flag, items, maybe, moment, named, public_id, text, thing, whole

STATUSES: tuple[str, ...] = get_args(statuses.Status)
DIRECTIONS = {"in": "inbound", "out": "outbound"}

MESSAGE = named(
    "Message",
    thing(
        {
            "id": public_id("The message's id."),
            "direction": text("Who wrote it: inbound is from a customer.", choices=tuple(DIRECTIONS.values())),
            "status": text("How far it has come.", choices=STATUSES),
            "text": text("The text, as it was or will be sent."),
            "sender_number": text("From: E.164, a short code or a sender's name."),
            "to_number": text("To: E.164, or a line's short code."),
            "line": text("The name of the line."),
            "segments": whole("Into how many parts networks cut it.", 0),
            "records": items(public_id("A record's id."), "The records whose timelines it stands on."),
            "case": maybe(public_id("The case that it belongs to.")),
            "case_reference": maybe(text("The eight characters of the case's [FX-…].")),
            "error": maybe(
                thing(
                    {
                        "code": maybe(text("The provider's own code.")),
                        "message": text("What is wrong, and what to do."),
                    },
                    "Why it was not sent or not delivered.",
                )
            ),
            "media": items(MEDIA, "What came with the text."),
            "reaction": maybe(
                thing(
                    {
                        "emoji": text("What was put on a text or taken back from it; blank when it cannot be told."),
                        "taken_back": flag("Whether it was taken back."),
                        "message": maybe(public_id("The message that it is about, if that was found.")),
                    },
                    "A phone's reaction to a text, which came as a text: it starts no rule.",
                )
            ),
            "created_at": moment("When it was queued, or came in."),
            "send_at": maybe(moment("Outbound: the moment from which it may go.")),
            "sent_at": maybe(moment("When the provider took it.")),
            "delivered_at": maybe(moment("When the phone had it.")),
            "failed_at": maybe(moment("When it was known that it would not arrive.")),
            "received_at": maybe(moment("Inbound: when it came in.")),
            "conversation": public_id("The conversation's id."),
            "run": maybe(public_id("The run of a rule that wrote it.")),
        },
        "One text, in or out.",
    ),
)
FILTERS = query(
    direction=text("Only those of one direction.", choices=(*DIRECTIONS, *DIRECTIONS.values())),
    number=numbers.FILTER,
    status=text("Only those of one status.", choices=STATUSES),
    record=public_id("Only those on the timeline of this record."),
    conversation=public_id("Only those of this conversation."),
)


@operation(
    "GET",
    "/messages",
    "Messages on your lines, newest first",
    {200: paging.of(MESSAGE)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="messages:read",
)
def list_messages(asked: Asked) -> Reply:
    """A page of messages."""
    rows, following = paging.newest_first(asked, _filtered(_listed(asked.user), asked), Message, _ways(asked))
    return paging.reply(described(rows), following)


@operation(
    "GET",
    "/messages/{id}",
    "One message",
    {200: MESSAGE},
    parameters=by_id("message"),
    problems=(404,),
    scope="messages:read",
)
def get_message(asked: Asked) -> Reply:
    """One message."""
    return Reply(described([_load(asked)])[0])


@operation(
    "POST",
    "/messages/{id}/cancel",
    "Cancel a message that still waits",
    {200: MESSAGE},
    parameters=by_id("message"),
    problems=(404, 409),
    scope="messages:send",
)
def cancel_message(asked: Asked) -> Reply:
    """Cancel it, or 409 when it is too late."""
    message = _load(asked)
    try:
        outbox.cancel(message)
    except outbox.OutboxError as problem:
        raise Problem(409, str(problem)) from None
    db.session.commit()
    return Reply(described([message])[0])


def _listed(user: User) -> Select[Any]:
    """The messages on this user's lines, with what `described` needs of other tables."""
    line = joinedload(Message.line)
    options = (
        joinedload(Message.conversation).load_only(Conversation.public_id),
        line.load_only(Line.name, Line.connection_id),
        line.joinedload(Line.connection).load_only(Connection.provider),
        joinedload(Message.case).load_only(Record.public_id, Record.reference),
    )
    return select(Message).where(access.messages(user)).options(*options)


def _load(asked: Asked) -> Message:
    """The message that the address names, or 404. Without joins: PostgreSQL locks no row through an outer one."""
    mine = select(Message).where(access.messages(asked.user))
    message = db.session.scalar(mine.where(Message.public_id == asked.path["id"]))
    if message is None:
        raise Problem(404)
    return message


def described(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as the API shows them: four queries at most, however many they are."""
    linked = _linked([message.id for message in messages])
    runs = _runs(message.run_id for message in messages)
    files, places = media.of_messages(messages), reactions.places_of(messages)
    return [
        {
            **_described(message, linked[message.id], runs.get(message.run_id or 0)),
            "media": [described_file(file) for file in files[message.id]],
            "reaction": _reaction(message, places.get(message.id)),
        }
        for message in messages
    ]


def _described(message: Message, records: list[str], run: str | None) -> dict[str, Any]:
    is_inbound = message.direction == "in"
    return {
        "id": message.public_id,
        "direction": DIRECTIONS[message.direction],
        "status": message.status,
        "text": message.text,
        "sender_number": message.sender_number,
        "to_number": message.to_number,
        "line": message.line.name,
        "segments": message.segments,
        "records": records,
        "case": message.case.public_id if message.case else None,
        "case_reference": message.case.reference if message.case else None,
        "error": _error(message),
        "created_at": written(message.created_at),
        "send_at": None if is_inbound else written_if(message.due_at),
        "sent_at": written_if(message.sent_at),
        "delivered_at": written_if(message.delivered_at),
        "failed_at": written_if(message.failed_at),
        "received_at": written(message.created_at) if is_inbound else None,
        "conversation": message.conversation.public_id,
        "run": run,
    }


def _reaction(message: Message, on: Message | None) -> dict[str, Any] | None:
    if message.reaction is None:
        return None
    return {
        "emoji": message.reaction.removeprefix("-"),
        "taken_back": message.reaction.startswith("-"),
        "message": on.public_id if on else None,
    }


def _error(message: Message) -> dict[str, str | None] | None:
    if message.error is None and message.error_code is None:
        return None
    words = wentwrong.in_words(message.line.connection.provider, message.error, message.error_code)
    return {"code": message.error_code, "message": words}


def _filtered(rows: Select[Any], asked: Asked) -> Select[Any]:
    given = asked.query
    if "direction" in given:
        rows = rows.where(Message.direction == given["direction"].removesuffix("bound"))
    if "status" in given:
        rows = rows.where(Message.status == given["status"])
    if "conversation" in given:
        wanted = select(Conversation.id).where(Conversation.public_id == given["conversation"])
        rows = rows.where(Message.conversation_id == wanted.scalar_subquery())
    if "record" in given:
        record = select(Record.id).where(Record.public_id == given["record"]).scalar_subquery()
        rows = rows.where(Message.id.in_(select(MessageLink.message_id).where(MessageLink.record_id == record)))
    return rows


def _ways(asked: Asked) -> list[ColumnElement[bool]] | None:
    """A number has a conversation on each line; each holds its messages in their order."""
    if "number" not in asked.query:
        return None
    ours = select(Conversation.id).where(Conversation.number == numbers.meant(asked.query["number"]))
    return [Message.conversation_id == talk for talk in db.session.scalars(ours)]


def _linked(message_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    links = select(MessageLink.message_id, Record.public_id).join(Record, Record.id == MessageLink.record_id)
    for message_id, record in db.session.execute(
        links.where(MessageLink.message_id.in_(message_ids)).order_by(Record.id)
    ):
        found[message_id].append(record)
    return found


def _runs(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {run_id for run_id in ids if run_id}
    if not wanted:
        return {}
    return dict(db.session.execute(select(Run.id, Run.public_id).where(Run.id.in_(wanted))).all())
