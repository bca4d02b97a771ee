"""Conversations that ask for attention because of their messages: those with texts to come, those whose text failed.

Both start from the few messages concerned, by an index, and look at no more than LOOKED_AT of them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all

from flexie import statuses
from flexie.db import this_moment, written_out
from flexie.models import Conversation, Message

LOOKED_AT = 1_000


def scheduled() -> Select[Any]:
    """Ids of open conversations with texts that are to go out later, each with `place`: the next moment (aware UTC)."""
    coming = (
        select(Message.conversation_id, Message.due_at)
        .where(written_out(Message.status, statuses.WAITING), Message.due_at > this_moment())
        .order_by(Message.due_at, Message.id)
        .limit(LOOKED_AT)
        .subquery()
    )
    next_one = select(coming.c.conversation_id, func.min(coming.c.due_at).label("place"))
    return next_one.group_by(coming.c.conversation_id)


def failed() -> Select[Any]:
    """Ids of conversations whose latest text of ours did not arrive or is in doubt, each with `place`: its row id."""
    newest = [
        select(Message.conversation_id, Message.id)
        .where(Message.status == status)
        .order_by(Message.id.desc())
        .limit(LOOKED_AT)
        .subquery()
        for status in sorted(statuses.TROUBLE)
    ]
    troubled = union_all(*(select(each.c.conversation_id, each.c.id) for each in newest)).subquery()
    last = select(troubled.c.conversation_id, func.max(troubled.c.id).label("place"))
    grouped = last.group_by(troubled.c.conversation_id).subquery()
    ours = select(func.max(Message.id)).where(
        Message.conversation_id == grouped.c.conversation_id, Message.direction == "out"
    )
    return select(grouped.c.conversation_id, grouped.c.place).where(grouped.c.place == ours.scalar_subquery())


def listed(of: Select[Any], conditions: Sequence[ColumnElement[bool]], *, newest: bool) -> Select[Any]:
    """The open conversations of `scheduled` or `failed` that fit, each with its place, in their order."""
    found = of.subquery()
    order = found.c.place.desc() if newest else found.c.place
    query = select(Conversation.id, found.c.place).join(found, found.c.conversation_id == Conversation.id)
    return query.where(Conversation.state == "open", *conditions).order_by(order, Conversation.id)
