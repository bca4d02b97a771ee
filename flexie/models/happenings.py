"""What happened to records and what clocks say, kept until the rules that it starts have been found."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from flexie.db import Base, BigId, new_public_id
from flexie.models.records import Record


class Happening(Base):
    """Something that may start rules: written in the transaction of what happened, deleted when rules have heard it.

    `kind` is "created", "changed" (`data`: field name → [before, after], as stored), "moment" (a rule's moment for a
    record came) or "dates" (dates of a record changed: rules with moments look again). `caused_by` is the rule whose
    run did it, `depth` how many runs stand behind it.
    """

    __tablename__ = "happenings"
    __table_args__ = (Index("ix_happenings_due_at_id", "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"))
    caused_by: Mapped[int | None]
    depth: Mapped[int] = mapped_column(default=0, server_default="0")
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    record: Mapped[Record] = relationship()


class RecordMoment(Base):
    """A date or moment in a field of a record, to be found by time.

    A date stands as its midnight in UTC. `set_at` is when it was filled in: moments that were past by then start
    nothing.
    """

    __tablename__ = "record_moments"
    __table_args__ = (Index("ix_record_moments_kind_field_at", "kind", "field", "at", "record_id"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("records.id", ondelete="CASCADE"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    set_at: Mapped[datetime]
    record: Mapped[Record] = relationship()


class SchedulePass(Base):
    """One moment of an `every` line, on its way through the records: those up to `after_id` have been looked at."""

    __tablename__ = "schedule_passes"
    __table_args__ = (Index("ix_schedule_passes_due_at", "due_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id", ondelete="CASCADE"))
    moment: Mapped[datetime]
    after_id: Mapped[int] = mapped_column(BigId, default=0, server_default="0")
    due_at: Mapped[datetime]
