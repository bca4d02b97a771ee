"""Conversations: a line and a number, latest first."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import joinedload, lazyload

from flexie import gathering
from flexie.db import UtcDateTime, db
from flexie.models import Conversation, Line, User
from flexie.web.api import lines, numbers, paging
from flexie.web.api.asking import Asked
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, by_id, operation, query
from flexie.web.api.problems import Problem
from flexie.web.api.schema import flag, maybe, moment, named, public_id, text, thing, whole

STATES = ("open", "closed")

CONVERSATION = named(
    "Conversation",
    thing(
        {
            "id": public_id("The conversation's id."),
            "line": text("The name of the line."),
            "number": text("The other side: E.164, a short code or a sender's name."),
            "state": text("Closed ones are out of the way until the next text.", choices=STATES),
            "unread": whole("How many texts nobody has read.", 0),
            "linked": flag("Whether any record is linked to it."),
            "assignee": maybe(text("The name of the person it is assigned to.")),
            "assigned_group": maybe(text("The name of the group it is assigned to.")),
            "last_at": moment("When its last message was."),
            "last_text": text("How that message begins."),
            "last_direction": text("Who wrote it.", choices=("inbound", "outbound")),
        },
        "All messages between a line and a number.",
    ),
)
FILTERS = query(
    unread=flag("Only those with (or without) texts that nobody has read."),
    linked=flag("Only those that are (or are not) linked to a record."),
    line=lines.NAMED,
    number=numbers.FILTER,
    state=text("Only open or only closed ones.", choices=STATES),
)


@operation(
    "GET",
    "/conversations",
    "Conversations on your lines, latest first",
    {200: paging.of(CONVERSATION)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="messages:read",
)
def list_conversations(asked: Asked) -> Reply:
    """A page of conversations. The cursor holds when and which: a conversation moves up with its next message."""
    rows = _filtered(visible(asked.user), asked)
    if held := paging.cursor(asked, 2):
        at, row_id = _place(*held)
        mark = tuple_(literal(at, UtcDateTime()), literal(row_id))
        rows = rows.where(tuple_(Conversation.last_at, Conversation.id) < mark)
    limit = asked.query["limit"]
    given = asked.query
    has_an_index = "state" in given or given.get("unread") or given.get("linked") is False
    if "line" in given and not has_an_index:
        rows = visible(asked.user).where(Conversation.id.in_(_latest_of_each_state(rows, limit + 1)))
    found, following = paging.cut(list(db.session.scalars(_latest(rows, limit + 1))), limit, _key)
    return paging.reply([described(row) for row in found], following)


def _latest_of_each_state(rows: Select[Any], limit: int) -> Select[Any]:
    """The ids among which the latest are: a line's index begins with the state, and each is read along it."""
    ids = rows.with_only_columns(Conversation.id)
    return gathering.all_of([_latest(ids.where(Conversation.state == state), limit) for state in STATES])


def _latest(rows: Select[Any], limit: int) -> Select[Any]:
    return rows.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(limit)


@operation(
    "GET",
    "/conversations/{id}",
    "One conversation",
    {200: CONVERSATION},
    parameters=by_id("conversation"),
    problems=(404,),
    scope="messages:read",
)
def get_conversation(asked: Asked) -> Reply:
    """One conversation; its messages are `GET /messages?conversation=`."""
    found = db.session.scalar(visible(asked.user).where(Conversation.public_id == asked.path["id"]))
    if found is None:
        raise Problem(404)
    return Reply(described(found))


def visible(user: User) -> Select[Any]:
    """The conversations on the user's lines."""
    options = (
        joinedload(Conversation.line).options(lazyload(Line.connection)).load_only(Line.name),
        joinedload(Conversation.assignee).load_only(User.name),
        joinedload(Conversation.assigned_group),
    )
    rows = select(Conversation).options(*options)
    if user.is_admin:
        return rows
    return rows.where(Conversation.line_id.in_(select(Line.id).where(Line.is_visible_to(user))))


def _filtered(rows: Select[Any], asked: Asked) -> Select[Any]:
    given = asked.query
    if "unread" in given:
        rows = rows.where(Conversation.unread > 0 if given["unread"] else Conversation.unread == 0)
    if "linked" in given:
        rows = rows.where(Conversation.linked if given["linked"] else ~Conversation.linked)
    if "line" in given:
        rows = rows.where(Conversation.line_id == lines.meant(asked.user, given["line"]).id)
    if "number" in given:
        rows = rows.where(Conversation.number == numbers.meant(given["number"]))
    if "state" in given:
        rows = rows.where(Conversation.state == given["state"])
    return rows


def _key(row: Conversation) -> list[str]:
    return [paging.moment_held(row.last_at), row.public_id]


def _place(micros: str, public_id: str) -> tuple[datetime, int]:
    """Where a page ended. Raises 422 for what no page gave out."""
    row_id = db.session.scalar(select(Conversation.id).where(Conversation.public_id == public_id))
    if row_id is None:
        raise paging.foreign()
    return paging.moment_of(micros), row_id


def described(row: Conversation) -> dict[str, Any]:
    """A conversation as the API shows it."""
    return {
        "id": row.public_id,
        "line": row.line.name,
        "number": row.number,
        "state": row.state,
        "unread": row.unread,
        "linked": row.linked,
        "assignee": row.assignee.name if row.assignee else None,
        "assigned_group": row.assigned_group.name if row.assigned_group else None,
        "last_at": written(row.last_at),
        "last_text": row.last_text,
        "last_direction": f"{row.last_direction}bound",
    }
