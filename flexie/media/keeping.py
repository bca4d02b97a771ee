"""Which files belong to which texts, and what was fetched of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from flexie import clock, live
from flexie.db import db, insert, lock, new_public_id
from flexie.models import Conversation, MediaBytes, MediaFile, Message


class CannotFetch(Exception):
    """A file that cannot be asked for again, with the reason."""


def expect(messages: Sequence[Message]) -> bool:
    """Note the files that came with these texts, so that they are fetched. Returns whether there are any."""
    rows = [
        {
            "public_id": new_public_id(),
            "message_id": message.id,
            "position": position,
            "url": item["url"],
            "declared": item.get("content_type"),
            "due_at": clock.now(),
        }
        for message in messages
        for position, item in enumerate(message.media or ())
    ]
    if rows:
        db.session.execute(insert(MediaFile).on_conflict_do_nothing(), rows)
    return bool(rows)


def of_messages(messages: Iterable[Message]) -> dict[int, list[MediaFile]]:
    """The files of messages, by message (row id), in their order. Asks for nothing when none has any."""
    ids = [message.id for message in messages if message.media]
    found: dict[int, list[MediaFile]] = defaultdict(list)
    if ids:
        query = select(MediaFile).where(MediaFile.message_id.in_(ids))
        for file in db.session.scalars(query.order_by(MediaFile.message_id, MediaFile.position)):
            found[file.message_id].append(file)
    return found


def in_conversation(conversation: Conversation, public_id: str) -> MediaFile | None:
    """A file that came with a text of this conversation, by its public id."""
    query = select(MediaFile).join(Message, Message.id == MediaFile.message_id)
    return db.session.scalar(query.where(MediaFile.public_id == public_id, Message.conversation_id == conversation.id))


def bytes_of(file: MediaFile) -> bytes | None:
    """What it holds, or None while it is not there."""
    return db.session.scalar(select(MediaBytes.data).where(MediaBytes.media_id == file.id))


def fetch_again(file: MediaFile) -> None:
    """Ask the provider once more for a file that was given up.

    Raises:
        CannotFetch: it is there already, or on its way.
    """
    lock(file)
    if file.state != "gone":
        raise CannotFetch("This is there already." if file.state == "kept" else "This is on its way.")
    file.state, file.error, file.tries, file.due_at = "waiting", None, 0, clock.now()
    live.changed(file.message.line_id)
