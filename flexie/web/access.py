"""What of messages and runs a person may see, by the lines that are open to them: mostly conditions for queries."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, or_, select, true

from flexie.db import db
from flexie.models import Conversation, Line, Message, NotStarted, Run, User


def messages(user: User) -> ColumnElement[bool]:
    """Messages on the person's lines."""
    return true() if user.is_admin else Message.line_id.in_(select(Line.id).where(Line.is_visible_to(user)))


def of_messages(user: User, ids: Iterable[int | None]) -> set[int]:
    """Those of these messages (row ids) that are on the person's lines."""
    wanted = {each for each in ids if each}
    mine = select(Message.id).where(Message.id.in_(wanted), messages(user))
    return set(db.session.scalars(mine)) if wanted else set()


def runs(user: User) -> ColumnElement[bool]:
    """Runs that neither were started nor ask in a conversation on somebody else's line, nor text through one.

    A run's log quotes the texts of both sides.
    """
    if user.is_admin:
        return true()
    lines = select(Line.id).where(Line.is_visible_to(user))
    hidden = exists().where(Message.run_id == Run.id, Message.line_id.not_in(lines))
    own = [_line_of(Conversation, talk_id).in_(lines) for talk_id in (Run.conversation_id, Run.asks_id)]
    return and_(or_(Run.conversation_id.is_(None), own[0]), or_(Run.asks_id.is_(None), own[1]), ~hidden)


def decisions(user: User) -> ColumnElement[bool]:
    """Why rules did not start: for events that are no texts, and for texts on the person's lines."""
    if user.is_admin:
        return true()
    lines = select(Line.id).where(Line.is_visible_to(user))
    return or_(NotStarted.message_id.is_(None), _line_of(Message, NotStarted.message_id).in_(lines))


def _line_of(model: type[Conversation] | type[Message], row_id: Any) -> ScalarSelect[Any]:
    """The line of a row, looked up for each row that is shown: there are too many to gather all that may be seen."""
    return select(model.line_id).where(model.id == row_id).scalar_subquery()
