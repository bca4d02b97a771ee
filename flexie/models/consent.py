"""Who said no: the opt-out ledger, and every change to it."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from flexie.db import Base, BigId


class OptOut(Base):
    """A number that wants no texts from this account. Deleted when it opts in again; the changes stay."""

    __tablename__ = "opt_outs"

    number: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]


class ConsentChange(Base):
    """One line of the ledger's history: a number went out ("out") or came back ("in"), why, and by which text."""

    __tablename__ = "consent_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    change: Mapped[str]
    reason: Mapped[str]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    at: Mapped[datetime]
