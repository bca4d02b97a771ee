"""Conversations that ask for attention because of their messages: those with texts to come, those whose text failed.

Both walk an index of the few messages concerned, on all lines or on one, in the order of the list, and stop when there
are enough; they look at no more than LOOKED_AT of them.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, literal_column, or_, select
from sqlalchemy.orm import aliased

from flexie import statuses
from flexie.db import UtcDateTime, this_moment, written_out
from flexie.models import Conversation, Line, Message

LOOKED_AT = 500
LAST_DAY = datetime.max.replace(tzinfo=UTC)

# Made once: to name all of a table's columns anew takes longer than the rest of a statement.
_SOONER, _FAR = aliased(Message), aliased(Message)
_OLD = aliased(Message)


def scheduled(conditions: Sequence[ColumnElement[bool]], line: Line | None) -> Select[Any]:
    """Ids of open conversations with texts that are to go out later, each with `place`: the next moment (aware UTC).

    On one line, where there is one.
    """
    now = this_moment()
    before = or_(_SOONER.due_at < Message.due_at, and_(_SOONER.due_at == Message.due_at, _SOONER.id < Message.id))
    is_next = ~exists().where(_is_coming(_SOONER, now), _SOONER.conversation_id == Message.conversation_id, before)
    last = select(_FAR.due_at).where(_is_coming(_FAR, now), *_on(line, _FAR)).order_by(_FAR.due_at, _FAR.id)
    last = last.offset(LOOKED_AT - 1).limit(1)
    until = func.coalesce(last.scalar_subquery(), literal(LAST_DAY, UtcDateTime()))
    query = _with_place(Message.due_at).where(
        _is_coming(Message, now), *_on(line, Message), Message.due_at <= until, is_next
    )
    query = query.where(exists().where(*_is_open(conditions)))
    return query.order_by(Message.due_at, Message.id)


def _is_coming(message: Any, now: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(written_out(message.status, statuses.WAITING), message.due_at > now)


def failed(conditions: Sequence[ColumnElement[bool]], line: Line | None) -> Select[Any]:
    """Ids of open conversations whose latest text of ours did not arrive or is in doubt, each with `place`: its row id.

    The newest comes first. On one line, where there is one.
    """
    last = select(_OLD.id).where(_is_in_trouble(_OLD), *_on(line, _OLD)).order_by(_OLD.id.desc())
    since = func.coalesce(last.offset(LOOKED_AT - 1).limit(1).scalar_subquery(), 0)
    # One value and no EXISTS, of which PostgreSQL makes a join that reads all conversations.
    newest = select(Conversation.last_out_id).where(*_is_open(conditions)).scalar_subquery()
    query = _with_place(Message.id).where(
        _is_in_trouble(Message), *_on(line, Message), Message.id >= since, Message.id == newest
    )
    return query.order_by(Message.id.desc())


def _is_in_trouble(message: Any) -> ColumnElement[bool]:
    """Spelled as the partial index is."""
    return written_out(message.status.op("||")(literal_column("''")), statuses.TROUBLE)


def _with_place(place: Any) -> Select[Any]:
    return select(Message.conversation_id.label("id"), place.label("place"))


def _on(line: Line | None, message: Any) -> list[ColumnElement[bool]]:
    """A conversation's messages are on its own line."""
    return [] if line is None else [message.line_id == line.id]


def _is_open(conditions: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    return [Conversation.id == Message.conversation_id, Conversation.state == "open", *conditions]
