"""Searching the inbox: conversations by who is on the other side, and by what was written in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, literal_column, null, select

from flexie import finding, gathering, inbox, search
from flexie.channels import Channel
from flexie.db import db
from flexie.models import Conversation, ConversationLink, Line, Message, PhoneKey, User

MOST_PEOPLE = 20  # conversations that are found by who is on the other side
MOST = 100  # conversations in one answer
MOST_TEXTS = 1_000  # of the newest that hold the words
MOST_WALKED = 60  # of the newest texts, where more than search.FEW hold the words: a line may have few of those


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


def conversations(
    user: User,
    sought: str,
    line: Line | None = None,
    lines: Sequence[Line] | None = None,
    channel: Channel | None = None,
) -> Found:
    """The conversations this person may see, open and closed, that a search finds. `lines`: see `inbox.here`."""
    here = inbox.here(user, line, lines, channel)
    by_person, newest, most = _ids(sought, here)
    by_talk: dict[int, int] = {}
    for message_id, talk_id in newest:
        by_talk.setdefault(talk_id, message_id)
    by_text = [talk_id for talk_id in by_talk if talk_id not in by_person][:MOST]
    hits = _hits([*by_person, *by_text], by_talk)
    people = [hits[talk_id] for talk_id in by_person if talk_id in hits]
    people.sort(key=lambda hit: (hit.conversation.last_at, hit.conversation.id), reverse=True)
    return Found(
        people=people[:MOST_PEOPLE],
        texts=[hits[talk_id] for talk_id in by_text if talk_id in hits],
        is_cut=len(newest) == most or len(by_talk) > MOST or len(people) >= MOST_PEOPLE,
    )


def _ids(sought: str, here: list[ColumnElement[bool]]) -> tuple[set[int], list[tuple[int, int]], int]:
    """Conversations by who is on the other side; the newest messages that hold the words, with theirs; and how many of
    those can have been found.
    """
    ways = [*_by_person(sought, here), *_texts(sought, here)]
    found = db.session.execute(gathering.all_of(ways)).all() if ways else []
    newest = sorted(((row.message_id, row.talk_id) for row in found if row.message_id is not None), reverse=True)
    most = max((row.most for row in found), default=0)
    return {row.talk_id for row in found if row.message_id is None}, newest, most


def _by_person(sought: str, here: list[ColumnElement[bool]]) -> list[Select[Any]]:
    """By numbers that begin like this, and by the records that are found by it; every way has an index of its own."""
    talks: Any = select(Conversation.id.label("talk_id"), cast(null(), Integer).label("message_id"))
    talks = talks.add_columns(literal_column("0").label("most"))
    ways = [search.begins(Conversation.number, prefix) for prefix in finding.beginnings(sought)]
    if found := finding.ways(sought):
        ways += _linked_to(found)
    return [talks.where(way, *here).order_by(Conversation.last_at.desc()).limit(MOST_PEOPLE) for way in ways]


def _linked_to(found: Iterable[Select[Any]]) -> list[ColumnElement[bool]]:
    """By the numbers of the newest of the records that were found, and by links to them."""
    ways = [way.subquery() for way in found]
    fitting = gathering.all_of([select(way.c.id).order_by(way.c.id.desc()).limit(MOST) for way in ways]).cte("fitting")
    numbers = select(PhoneKey.e164).join(fitting, fitting.c.id == PhoneKey.record_id)
    linked = select(ConversationLink.conversation_id).join(fitting, fitting.c.id == ConversationLink.record_id)
    return [Conversation.number.in_(numbers), Conversation.id.in_(linked)]


def _texts(sought: str, here: list[ColumnElement[bool]]) -> list[Select[Any]]:
    """The newest messages that hold all the words, with their conversations."""
    hits = search.messages(sought)
    if hits is None:
        return []
    first, *walks = hits.ways()
    return [_newest(first, here, MOST_TEXTS), *(_newest(walk, here, MOST_WALKED) for walk in walks)]


def _newest(hits: Select[Any], here: list[ColumnElement[bool]], most: int) -> Select[Any]:
    hit = hits.subquery()
    query: Any = select(Message.conversation_id.label("talk_id"), Message.id.label("message_id"))
    query = query.add_columns(literal_column(str(most)).label("most")).join(hit, hit.c.id == Message.id)
    if here:
        query = query.join(Conversation, Conversation.id == Message.conversation_id).where(*here)
    return query.where(Message.conversation_id.is_not(None)).order_by(hit.c.id.desc()).limit(most)


def _hits(talks: Iterable[int], by_talk: dict[int, int]) -> dict[int, Hit]:
    """What is shown of conversations (row ids), with the newest message of each that holds the words."""
    ids = list(talks)
    shown = [by_talk[talk_id] for talk_id in ids if talk_id in by_talk]
    of_talk = and_(Message.conversation_id == Conversation.id, Message.id.in_(shown))
    query = inbox.listed().add_columns(Message).outerjoin(Message, of_talk).where(Conversation.id.in_(ids))
    return {talk.id: Hit(talk, message) for talk, message in db.session.execute(query)} if ids else {}
