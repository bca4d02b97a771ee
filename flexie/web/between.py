"""What stands between the messages of a conversation, and at them: one statement for all of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager

from flexie import gathering
from flexie.documents import links
from flexie.models import (
    AuditEntry,
    Conversation,
    Document,
    MediaFile,
    Message,
    Note,
    Record,
    Rule,
    Run,
    ShortLink,
    User,
)

MOST = 400  # texts for later, notes, and entries of the audit log: of each, so many of one stretch are shown


@dataclass(frozen=True)
class Between:
    """Texts for later in the order in which they go out, notes and entries in the order in which they came to be.

    By message (row id): the links to documents that it brought, and the files that came with it, in their order.
    """

    later: Sequence[Message]
    notes: Sequence[Note]
    entries: Sequence[AuditEntry]
    links: Mapping[int, list[ShortLink]]
    files: Mapping[int, list[MediaFile]]


@dataclass(frozen=True)
class Stretch:
    """A part of a conversation: from the moment `since` on (aware UTC), up to the message `before` (a public id)."""

    conversation: Conversation
    since: datetime | None
    before: str | None

    def holds(self, moment: Any) -> list[ColumnElement[bool]]:
        """The condition for what happened in it."""
        until = select(Message.created_at).where(Message.public_id == self.before).scalar_subquery()
        return [*([moment >= self.since] if self.since else []), *([moment < until] if self.before else [])]


def between(stretch: Stretch, messages: Sequence[Message]) -> Between:
    """What stands in a stretch whose messages these are."""
    ids = _ids(stretch, messages)
    found = gathering.rows(_joined(gathering.query(ids), ids), ids)
    return Between(
        later=sorted(found[Message], key=lambda message: (message.due_at, message.id)),
        notes=found[Note],
        entries=found[AuditEntry],
        links=_by_message(found.get(ShortLink, [])),
        files=_by_message(sorted(found.get(MediaFile, []), key=lambda file: file.position)),
    )


def _by_message(found: Iterable[Any]) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for each in found:
        grouped[each.message_id].append(each)
    return grouped


def _ids(stretch: Stretch, messages: Sequence[Message]) -> dict[type[Any], Select[Any]]:
    later = _later(stretch)
    ids: dict[type[Any], Select[Any]] = {
        Message: later,
        Note: _newest(Note, Note.conversation_id == stretch.conversation.id, *stretch.holds(Note.created_at)),
        AuditEntry: _newest(
            AuditEntry,
            AuditEntry.subject == "conversation",
            AuditEntry.subject_id == stretch.conversation.id,
            *stretch.holds(AuditEntry.at),
        ),
    }
    if linking := [message.id for message in messages if links.PATH in message.text]:
        ids[ShortLink] = _of(ShortLink, linking, later)
    if bringing := [message.id for message in messages if message.media]:
        ids[MediaFile] = _of(MediaFile, bringing, later)
    return ids


def _later(stretch: Stretch) -> Select[Any]:
    """Texts that were written for later and went out, or are to go out, in this stretch."""
    query = select(Message.id).where(Message.conversation_id == stretch.conversation.id, Message.was_for_later)
    query = query.where(Message.status != "cancelled", *stretch.holds(Message.due_at))
    return query.order_by(Message.due_at.desc(), Message.id.desc()).limit(MOST)


def _newest(model: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(model.id).where(*conditions).order_by(model.id.desc()).limit(MOST)


def _of(model: Any, messages: Sequence[int], later: Select[Any]) -> Select[Any]:
    return select(model.id).where(or_(model.message_id.in_(messages), model.message_id.in_(later)))


def _joined(query: Select[Any], ids: Mapping[type[Any], Any]) -> Select[Any]:
    """With who did it, by which rule, about which case: each joined once, whatever it is that it belongs to."""
    query = query.outerjoin(User, User.id == func.coalesce(Message.user_id, Note.user_id, AuditEntry.user_id))
    query = query.outerjoin(Run, Run.id == func.coalesce(Message.run_id, AuditEntry.run_id)).outerjoin(Run.rule)
    query = query.outerjoin(Message.case)
    for model in (Message, Note, AuditEntry):
        query = query.options(contains_eager(model.user))
    for model in (Message, AuditEntry):
        run = contains_eager(model.run).load_only(Run.public_id, Run.rule_id)
        query = query.options(run.contains_eager(Run.rule).load_only(Rule.name))
    query = query.options(contains_eager(Message.case).load_only(Record.public_id, Record.reference))
    if ShortLink in ids:
        document = contains_eager(ShortLink.document)
        query = query.outerjoin(Document, Document.id == ShortLink.document_id).options(document)
    return query
