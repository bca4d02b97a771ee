"""Finds work that nobody is doing: rows that are due, leases that ran out, outcomes that nothing resolved.

It changes only what time has decided; everything else it merely reports, so that somebody rings.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    CompoundSelect,
    CursorResult,
    Select,
    Update,
    case,
    delete,
    func,
    literal_column,
    select,
    union_all,
    update,
)

from flexie import clock, db, outbound, parts
from flexie.models import (
    Connection,
    Happening,
    Heartbeat,
    Import,
    Line,
    MediaFile,
    Message,
    PrefixChange,
    Rule,
    Run,
    SchedulePass,
    SignIn,
    WebhookCall,
    WebhookEvent,
)
from flexie.models.messages import UNFINISHED
from flexie.models.rules import LIVE
from flexie.statuses import WAITING

OF_OTHERS = frozenset({"calls", "media", "pulls"})
"""Work that waits for servers of others, and not for us."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciled:
    """What a look at the leases came to."""

    became_unknown: int
    became_held: int


def reconcile() -> Reconciled:
    """Let time decide: a send whose lease ran out is unknown, and one unknown for too long is a person's decision; a
    long text that does not become whole is shown as it is."""
    with db.transaction():
        now = db.now()
        lost = _expire(now)
        if lost:
            outbound.look_soon(now)
        held = _count(
            update(Message)
            .where(Message.status == "unknown", Message.lease_until <= now)
            .values(status="held", lease_until=None)
        )
        parts.show_late(now)
        db.db.session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    if lost or held:
        log.warning("sends in doubt", extra={"became_unknown": lost, "became_held": held})
    return Reconciled(lost, held)


def _expire(now: datetime) -> int:
    """A worker died, or lost its lease, between claim and outcome: whether the text went out cannot be known."""
    return _count(
        update(Message)
        .where(Message.status == "sending", Message.lease_until <= now)
        .values(
            status="unknown",
            lease=None,
            lease_until=now + outbound.HOLD_AFTER,
            error=f"{outbound.IN_DOUBT}: the worker stopped while sending it.",
        )
    )


def _count(statement: Update) -> int:
    """Carry out an UPDATE and tell how many rows it changed."""
    return cast(CursorResult[Any], db.db.session.execute(statement)).rowcount


def _waiting_since() -> dict[str, Select[Any]]:
    """For each kind of work, the query for the moment since when its longest waiting row is due."""
    return {
        "inbound": select(func.min(Message.created_at)).where(
            Message.stage != "stuck", db.written_out(Message.stage, UNFINISHED)
        ),
        "receipts": select(func.min(WebhookEvent.due_at)).where(WebhookEvent.state == "received"),
        "schedules": select(func.min(Rule.look_at)),
        "passes": select(func.min(SchedulePass.due_at)),
        "events": select(func.min(Happening.due_at)),
        "runs": select(func.min(Run.due_at)).where(db.written_out(Run.state, LIVE)),
        "sends": _sends_since(),
        "numbers": select(func.min(PrefixChange.due_at)),
        "imports": select(func.min(Import.due_at)),
        "calls": select(func.min(WebhookCall.due_at)).where(WebhookCall.state == literal_column("'waiting'")),
        "pulls": select(func.min(Connection.pull_at)),
        "media": select(func.min(MediaFile.due_at)).where(MediaFile.state == literal_column("'waiting'")),
    }


def _sends_since() -> Select[Any]:
    """When the first text could go: it is due, and its line may by its pace."""
    due = select(func.min(Message.due_at)).where(Message.line_id == Line.id, db.written_out(Message.status, WAITING))
    first = due.correlate(Line).scalar_subquery()
    return select(func.min(case((Line.next_send_at > first, Line.next_send_at), else_=first)))


def due_since() -> dict[str, datetime]:
    """For each kind of work that has rows waiting, when the first of them is (or was) due.

    In a rehearsal there is nobody outside: calls, files and lists are left alone.
    """
    rows = db.db.session.execute(_all_waiting(with_others=not clock.is_rehearsed()))
    return {kind: moment for moment, kind in rows if moment is not None}


@lru_cache(maxsize=2)
def _all_waiting(*, with_others: bool) -> CompoundSelect[Any]:
    """One statement for all kinds, made once: workers and the clock ask it all day."""
    queries = _waiting_since()
    if not with_others:
        queries = {kind: query for kind, query in queries.items() if kind not in OF_OTHERS}
    return union_all(*(query.add_columns(literal_column(f"'{kind}'")) for kind, query in queries.items()))


def overdue(by: timedelta) -> list[str]:
    """Kinds of work that nobody has done although they have been due for longer than `by`."""
    with db.reading(), db.transaction():
        now = db.now()
        return [kind for kind, since in due_since().items() if now - since > by]


def oldest_due_seconds() -> float:
    """How long the oldest due work has been waiting, in seconds; 0 when nothing waits.

    Calls of webhooks, files and lists do not count: how slow others are says nothing about us.
    """
    now = db.now()
    return max([0.0, *((now - since).total_seconds() for kind, since in due_since().items() if kind not in OF_OTHERS)])


def forgotten_runs() -> list[int]:
    """Runs that are not over and that nothing will ever wake: always empty, and one query proves it (R4)."""
    query = select(Run.id).where(db.written_out(Run.state, LIVE), Run.due_at.is_(None))
    return list(db.db.session.scalars(query))


def seen(kind: str) -> None:
    """A process of this kind ("worker", "clock") is alive."""
    with db.transaction():
        values = {"kind": kind, "seen_at": db.now()}
        statement = db.insert(Heartbeat).values(values)
        db.db.session.execute(
            statement.on_conflict_do_update(index_elements=["kind"], set_={"seen_at": values["seen_at"]})
        )


def last_seen(kind: str) -> datetime | None:
    """When a process of this kind was last alive."""
    return db.db.session.scalar(select(Heartbeat.seen_at).where(Heartbeat.kind == kind))
