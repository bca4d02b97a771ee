"""How a line is doing: what its webhooks brought, what waits, and how its latest texts went."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from flexie import clock, db, wentwrong
from flexie.models import Line, Message
from flexie.models.lines import LATELY
from flexie.statuses import WAITING

LATEST = 100
"""So many of a line's latest texts tell its error rate."""

AGAIN_WITHIN = timedelta(hours=1)
"""What is tried again is due within this time: a provider is not let ask for a longer pause."""

BAD = ("failed", "undelivered")
TAKEN = ("accepted", "sent", "delivered")
DOUBTFUL = ("unknown", "held")


@dataclass(frozen=True)
class Health:
    """Counts are of texts; `waiting` are due or tried again, and not handed over yet, since `waiting_since`.

    Of the latest `sent`, the provider took `taken`, `failed` came to nothing, `doubtful` have an outcome that nobody
    knows; `reasons` are the most frequent words of failures with their counts.
    """

    waiting: int
    waiting_since: datetime | None
    sent: int
    taken: int
    failed: int
    doubtful: int
    reasons: tuple[tuple[str, int], ...]


def of(line: Line) -> Health:
    """A line's health, by four short queries."""
    now = clock.now()
    is_late = or_(Message.due_at <= now, Message.attempted_at.is_not(None))
    soon = now + AGAIN_WITHIN  # what is written for later days need not be passed
    due = select(func.count(), func.min(func.coalesce(Message.attempted_at, Message.due_at))).where(
        Message.line_id == line.id, Message.due_at <= soon, db.written_out(Message.status, WAITING), is_late
    )
    waiting, since = db.db.session.execute(due).one()
    latest = (
        select(Message.status, Message.error, Message.error_code)
        .where(Message.line_id == line.id, Message.direction == "out", Message.attempted_at.is_not(None))
        .where(Message.status.not_in((*WAITING, "sending")))
        .order_by(Message.id.desc())
        .limit(LATEST)
    )
    rows = db.db.session.execute(latest).all()
    provider = line.connection.provider
    reasons = Counter(wentwrong.in_words(provider, row.error, row.error_code) for row in rows if row.status in BAD)
    return Health(
        waiting=waiting,
        waiting_since=since,
        sent=len(rows),
        taken=sum(row.status in TAKEN for row in rows),
        failed=sum(row.status in BAD for row in rows),
        doubtful=sum(row.status in DOUBTFUL for row in rows),
        reasons=tuple(reasons.most_common(3)),
    )


def heard(line_ids: set[int], what: str) -> None:
    """Webhooks of lines brought something: `what` is "inbound" or "receipt". In a transaction of its own, as nobody
    who holds a line's row may wait for a conversation; written at most once in LATELY for a line.
    """
    column = Line.last_inbound_at if what == "inbound" else Line.last_receipt_at
    with db.transaction():
        now = clock.now()
        stale = or_(column.is_(None), column < now - LATELY)
        for line_id in sorted(line_ids):
            db.db.session.execute(update(Line).where(Line.id == line_id, stale).values({column: now}))
