"""The inbox, read side: lists of conversations and of their messages, a page at a time by keyset."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Literal, TypeVar, get_args

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, false, func, or_, select, text, union_all
from sqlalchemy.orm import joinedload, with_expression

from flexie import attention, gathering, statuses
from flexie.channels import Channel, narrowed_to
from flexie.db import db, is_postgresql
from flexie.models import Connection, Conversation, Line, Message, Record, Rule, Run, User
from flexie.models.messages import NOT_LINKED, UNASSIGNED, UNREAD

Show = Literal["all", "unread", "mine", "unassigned", "not-linked", "scheduled", "failed", "closed"]
SHOWS: tuple[Show, ...] = get_args(Show)
"""The filters. All but "closed" (and "unread", where closing marks read) hold open conversations only."""

PAGE = 40  # rows that one look brings
MOST_ROWS = 400  # rows that a list which is looked at again may hold
LAST_ROW = 2**63 - 1  # the highest id that a row can have
COUNTED = 100  # counts stop here: people read "99+"

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor for the ones after them, or None at the end."""

    rows: list[Row]
    older: str | None


@dataclass(frozen=True)
class View:
    """What part of the inbox is looked at: one of SHOWS, one line or all of them, and which page.

    `lines`: those that the person may see, where somebody has read them already. `channel`: one of CHANNELS, or None
    for all of them.
    """

    show: Show = "all"
    line: Line | None = None
    before: str | None = None
    limit: int = PAGE
    lines: Sequence[Line] | None = None
    channel: Channel | None = None


Counts = Mapping[Show, int]
"""How many conversations the filters hold, counted up to COUNTED; those that are not counted are not in it."""


def lines(user: User) -> Sequence[Line]:
    """The lines whose conversations this person may see."""
    return db.session.scalars(Line.visible_to(user)).all()


def conversations(user: User, view: View) -> Page[Conversation]:
    """The conversations of a view that this person may see, latest first; the scheduled ones by what goes out next."""
    if view.show in ("scheduled", "failed"):
        return _asking(user, view)
    query = listed()
    if view.show == "mine":
        query = query.where(Conversation.id.in_(_latest_of(user, view)))
    elif view.show in ("all", "closed") and (
        view.line is not None or not user.is_admin or narrowed_to(view.channel) is not None
    ):
        query = query.where(Conversation.id.in_(_latest_by_line(user, view)))
    else:
        query = query.where(_shown(view.show), *here(user, view.line, view.lines, view.channel), *_after(view.before))
    rows = list(db.session.scalars(_latest(query, view.limit)))
    page = rows[: view.limit]
    return Page(page, _cursor(page[-1]) if len(rows) > view.limit else None)


def _asking(user: User, view: View) -> Page[Conversation]:
    """Conversations that ask for attention: a page as long as may be, and no more behind it."""
    some = _attention(user, view, view.show).limit(MOST_ROWS).subquery()
    order = some.c.place.desc() if view.show == "failed" else some.c.place
    query = listed().join(some, some.c.id == Conversation.id).order_by(order, Conversation.id)
    return Page(list(db.session.scalars(query)), None)


def _attention(user: User, view: View, show: Show) -> Select[Any]:
    conditions = here(user, view.line, view.lines, view.channel)
    return (attention.scheduled if show == "scheduled" else attention.failed)(conditions, view.line)


def _latest(query: Select[Any], limit: int) -> Select[Any]:
    """One row more than the limit tells whether there are older ones."""
    return query.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(limit + 1)


def _latest_by_line(user: User, view: View) -> CompoundSelect[Any] | Select[Any]:
    """The latest of each line, by each line's own index: a walk by date would pass all rows of lines not shown."""
    seen = [view.line] if view.line else lines(user) if view.lines is None else view.lines
    if (names := narrowed_to(view.channel)) is not None:
        seen = [line for line in seen if line.connection.provider in names]
    return _latest_of_each([[_shown(view.show), Conversation.line_id == line.id] for line in seen], view)


def _latest_of(user: User, view: View) -> CompoundSelect[Any] | Select[Any]:
    """The latest that are assigned to the person, and to each of the person's groups."""
    theirs = [[_shown("mine"), Conversation.assignee_id == user.id]]
    theirs += [[_shown("mine"), Conversation.assigned_group_id == group.id] for group in user.groups]
    return _latest_of_each(
        [[*conditions, *here(user, view.line, view.lines, view.channel)] for conditions in theirs], view
    )


def _latest_of_each(parts: Sequence[Sequence[Any]], view: View) -> CompoundSelect[Any] | Select[Any]:
    """The latest of several parts, each read by its own index."""
    if not parts:
        return select(Conversation.id).where(false())
    latest = [_latest(select(Conversation.id).where(*part, *_after(view.before)), view.limit) for part in parts]
    return union_all(*(select(each.subquery().c.id) for each in latest))


def listed() -> Select[Any]:
    """Conversations with what a row of the list shows of each: its line, and what became of an answer of ours."""
    latest = select(Message.status).where(Message.conversation_id == Conversation.id).order_by(Message.id.desc())
    of_ours = case((Conversation.last_direction == "out", latest.limit(1).correlate(Conversation).scalar_subquery()))
    options = joinedload(Conversation.line), with_expression(Conversation.status_of_ours, of_ours)
    return select(Conversation).options(*options)


def conversation(user: User, public_id: str) -> Conversation | None:
    """One conversation with what its number said of being texted; None when there is none or its line is not theirs."""
    query = listed().where(Conversation.public_id == public_id, *here(user, None))
    return db.session.scalar(query.options(joinedload(Conversation.opt_out)))


def counters(
    user: User, line: Line | None = None, lines: Sequence[Line] | None = None, channel: Channel | None = None
) -> Mapping[Show, Any]:
    """How many conversations each filter holds that asks for attention: parts of one statement."""
    view = View("mine", line, limit=COUNTED, lines=lines, channel=channel)
    parts: dict[Show, Select[Any]] = {show: _some(user, view, show) for show in ("unread", "unassigned", "not-linked")}
    parts["mine"] = select(_latest_of(user, view).subquery().c.id)
    parts |= {show: _attention(user, view, show) for show in ("scheduled", "failed")}
    return {show: _counted(part).label(show.replace("-", "_")) for show, part in parts.items()}


def unread_counter(user: User) -> Any:
    """Unread conversations on all of this person's lines, as part of another statement."""
    return _counted(_some(user, View(), "unread"))


def messages(conversation: Conversation, before: str | None = None, limit: int = PAGE) -> Page[Message]:
    """The newest messages of a conversation (before a message, by its public id), in the order they came."""
    query = select(Message).where(Message.conversation_id == conversation.id)
    if before:
        query = query.where(Message.id < select(Message.id).where(Message.public_id == before).scalar_subquery())
    query = query.options(*shown_at_a_message()).order_by(Message.id.desc())
    rows = list(db.session.scalars(query.limit(limit + 1)))
    page = rows[:limit][::-1]
    return Page(page, page[0].public_id if len(rows) > limit else None)


def shown_at_a_message() -> Sequence[Any]:
    """What a page shows of other tables at each message: who wrote it, by which rule, about which case."""
    run = joinedload(Message.run).load_only(Run.public_id, Run.rule_id)
    case_of = joinedload(Message.case).load_only(Record.public_id, Record.reference)
    return joinedload(Message.user), case_of, run.joinedload(Run.rule).load_only(Rule.name)


def around(conversation: Conversation, at: str, older: int, newer: int) -> tuple[list[Message], list[Message]]:
    """Up to so many messages of a conversation down to one of them (by its public id), that one being the last of
    them, and up to so many after it, in the order they came. Where it is not here, the newest, and none after them.
    """
    here = select(Message.id).where(Message.conversation_id == conversation.id)
    mark = here.where(Message.public_id == at).scalar_subquery()
    down_to = here.where(Message.id <= func.coalesce(mark, LAST_ROW)).order_by(Message.id.desc()).limit(older)
    after = here.where(Message.id > mark).order_by(Message.id).limit(newer)
    query = select(Message).where(Message.id.in_(gathering.all_of([down_to, after])))
    rows = list(db.session.scalars(query.options(*shown_at_a_message()).order_by(Message.id)))
    place = next((index for index, row in enumerate(rows) if row.public_id == at), len(rows))
    return rows[: place + 1], rows[place + 1 :]


def troubled(conversations: Sequence[Conversation]) -> set[int]:
    """Ids of those listed conversations whose latest message went out and did not arrive, or is in doubt."""
    return {row.id for row in conversations if row.status_of_ours in statuses.TROUBLE}


def mark_read(conversation: Conversation, seen: str | None = None) -> None:
    """Nothing in it is unread any more, except texts that came after the message `seen` (a public id)."""
    newest = select(Message.id).where(Message.public_id == seen).scalar_subquery() if seen else None
    later = 0
    if newest is not None:
        texts = select(func.count()).where(Message.conversation_id == conversation.id, Message.direction == "in")
        texts = texts.where(Message.reaction.is_(None))
        later = db.session.scalar(texts.where(Message.id > newest)) or 0
    conversation.unread = min(conversation.unread, later)


def here(
    user: User, line: Line | None, lines: Sequence[Line] | None = None, channel: Channel | None = None
) -> list[ColumnElement[bool]]:
    """Conditions: on one line, or on those open to the person (`lines`, where they were read), of one channel."""
    conditions: list[ColumnElement[bool]] = [_on([line.id])] if line is not None else []
    if (names := narrowed_to(channel)) is not None:
        of_channel = select(Line.id).join(Connection, Connection.id == Line.connection_id)
        conditions.append(_on(of_channel.where(Connection.provider.in_(sorted(names)))))
    if lines is not None and line in lines:
        return conditions
    if not user.is_admin:
        seen: Any = select(Line.id).where(Line.is_visible_to(user))
        conditions.append(_on(seen if lines is None else [each.id for each in lines]))
    return conditions


def _on(ids: Any) -> ColumnElement[bool]:
    """On these lines. PostgreSQL knows how many conversations those have, and walks the index that fits; SQLite does
    not, so 0 is added to keep it on the filter's own index.
    """
    return (Conversation.line_id if is_postgresql() else Conversation.line_id + 0).in_(ids)


def _shown(show: Show) -> Any:
    """Written out, as the partial indexes are: a bound value would keep SQLite from using them."""
    more = {"unassigned": f" AND {UNASSIGNED}", "not-linked": f" AND {NOT_LINKED}"}.get(show, "")
    return text({"unread": UNREAD, "closed": "state = 'closed'"}.get(show, "state = 'open'") + more)


def _some(user: User, view: View, show: Show) -> Select[Any]:
    return select(Conversation.id).where(_shown(show), *here(user, view.line, view.lines, view.channel))


def _counted(query: Select[Any]) -> Any:
    """How many rows there are, up to COUNTED, as part of another statement."""
    return select(func.count()).select_from(query.limit(COUNTED).subquery()).scalar_subquery()


def _cursor(row: Conversation) -> str:
    micros = (row.last_at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    return f"{micros}-{row.public_id}"


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    micros, _, public_id = (cursor or "").partition("-")
    if not re.fullmatch("[0-9]{1,17}", micros):
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(micros)), public_id


def _after(cursor: str | None) -> list[ColumnElement[bool]]:
    """Rows after the one that the cursor names, in the order of the list."""
    if (mark := _read_cursor(cursor)) is None:
        return []
    last_at, public_id = mark
    last_id = select(Conversation.id).where(Conversation.public_id == public_id).scalar_subquery()
    return [Conversation.last_at <= last_at, or_(Conversation.last_at < last_at, Conversation.id < last_id)]
