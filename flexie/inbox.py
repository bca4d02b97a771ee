"""The inbox, read side: lists of conversations and of their messages, a page at a time by keyset."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from flexie import statuses
from flexie.db import db
from flexie.models import Conversation, Line, Message, User

Show = Literal["all", "unread", "not-linked"]
SHOWS: tuple[Show, ...] = ("all", "unread", "not-linked")

PAGE = 40  # rows that one look brings
MOST_ROWS = 400  # rows that a list which is looked at again may hold
COUNTED = 100  # counts stop here: people read "99+"
TROUBLE = frozenset({"failed", "undelivered", "suppressed", *statuses.IN_DOUBT})

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor for the ones after them, or None at the end."""

    rows: list[Row]
    older: str | None


@dataclass(frozen=True)
class View:
    """What part of the inbox is looked at: one of SHOWS, one line or all of them, and which page."""

    show: Show = "all"
    line: Line | None = None
    before: str | None = None
    limit: int = PAGE


@dataclass(frozen=True)
class Counts:
    """How many conversations the filters hold, counted up to COUNTED."""

    unread: int = field(default=0)
    not_linked: int = field(default=0)


def lines(user: User) -> Sequence[Line]:
    """The lines whose conversations this person may see."""
    return db.session.scalars(Line.visible_to(user)).all()


def conversations(user: User, view: View) -> Page[Conversation]:
    """The conversations of a view that this person may see, latest first."""
    query = _visible(user, view.line).where(_shown(view.show)).options(joinedload(Conversation.line))
    if (mark := _read_cursor(view.before)) is not None:
        query = query.where(or_(Conversation.last_at < mark[0], and_(Conversation.last_at == mark[0], _after(mark[1]))))
    rows = list(
        db.session.scalars(query.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(view.limit + 1))
    )
    page = rows[: view.limit]
    return Page(page, _cursor(page[-1]) if len(rows) > view.limit else None)


def conversation(user: User, public_id: str) -> Conversation | None:
    """One conversation, or None when there is none or its line is not this person's."""
    return db.session.scalar(_visible(user, None).where(Conversation.public_id == public_id))


def counts(user: User, line: Line | None = None) -> Counts:
    """Unread conversations and those that no record is linked to."""
    return Counts(_count(user, line, "unread"), _count(user, line, "not-linked"))


def unread_count(user: User) -> int:
    """Unread conversations on all of this person's lines."""
    return _count(user, None, "unread")


def messages(conversation: Conversation, before: str | None = None, limit: int = PAGE) -> Page[Message]:
    """The newest messages of a conversation (before a message, by its public id), in the order they came."""
    query = select(Message).where(Message.conversation_id == conversation.id)
    if before:
        query = query.where(Message.id < select(Message.id).where(Message.public_id == before).scalar_subquery())
    query = query.options(joinedload(Message.user), joinedload(Message.case)).order_by(Message.id.desc())
    rows = list(db.session.scalars(query.limit(limit + 1)))
    page = rows[:limit][::-1]
    return Page(page, page[0].public_id if len(rows) > limit else None)


def troubled(conversations: Sequence[Conversation]) -> set[int]:
    """Ids of those conversations whose latest message went out and did not arrive, or is in doubt."""
    ours = [row.id for row in conversations if row.last_direction == "out"]
    latest = select(Message.status).where(Message.conversation_id == Conversation.id).order_by(Message.id.desc())
    query = select(Conversation.id, latest.limit(1).scalar_subquery()).where(Conversation.id.in_(ours))
    return {row_id for row_id, status in db.session.execute(query) if status in TROUBLE} if ours else set()


def mark_read(conversation: Conversation, seen: str | None = None) -> None:
    """Nothing in it is unread any more, except texts that came after the message `seen` (a public id)."""
    newest = select(Message.id).where(Message.public_id == seen).scalar_subquery() if seen else None
    later = 0
    if newest is not None:
        texts = select(func.count()).where(Message.conversation_id == conversation.id, Message.direction == "in")
        later = db.session.scalar(texts.where(Message.id > newest)) or 0
    conversation.unread = min(conversation.unread, later)


def _visible(user: User, line: Line | None) -> Select[Any]:
    query = select(Conversation)
    if line is not None:
        query = query.where(Conversation.line_id == line.id)
    if not user.is_admin:
        query = query.where(Conversation.line_id.in_(select(Line.id).where(Line.is_visible_to(user))))
    return query


def _shown(show: Show) -> ColumnElement[bool]:
    if show == "unread":
        return Conversation.unread > 0
    if show == "not-linked":
        return ~Conversation.linked
    return Conversation.id > 0


def _count(user: User, line: Line | None, show: Show) -> int:
    some = _visible(user, line).where(_shown(show)).with_only_columns(Conversation.id).limit(COUNTED)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def _cursor(row: Conversation) -> str:
    micros = (row.last_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    return f"{micros}-{row.public_id}"


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    micros, _, public_id = (cursor or "").partition("-")
    if not micros.isdigit() or len(micros) > 17:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros)), public_id


def _after(public_id: str) -> ColumnElement[bool]:
    return Conversation.id < select(Conversation.id).where(Conversation.public_id == public_id).scalar_subquery()
