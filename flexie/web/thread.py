"""One conversation as a page shows it: messages, and between them notes and what colleagues did."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flexie import clock, inbox, phones, reactions
from flexie.models import AuditEntry, Conversation, MediaFile, Message, Note, Record, Run, Settings, ShortLink
from flexie.web import paging, people
from flexie.web.between import Between, Stretch, between

AROUND = 20  # messages before and after one that was looked for
MOST_NEWER = inbox.MOST_ROWS - AROUND  # that are shown after it, down to the newest


@dataclass(frozen=True)
class Item:
    """One thing in a thread: a message, a note, or an entry of the audit log.

    A text that was written for later stands where it goes out (`is_later`); where it was written, nothing is seen of it
    (`is_elsewhere`). So it is with a reaction, which stands on the text that it is about.
    """

    at: datetime
    message: Message | None = None
    is_later: bool = False
    is_elsewhere: bool = False
    note: Note | None = None
    entry: AuditEntry | None = None


def shown(
    conversation: Conversation, before: str | None = None, at: str | None = None, known: Sequence[Record] | None = None
) -> dict[str, Any]:
    """What the thread's templates need: messages, runs, documents' links, and a fingerprint of it all.

    With `at` (a message's public id): as many as it takes to show that message, which is far back perhaps. Where that
    would be too many, a stretch around it, `is_past`. `known`: the records of the conversation, where they were read.
    """
    is_past = False
    if at:
        found, before = _around(conversation, at)
        is_past = before is not None
    else:
        found = inbox.messages(conversation, before, paging.rows_wanted())
    since = found.rows[0].created_at if found.older and found.rows else None
    there = between(Stretch(conversation, since, before), found.rows)
    placed = reactions.among([*found.rows, *there.later])
    put_off = {message.id for message in there.later}  # perhaps since it was read
    items = _items(found.rows, there, placed.moved | put_off)
    messages = [item.message for item in items if item.message]
    return {
        "conversation": conversation,
        "messages": found.rows,
        "items": items,
        "earlier": found.older,
        "is_past": is_past,
        "at": at if any(message.public_id == at for message in found.rows) else None,
        "runs": runs_of(messages),
        "links": there.links,
        "media": there.files,
        "reactions": placed.shown,
        "writer": _writer(conversation, known) if there.files or placed.shown else "",
        "thread_seen": _fingerprint(
            conversation, items, [*_looks(there.links), *_fetched(there.files), *_put(placed.shown)]
        ),
    }


def _around(conversation: Conversation, at: str) -> tuple[inbox.Page[Message], str | None]:
    """The messages around one; and the public id of the first that is left out behind them, None where none is."""
    wanted = max(paging.rows_wanted(), AROUND)
    older, newer = inbox.around(conversation, at, wanted + 1, MOST_NEWER)
    before = newer[AROUND].public_id if len(newer) == MOST_NEWER else None
    newer = newer[:AROUND] if before else newer
    limit = max(wanted - len(newer), AROUND)
    rows = [*older[-limit:], *newer]
    return inbox.Page(rows, rows[0].public_id if len(older) > limit else None), before


def _writer(conversation: Conversation, known: Sequence[Record] | None) -> str:
    """Who writes to us here: the person if there is one, else the number as people read it."""
    known = people.records_of([conversation])[conversation.id] if known is None else known
    return known[0].title if known else phones.for_people(conversation.number, Settings.get().prefix)


def _items(found: Sequence[Message], there: Between, elsewhere: Collection[int]) -> list[Item]:
    """Messages, notes and entries of one stretch of time, in order; at its end what is still to go."""
    items = [
        Item(each.created_at, message=each, is_elsewhere=each.is_for_later or each.id in elsewhere) for each in found
    ]
    items += [Item(each.due_at, message=each, is_later=True) for each in there.later]  # type: ignore[arg-type]
    items += [Item(each.created_at, note=each) for each in there.notes]
    items += [Item(each.at, entry=each) for each in there.entries]
    return sorted(items, key=lambda item: item.at)


def runs_of(messages: Sequence[Message]) -> dict[int, Run]:
    """The runs that sent some of these messages, by row id, each with its rule."""
    return {message.run_id: message.run for message in messages if message.run_id and message.run}


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


def _put(reacting: Mapping[int, Message]) -> list[object]:
    return [(on_id, each.reaction) for on_id, each in sorted(reacting.items())]


def _plan(message: Message) -> tuple[object, ...]:
    """What people can change about a text that waits."""
    can_be = message.can_be_changed(clock.now())
    return (message.text, message.due_at, message.unless_reply, can_be) if message.is_waiting else ()
