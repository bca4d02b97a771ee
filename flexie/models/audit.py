"""Who changed what, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId
from flexie.models.rules import Run
from flexie.models.users import User

SUBJECTS = (
    "account", "person", "group", "token", "connection", "line", "field", "template", "rules", "rule", "webhook",
    "consent", "message", "record", "conversation",
)  # fmt: skip
"""Kinds of things that entries are about."""


class AuditEntry(Base):
    """One change of one thing, written in the transaction of the change and never changed itself.

    `subject` is one of SUBJECTS, `subject_id` its row (which SQLite gives to another thing once it was deleted), and
    `name` what it was called then (conversations have none). `did` is "created", "changed", "deleted" or "tagged", of
    conversations "assigned", "closed", "reopened" or "opened" (a document), or what else was done, in words; `changes`
    are the fields that changed (or "tags", "assigned to", "state"): name → [before, after], as they are stored, and
    never a secret. Done by a person, by a rule's run, or (none of both) by the system itself or a command.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "subject_id", "id"),
        Index("ix_audit_entries_at_id", "at", "id"),
        Index("ix_audit_entries_subject_at_id", "subject", "at", "id"),
        Index("ix_audit_entries_user_id_at_id", "user_id", "at", "id"),
        Index("ix_audit_entries_user_id_subject_at_id", "user_id", "subject", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigId)
    name: Mapped[str | None]
    did: Mapped[str]
    changes: Mapped[dict[str, Any]]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    user: Mapped[User | None] = relationship()
    run: Mapped[Run | None] = relationship()
