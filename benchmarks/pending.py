"""Very many waits: rows of runs as the engine leaves them at a `wait`, written by one statement."""

from datetime import datetime, timedelta

from sqlalchemy import select, text

from benchmarks import accounts, p2_inbound
from flexie import bell, clock, inbound, runs
from flexie.db import db, transaction
from flexie.models import Run

FAR = timedelta(days=1)  # none of them becomes due while we look
SPREAD = 29 * 86_400  # seconds over which they become due

COLUMNS = "public_id, rule_id, version_id, record_id, cause, depth, state, position, visit, data, due_at, started_at"
SQLITE = f"""
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count)
INSERT INTO runs ({COLUMNS})
SELECT lower(hex(randomblob(16))), rule_id, version_id, 1 + n % {accounts.KNOWN}, 'benchmark:' || n, 0, 'waiting',
       position, visit, data, strftime('%Y-%m-%d %H:%M:%f000', :from, '+' || (n * 37 % {SPREAD}) || ' seconds'), due_at
FROM series, (SELECT * FROM runs WHERE id = :pattern)"""
POSTGRESQL = f"""
INSERT INTO runs ({COLUMNS})
SELECT replace(gen_random_uuid()::text, '-', ''), rule_id, version_id, 1 + n % {accounts.KNOWN}, 'benchmark:' || n, 0,
       'waiting', position, visit, data, CAST(:from AS timestamptz) + n * 37 % {SPREAD} * interval '1 second', due_at
FROM generate_series(1, :count) AS n, (SELECT * FROM runs WHERE id = :pattern) AS pattern"""


def waiting_runs(count: int) -> list[int]:
    """Let so many texts start a run each that now waits for a day. Returns the runs' row ids."""
    p2_inbound.store(range(count))
    with bell.noting():
        for drain in (inbound.drain, runs.drain):
            while drain().more:
                pass
    with transaction():
        return list(db.session.scalars(select(Run.id).where(Run.state == "waiting").order_by(Run.id)))


def multiply(pattern: int, count: int) -> None:
    """Write `count` waiting runs like the one with this row id, due at many moments from tomorrow on."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    begin = clock.now() + FAR
    values = {"pattern": pattern, "count": count, "from": begin.strftime("%Y-%m-%d %H:%M:%S") if is_sqlite else begin}
    with transaction():
        db.session.execute(text(SQLITE if is_sqlite else POSTGRESQL), values)
    with transaction():
        db.session.execute(text("ANALYZE"))


def spread_due(ids: list[int], after: float, apart: float) -> dict[int, datetime]:
    """Let these runs become due one after the other: the first in `after` seconds, then each `apart` seconds later."""
    begin = clock.now() + timedelta(seconds=after)
    due = {run_id: begin + timedelta(seconds=place * apart) for place, run_id in enumerate(ids)}
    with transaction():
        for run in db.session.scalars(select(Run).where(Run.id.in_(ids))):
            run.due_at = due[run.id]
    return due


def lateness(due: dict[int, datetime]) -> list[float]:
    """For those of these runs that are over: seconds from the moment they were due to their end; below 0 is early."""
    query = select(Run.id, Run.ended_at).where(Run.id.in_(due), Run.ended_at.is_not(None))
    with transaction():
        return [(ended - due[run_id]).total_seconds() for run_id, ended in db.session.execute(query) if ended]
