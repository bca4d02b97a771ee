"""One conversation as a page shows it: messages, and between them notes and what colleagues did."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import inbox, media, phones
from flexie.db import db
from flexie.documents import links
from flexie.models import AuditEntry, Conversation, MediaFile, Message, Note, Run, Settings, ShortLink
from flexie.web import paging, people

AROUND = 20  # messages before and after one that was looked for
MOST_NEWER = inbox.MOST_ROWS - AROUND  # that are shown after it, down to the newest
MOST_BETWEEN = 400  # notes, and entries of the audit log, that one page shows


@dataclass(frozen=True)
class Item:
    """One thing in a thread: a message, a note, or an entry of the audit log.

    A text that was written for later stands where it goes out (`is_later`); where it was written, nothing is seen of it
    (`is_elsewhere`).
    """

    at: datetime
    message: Message | None = None
    is_later: bool = False
    is_elsewhere: bool = False
    note: Note | None = None
    entry: AuditEntry | None = None


def shown(conversation: Conversation, before: str | None = None, at: str | None = None) -> dict[str, Any]:
    """What the thread's templates need: messages, runs, documents' links, and a fingerprint of it all.

    With `at` (a message's public id): as many as it takes to show that message, which is far back perhaps. Where that
    would be too many, a stretch around it, `is_past`.
    """
    newer = inbox.newer(conversation, at, MOST_NEWER) if at else []
    is_past = len(newer) == MOST_NEWER
    if is_past:
        before = newer[AROUND]
    found = inbox.messages(conversation, before, max(paging.rows_wanted(), 0 if is_past else len(newer) + AROUND))
    items = _items(conversation, found, before)
    messages = [item.message for item in items if item.message]
    shared = links.of_messages(message.id for message in messages if links.PATH in message.text)
    files = media.of_messages(messages)
    return {
        "conversation": conversation,
        "messages": found.rows,
        "items": items,
        "earlier": found.older,
        "is_past": is_past,
        "at": at if newer or (at and found.rows and found.rows[-1].public_id == at) else None,
        "runs": runs_of(messages),
        "links": shared,
        "media": files,
        "writer": _writer(conversation) if files else "",
        "thread_seen": _fingerprint(conversation, items, [*_looks(shared), *_fetched(files)]),
    }


def _writer(conversation: Conversation) -> str:
    """Who writes to us here: the person if there is one, else the number as people read it."""
    known = people.records_of([conversation])[conversation.id]
    return known[0].title if known else phones.for_people(conversation.number, Settings.get().prefix)


def _items(conversation: Conversation, found: inbox.Page[Message], before: str | None) -> list[Item]:
    """Messages, notes and entries of one stretch of time, in order; at its end what is still to go."""
    since = found.rows[0].created_at if found.older and found.rows else None
    query = select(Message.created_at).where(Message.public_id == before)
    until = db.session.scalar(query) if before else None
    notes = select(Note).where(Note.conversation_id == conversation.id, *_within(Note.created_at, since, until))
    entries = select(AuditEntry).where(AuditEntry.subject == "conversation", AuditEntry.subject_id == conversation.id)
    entries = entries.where(*_within(AuditEntry.at, since, until))
    entries = entries.options(joinedload(AuditEntry.user), joinedload(AuditEntry.run).joinedload(Run.rule))
    items = [Item(each.created_at, message=each, is_elsewhere=each.is_for_later) for each in found.rows]
    items += [Item(each.due_at, message=each, is_later=True) for each in _later(conversation, since, until)]  # type: ignore[arg-type]
    for note in db.session.scalars(notes.options(joinedload(Note.user)).order_by(Note.id.desc()).limit(MOST_BETWEEN)):
        items.append(Item(note.created_at, note=note))
    for entry in db.session.scalars(entries.order_by(AuditEntry.id.desc()).limit(MOST_BETWEEN)):
        items.append(Item(entry.at, entry=entry))
    return sorted(items, key=lambda item: item.at)


def _later(conversation: Conversation, since: datetime | None, until: datetime | None) -> Sequence[Message]:
    """Texts that were written for later and went out, or are to go out, in a stretch of time."""
    query = select(Message).where(Message.conversation_id == conversation.id, Message.was_for_later)
    query = query.where(Message.status != "cancelled", *_within(Message.due_at, since, until))
    query = query.options(joinedload(Message.user), joinedload(Message.case))
    return db.session.scalars(query.order_by(Message.due_at.desc(), Message.id.desc()).limit(MOST_BETWEEN)).all()[::-1]


def _within(moment: Any, since: datetime | None, until: datetime | None) -> list[Any]:
    return [*([moment >= since] if since else []), *([moment < until] if until else [])]


def runs_of(messages: Sequence[Message]) -> dict[int, Run]:
    """The runs that sent some of these messages, by row id, each with its rule."""
    ids = {message.run_id for message in messages if message.run_id}
    if not ids:
        return {}
    return {run.id: run for run in db.session.scalars(select(Run).where(Run.id.in_(ids)).options(joinedload(Run.rule)))}


def _fingerprint(conversation: Conversation, items: Sequence[Item], beside: Sequence[object]) -> str:
    """Changes with every new message, status, note and unread count, and with what stands `beside` the messages."""
    parts = [
        (item.message.id, item.message.status, item.message.provider_status, item.message.error, *_plan(item.message))
        if item.message
        else (item.note.id if item.note else None, item.entry.id if item.entry else None)
        for item in items
    ]
    return hashlib.sha256(repr((conversation.unread, parts, beside)).encode()).hexdigest()[:20]


def _looks(shared: Mapping[int, Sequence[ShortLink]]) -> list[object]:
    return [(link.id, link.opens, link.revoked_at) for found in shared.values() for link in found]


def _fetched(files: Mapping[int, Sequence[MediaFile]]) -> list[object]:
    return [(each.id, each.state, each.error) for found in files.values() for each in found]


def _plan(message: Message) -> tuple[object, ...]:
    """What people can change about a text that waits."""
    return (message.text, message.due_at, message.unless_reply) if message.is_waiting else ()
