"""Who said no: the opt-out ledger, and every change to it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.messages import Message
from flexie.models.users import User


class ConsentChange(Base):
    """One line of the ledger's history: a number went out ("out") or came back ("in"), why, and by which text.

    `how` is "text" (their own words), "provider" (it reported that they did so with it) or "hand" (`user` was told).
    """

    __tablename__ = "consent_changes"
    __table_args__ = (Index("ix_consent_changes_number_id", "number", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    number: Mapped[str]
    change: Mapped[str]
    how: Mapped[str]
    reason: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    message: Mapped[Message | None] = relationship()
    user: Mapped[User | None] = relationship()


class OptOut(Base):
    """A number that wants no texts from this account. Deleted when it opts in again; the changes stay."""

    __tablename__ = "opt_outs"
    __table_args__ = (Index("ix_opt_outs_since_number", "since", "number"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("consent_changes.id"))
    change: Mapped[ConsentChange | None] = relationship()
