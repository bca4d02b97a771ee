"""Who changed what, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId
from flexie.models.rules import Run
from flexie.models.users import User


class AuditEntry(Base):
    """One change of one thing, written in the transaction of the change and never changed itself.

    `subject` names the kind of thing ("record", "conversation") and `subject_id` its row. `did` is "created",
    "changed" or "tagged", of conversations "assigned", "closed", "reopened" or "opened" (a document); `changes` are
    the fields that changed (or "tags", "assigned to", "state"): name → [before, after], as they are stored. Done by a
    person, by a rule's run, or (none of both) by the system itself.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    did: Mapped[str]
    changes: Mapped[dict[str, Any]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    user: Mapped[User | None] = relationship()
    run: Mapped[Run | None] = relationship()
