"""Searching the inbox: conversations by who is on the other side, and by what was written in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from flexie import finding, inbox, search
from flexie.db import db
from flexie.models import Conversation, ConversationLink, Line, Message, PhoneKey, Record, User

MOST_PEOPLE = 20  # conversations that are found by who is on the other side
MOST_TEXTS = 1_000  # of the newest texts that hold the words
MOST = 100  # conversations in one answer


@dataclass(frozen=True)
class Hit:
    """A conversation that was found. `message`: the newest one that holds the words, if one does."""

    conversation: Conversation
    message: Message | None


@dataclass(frozen=True)
class Found:
    """What a search found: people first, then texts, each newest first. `is_cut`: there is more than this."""

    people: list[Hit]
    texts: list[Hit]
    is_cut: bool


def conversations(user: User, sought: str, line: Line | None = None) -> Found:
    """The conversations this person may see, open and closed, that a search finds."""
    here = inbox.here(user, line)
    people = _people(sought, here)
    newest = _texts(sought, here)
    by_talk: dict[int, int] = {}
    for message_id, talk_id in newest:
        by_talk.setdefault(talk_id, message_id)
    of_people = {talk.id for talk in people}
    ids = [talk_id for talk_id in by_talk if talk_id not in of_people][:MOST]
    talks = _by_id(Conversation, ids, joinedload(Conversation.line))
    messages = _by_id(Message, by_talk.values() if len(by_talk) <= MOST else [by_talk[each] for each in ids])
    return Found(
        people=[Hit(talk, messages.get(by_talk.get(talk.id, 0))) for talk in people],
        texts=[Hit(talks[each], messages[by_talk[each]]) for each in ids if by_talk[each] in messages],
        is_cut=len(newest) == MOST_TEXTS or len(by_talk) > MOST or len(people) == MOST_PEOPLE,
    )


def _people(sought: str, here: list[ColumnElement[bool]]) -> list[Conversation]:
    """By numbers that begin like this, and by the records that are found by it."""
    fitting = select(Record.id).where(finding.fits(sought)).order_by(Record.id.desc()).limit(MOST)
    records = list(db.session.scalars(fitting))
    ways: list[ColumnElement[bool]] = []
    if records:
        linked = select(ConversationLink.conversation_id).where(ConversationLink.record_id.in_(records))
        ways.append(Conversation.number.in_(select(PhoneKey.e164).where(PhoneKey.record_id.in_(records))))
        ways.append(Conversation.id.in_(linked))
    ways += [search.begins(Conversation.number, prefix) for prefix in finding.beginnings(sought)]
    found: dict[int, Conversation] = {}
    for way in ways:  # one statement each: every way has an index of its own
        query = select(Conversation).where(way, *here).options(joinedload(Conversation.line))
        query = query.order_by(Conversation.last_at.desc()).limit(MOST_PEOPLE)
        found |= {talk.id: talk for talk in db.session.scalars(query)}
    return sorted(found.values(), key=lambda talk: (talk.last_at, talk.id), reverse=True)[:MOST_PEOPLE]


def _texts(sought: str, here: list[ColumnElement[bool]]) -> list[tuple[int, int]]:
    """The newest messages that hold all the words, with their conversations."""
    hits = search.messages(sought)
    if hits is None:
        return []
    hit = hits.subquery()
    query = select(Message.id, Message.conversation_id).join(hit, hit.c.id == Message.id)
    if here:
        query = query.join(Conversation, Conversation.id == Message.conversation_id).where(*here)
    query = query.where(Message.conversation_id.is_not(None)).order_by(hit.c.id.desc()).limit(MOST_TEXTS)
    return [(message_id, talk_id) for message_id, talk_id in db.session.execute(query)]


def _by_id(model: Any, ids: Iterable[int], *options: Any) -> dict[int, Any]:
    query = select(model).where(model.id.in_(list(ids))).options(*options)
    return {row.id: row for row in db.session.scalars(query)}
