"""What holds for the whole account: one row."""

from datetime import datetime
from typing import Any

from sqlalchemy import true
from sqlalchemy.orm import Mapped, mapped_column

from flexie.db import Base, BigId, db


class Settings(Base):
    """The account's settings; the only row has id 1. `prefix` is Append Country Prefix ("+1"), or none.

    `send_later` are the presets of Send later, each {"label", "rule"} (flexie.presets); None: the usual ones.
    `rules_revision` grows with every change of the rules in force: workers compare it to know that their compiled
    rules are stale.

    Between `quiet_from` and `quiet_until` ("21:00", on the clock of whoever gets it) what machines send waits;
    `quiet_answers`: but for answers to a text of a moment ago. Of automatic texts, `most_to_number` go to one number in
    a day, `most_of_rule` from one rule to one number in 10 minutes, and `most_of_line` through one line in an hour.
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

    quiet_from: Mapped[str | None]
    quiet_until: Mapped[str | None]
    quiet_answers: Mapped[bool] = mapped_column(default=True, server_default=true())
    most_to_number: Mapped[int] = mapped_column(default=20, server_default="20")
    most_of_rule: Mapped[int] = mapped_column(default=5, server_default="5")
    most_of_line: Mapped[int] = mapped_column(default=3_000, server_default="3000")

    @classmethod
    def get(cls) -> "Settings":
        """The account's settings. Raises NoResultFound before the first migration has run."""
        return db.session.get_one(cls, 1)


class Heartbeat(Base):
    """When a process ("worker", "clock") was last seen alive, by any of its copies."""

    __tablename__ = "heartbeats"

    kind: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
