"""A record's timeline: its texts on the lines that one may see, and its runs, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from flexie.db import db
from flexie.models import Message, MessageLink, Record, Run, User
from flexie.web import access

PAGE = 30  # entries that one look brings


@dataclass(frozen=True)
class Entry:
    """One thing on the timeline: a message or a run."""

    at: datetime
    message: Message | None = None
    run: Run | None = None


def page(record: Record, user: User, before: str | None) -> tuple[list[Entry], str | None]:
    """Entries older than the cursor `before`, and the cursor for the ones after them, or None at the end."""
    text_mark, _, run_mark = (before or "").partition("-")
    texts = db.session.scalars(_texts(record, user, text_mark).limit(PAGE + 1)).all()
    runs = db.session.scalars(_runs(record, user, run_mark).limit(PAGE + 1)).all()
    entries = [Entry(message.created_at, message=message) for message in texts]
    entries += [Entry(run.started_at, run=run) for run in runs]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    shown = entries[:PAGE]
    return shown, _cursor(shown, text_mark, run_mark) if len(entries) > PAGE else None


def _texts(record: Record, user: User, mark: str) -> Select[Any]:
    """Texts linked to the record, by the index of links: newest first without sorting."""
    query = select(Message).join(MessageLink, MessageLink.message_id == Message.id)
    query = query.where(MessageLink.record_id == record.id, access.messages(user))
    if mark:
        last_id = select(Message.id).where(Message.public_id == mark).scalar_subquery()
        query = query.where(MessageLink.message_id < last_id)
    query = query.options(joinedload(Message.user), joinedload(Message.line), joinedload(Message.conversation))
    return query.options(joinedload(Message.case)).order_by(MessageLink.message_id.desc())


def _runs(record: Record, user: User, mark: str) -> Select[Any]:
    query = select(Run).where(Run.record_id == record.id, access.runs(user)).options(joinedload(Run.rule))
    if mark:
        query = query.where(Run.id < select(Run.id).where(Run.public_id == mark).scalar_subquery())
    return query.order_by(Run.id.desc())


def _cursor(shown: Sequence[Entry], text_mark: str, run_mark: str) -> str:
    """The last text and the last run that were shown, so that each goes on by its own index."""
    texts = [entry.message.public_id for entry in shown if entry.message]
    runs = [entry.run.public_id for entry in shown if entry.run]
    return f"{texts[-1] if texts else text_mark}-{runs[-1] if runs else run_mark}"
