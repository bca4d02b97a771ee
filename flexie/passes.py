"""A moment of an `every` line goes through the records: those that meet `only if` start, at a measured pace."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from flexie import batches, db, ruleset, starting
from flexie.models import Record, SchedulePass, Settings
from flexie.ruleset import RuleInForce
from flexie.starting import Start

CHUNK = 200  # records judged in one transaction
PACE = timedelta(minutes=1)


def drain() -> batches.Done:
    """Take one pass a stretch further."""
    done = batches.work(_claim, go_on, _postpone, 1)
    return batches.Done(done, done == 1, frozenset({"runs"}) if done else frozenset())


def _claim(limit: int, only: int | None) -> Sequence[SchedulePass]:
    query = select(SchedulePass).where(SchedulePass.id == only) if only else select(SchedulePass)
    query = query.where(SchedulePass.due_at <= db.now()).order_by(SchedulePass.due_at, SchedulePass.id).limit(limit)
    return db.db.session.scalars(query.with_for_update(skip_locked=True, of=SchedulePass, key_share=True)).all()


def go_on(passes: Sequence[SchedulePass]) -> None:
    """Start the next records of each pass: no more in a minute than the account's pace allows."""
    for one in passes:
        rule = ruleset.current().by_id.get(one.rule_id)
        if rule is None or not _stretch(one, rule):
            db.db.session.delete(one)


def _stretch(one: SchedulePass, rule: RuleInForce) -> bool:
    """Judge records until a minute's starts are made or CHUNK were looked at. Returns whether more may follow."""
    allowance = max(1, Settings.get().starts_per_hour * PACE // timedelta(hours=1))
    looked_at = 0
    while looked_at < CHUNK:
        records = _records_after(one.after_id, rule, min(allowance, CHUNK))
        if not records:
            return False
        event = f"every:{one.moment.isoformat()}"
        allowance -= len(starting.start([Start(rule=rule, event=event, record=record) for record in records]))
        one.after_id, looked_at = records[-1].id, looked_at + len(records)
        if allowance <= 0:
            one.due_at = db.now() + PACE
            return True
    return True


def _records_after(record_id: int, rule: RuleInForce, limit: int) -> Sequence[Record]:
    query = select(Record).where(Record.kind.in_(rule.tree.for_kinds.kinds), Record.id > record_id)
    query = query.options(selectinload(Record.tags), selectinload(Record.phone_keys))
    return db.db.session.scalars(query.order_by(Record.id).limit(limit)).all()


def _postpone(pass_id: int, _problem: Exception) -> None:
    one = db.db.session.get(SchedulePass, pass_id)
    if one is not None:
        one.due_at = db.now() + timedelta(minutes=1)
