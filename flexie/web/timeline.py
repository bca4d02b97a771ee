"""A record's timeline: its texts and notes on the lines that one may see, and its runs, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from flexie import gathering, inbox, phones
from flexie.db import db
from flexie.models import Conversation, ConversationLink, Line, Message, MessageLink, Note, Record, Run, User
from flexie.web import access

PAGE = 30  # entries that one look brings
TALKS = 100  # conversations of one record whose notes are shown


@dataclass(frozen=True)
class Entry:
    """One thing on the timeline: a message, a run, or a note."""

    at: datetime
    message: Message | None = None
    run: Run | None = None
    note: Note | None = None


def page(record: Record, user: User, before: str | None) -> tuple[list[Entry], str | None]:
    """Entries older than the cursor `before`, and the cursor for the ones after them, or None at the end."""
    text_mark, run_mark, note_mark = [*(before or "").split("-"), "", "", ""][:3]
    texts = db.session.scalars(_texts(record, user, text_mark).limit(PAGE + 1)).all()
    runs = db.session.scalars(_runs(record, user, run_mark).limit(PAGE + 1)).all()
    notes = db.session.scalars(_notes(record, user, note_mark).limit(PAGE + 1)).all()
    entries = [Entry(message.created_at, message=message) for message in texts]
    entries += [Entry(run.started_at, run=run) for run in runs]
    entries += [Entry(note.created_at, note=note) for note in notes]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    shown = entries[:PAGE]
    return shown, _cursor(shown, text_mark, run_mark, note_mark) if len(entries) > PAGE else None


def _texts(record: Record, user: User, mark: str) -> Select[Any]:
    """Texts linked to the record, by the index of links: newest first without sorting."""
    query = select(Message).join(MessageLink, MessageLink.message_id == Message.id)
    query = query.where(MessageLink.record_id == record.id, access.messages(user))
    if mark:
        last_id = select(Message.id).where(Message.public_id == mark).scalar_subquery()
        query = query.where(MessageLink.message_id < last_id)
    query = query.options(*inbox.shown_at_a_message(), joinedload(Message.line), joinedload(Message.conversation))
    return query.order_by(MessageLink.message_id.desc())


def _runs(record: Record, user: User, mark: str) -> Select[Any]:
    query = select(Run).where(Run.record_id == record.id, access.runs(user)).options(joinedload(Run.rule))
    if mark:
        query = query.where(Run.id < select(Run.id).where(Run.public_id == mark).scalar_subquery())
    return query.order_by(Run.id.desc())


def _notes(record: Record, user: User, mark: str) -> Select[Any]:
    """Notes in the conversations with the record's numbers, and in those that people linked to it."""
    query = select(Note).where(Note.conversation_id.in_(_talks(record, user)))
    if mark:
        query = query.where(Note.id < select(Note.id).where(Note.public_id == mark).scalar_subquery())
    return query.options(joinedload(Note.user), joinedload(Note.conversation)).order_by(Note.id.desc())


def _talks(record: Record, user: User) -> Select[Any]:
    """Ids of the newest conversations that one may see, by number and by hand: each way has an index of its own."""
    numbers = {spelling for key in record.phone_keys if key.e164 for spelling in phones.match_keys(key.e164)}
    by_hand = select(ConversationLink.conversation_id).where(ConversationLink.record_id == record.id)
    seen = Conversation.line_id.in_(select(Line.id).where(Line.is_visible_to(user)))
    ways = (
        [Conversation.number.in_(numbers), Conversation.id.in_(by_hand)] if numbers else [Conversation.id.in_(by_hand)]
    )
    newest = [select(Conversation.id).where(way, seen).order_by(Conversation.id.desc()).limit(TALKS) for way in ways]
    return gathering.all_of(newest)


def _cursor(shown: Sequence[Entry], text_mark: str, run_mark: str, note_mark: str) -> str:
    """The last text, run and note that were shown, so that each goes on by its own index."""
    texts = [entry.message.public_id for entry in shown if entry.message]
    runs = [entry.run.public_id for entry in shown if entry.run]
    notes = [entry.note.public_id for entry in shown if entry.note]
    marks = (texts, text_mark), (runs, run_mark), (notes, note_mark)
    return "-".join(found[-1] if found else mark for found, mark in marks)
