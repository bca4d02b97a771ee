"""Scheduled texts that are not to go once the other side has written first."""

from collections.abc import Sequence

from sqlalchemy import select

from flexie import clock, questions
from flexie.db import db, written_out
from flexie.models import Message
from flexie.statuses import WAITING

REASON = "They wrote first."


def cancel(incoming: Sequence[Message]) -> None:
    """Cancel what such texts overtake, in the transaction that matches them to their records.

    Messages are locked before conversations are, as a claim locks them.
    """
    newest: dict[int, int] = {}
    for text in incoming:
        newest[text.conversation_id] = max(newest.get(text.conversation_id, 0), text.id)
    query = select(Message).where(
        Message.conversation_id.in_(sorted(newest)),
        written_out(Message.status, WAITING),
        Message.unless_reply.is_(True),
    )
    for waiting in db.session.scalars(query.order_by(Message.id).with_for_update(of=Message, key_share=True)):
        if waiting.id < newest[waiting.conversation_id]:
            _cancel(waiting)


def stops(message: Message) -> bool:
    """Cancel a message that is about to be claimed if a text that nobody worked through yet overtook it."""
    if not message.unless_reply:
        return False
    later = select(Message.id).where(Message.conversation_id == message.conversation_id, Message.id > message.id)
    if db.session.scalar(later.where(Message.direction == "in", Message.reaction.is_(None)).limit(1)) is None:
        return False
    _cancel(message)
    return True


def _cancel(message: Message) -> None:
    message.status, message.error, message.failed_at = "cancelled", REASON, clock.now()
    questions.never_sent(message)
