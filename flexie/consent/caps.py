"""Limits that stop machines answering machines, and one person being told the same thing twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select

from flexie import clock
from flexie.consent.stops import Stop
from flexie.db import UtcDateTime, db
from flexie.models import Line, Message, Run, Settings
from flexie.statuses import WAITING

SAME_TEXT = timedelta(seconds=60)
RULE_PERIOD = timedelta(minutes=10)
NUMBER_PERIOD = timedelta(days=1)
LINE_PERIOD = timedelta(hours=1)


def reached(message: Message, settings: Settings) -> Stop | None:
    """Which limit keeps a rule's text from its number now, or None."""
    now = clock.now()
    run = db.session.get_one(Run, message.run_id)
    recent = _automatic_texts_to(message.to_number, message.id, settings.most_to_number)
    others = [row for row in recent if row.text == message.text and row.record_id != run.record_id]
    if any(abs(message.created_at - row.created_at) < SAME_TEXT or now - row.at < SAME_TEXT for row in others):
        return Stop("same text", "the same text went to this number less than a minute ago")
    if sum(now - row.at < NUMBER_PERIOD for row in recent) >= settings.most_to_number:
        return Stop("number cap", f"limit reached: {settings.most_to_number} automatic texts to one number in a day")
    if sum(row.rule_id == run.rule_id and now - row.at < RULE_PERIOD for row in recent) >= settings.most_of_rule:
        return Stop(
            "rule cap", f"limit reached: {settings.most_of_rule} texts from one rule to one number in 10 minutes"
        )
    return None


def full(line: Line, settings: Settings, now: datetime) -> Stop | None:
    """Whether so many automatic texts went through a line in this hour that the others wait for the next, or None."""
    hour = _hour(now)
    if line.automatic_hour != hour or line.automatic_count < settings.most_of_line:
        return None
    words = f"limit reached: {settings.most_of_line:,} automatic texts through one line in an hour; it goes on then"
    return Stop("line cap", words, hour + LINE_PERIOD)


def count(line: Line, now: datetime) -> None:
    """An automatic text goes through a line, whose row the claim holds."""
    hour = _hour(now)
    line.automatic_count = line.automatic_count + 1 if line.automatic_hour == hour else 1
    line.automatic_hour = hour


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _automatic_texts_to(number: str, but: int, most: int) -> Sequence[Row[tuple[str, int, int, datetime, datetime]]]:
    """The latest texts that rules really sent to a number, `at` when; as many as the largest limit looks at."""
    at = func.coalesce(Message.attempted_at, Message.created_at, type_=UtcDateTime()).label("at")
    query = (
        select(Message.text, Run.record_id, Run.rule_id, Message.created_at, at)
        .join(Run, Run.id == Message.run_id)
        .where(Message.to_number == number, Message.direction == "out", Message.id != but)
        .where(Message.status.not_in(("suppressed", "cancelled", *WAITING)))
        .order_by(Message.id.desc())
    )
    return db.session.execute(query.limit(most)).all()  # type: ignore[return-value]
