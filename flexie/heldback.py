"""Texts that the gate held back: those that were not sent, each with the reason, and those that wait because of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, literal_column, select
from sqlalchemy.orm import joinedload

from flexie.db import db, written_out
from flexie.models import Message, Run
from flexie.statuses import WAITING

MOST_WAITING = 200  # of those that are put off, the ones that go first


@dataclass(frozen=True)
class Page:
    """Some texts that were not sent, the newest first, and the row id to go on behind."""

    rows: Sequence[Message]
    older: int | None


def not_sent(kind: str | None, before: int | None, size: int) -> Page:
    """Texts that were not sent, of one kind of reason (of flexie.consent.stops) or all."""
    query = _with_all(select(Message).where(Message.status == "suppressed")).order_by(Message.id.desc())
    if kind:
        query = query.where(Message.stopped_by == kind)
    if before is not None:
        query = query.where(Message.id < before)
    rows = db.session.scalars(query.limit(size + 1)).all()
    return Page(rows[:size], rows[size - 1].id if len(rows) > size else None)


def put_off() -> Sequence[Message]:
    """Texts that wait for the end of quiet hours, or for the next hour of their line; the next ones first."""
    status = Message.status.op("||")(literal_column("''"))  # spelled as the partial index is
    query = select(Message).where(written_out(status, WAITING), Message.stopped_by.is_not(None))
    return db.session.scalars(_with_all(query).order_by(Message.due_at, Message.id).limit(MOST_WAITING)).all()


def _with_all(query: Select[Any]) -> Select[Any]:
    return query.options(
        joinedload(Message.line),
        joinedload(Message.user),
        joinedload(Message.conversation),
        joinedload(Message.run).joinedload(Run.rule),
    )
