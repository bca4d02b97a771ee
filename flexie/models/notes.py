"""What colleagues write to each other between the messages of a conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.messages import Conversation
from flexie.models.users import User


class Note(Base):
    """A note in a conversation: for colleagues only, it is never sent. `intent` is the form that it came by."""

    __tablename__ = "notes"
    __table_args__ = (Index("ix_notes_conversation_id_id", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    intent: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    conversation: Mapped[Conversation] = relationship()
    user: Mapped[User] = relationship()
