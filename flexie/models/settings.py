"""What holds for the whole account: one row."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from flexie.db import Base, BigId, db


class Settings(Base):
    """The account's settings; the only row has id 1. `prefix` is Append Country Prefix ("+1"), or none.

    `send_later` are the presets of Send later, each {"label", "rule"} (flexie.presets); None: the usual ones.
    `rules_revision` grows with every change of the rules in force: workers compare it to know that their compiled
    rules are stale.
    """

    __tablename__ = "settings"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="UTC")
    prefix: Mapped[str | None]
    stop_words: Mapped[list[str]]
    start_words: Mapped[list[str]]
    help_words: Mapped[list[str]]
    stop_answer: Mapped[str]
    start_answer: Mapped[str]
    help_answer: Mapped[str]
    rules_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    business_hours: Mapped[dict[str, Any] | None]
    send_later: Mapped[list[Any] | None]
    starts_per_hour: Mapped[int] = mapped_column(default=3_000, server_default="3000")
    starts_before_pause: Mapped[int] = mapped_column(default=500, server_default="500")

    @classmethod
    def get(cls) -> "Settings":
        """The account's settings. Raises NoResultFound before the first migration has run."""
        return db.session.get_one(cls, 1)


class Heartbeat(Base):
    """When a process ("worker", "clock") was last seen alive, by any of its copies."""

    __tablename__ = "heartbeats"

    kind: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
