"""Links between conversations and records."""

from sqlalchemy import select

from flexie import clock
from flexie.db import db, insert
from flexie.models import Conversation, ConversationLink, Message, MessageLink, Record, User


def link(conversation: Conversation, record: Record, user: User | None = None) -> None:
    """Link a conversation to a record: its messages so far, and all that come. `user` is None if a rule does it."""
    values = {
        "conversation_id": conversation.id,
        "record_id": record.id,
        "user_id": user.id if user else None,
        "created_at": clock.now(),
    }
    db.session.execute(insert(ConversationLink).values(values).on_conflict_do_nothing())
    ids = db.session.scalars(select(Message.id).where(Message.conversation_id == conversation.id))
    rows = [{"message_id": message_id, "record_id": record.id} for message_id in ids]
    if rows:
        db.session.execute(insert(MessageLink).on_conflict_do_nothing(), rows)
    conversation.linked = True
