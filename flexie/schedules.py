"""Rules that clocks start: at a moment before or after a date of a record, or every so often.

A rule with such triggers has a row that says when to look at it next. A look finds the moments since the last one:
each moment of a record becomes a happening, each moment of an `every` line a pass through the records.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, tuple_

from flexie import batches, clock, db, fields, ruleset
from flexie.facts import FactFinder
from flexie.models import Happening, NotStarted, RecordMoment, Rule, SchedulePass
from flexie.ruleset import RuleInForce
from rules import moments, syntax

BATCH = 20  # rules looked at in one transaction
CHUNK = 500  # dates read at a time
TOO_LATE = timedelta(hours=1)  # a moment that nobody was there for is missed after this long
_SLACK = timedelta(days=2)  # zones, and clock times given with `at`
_LONGEST_MONTH = 31


def drain() -> batches.Done:
    """Look at a batch of rules whose time has come."""
    done = batches.work(_claim, look, _postpone, BATCH)
    return batches.Done(done, done == BATCH, frozenset({"events", "passes"}) if done else frozenset())


def _claim(limit: int, only: int | None) -> Sequence[Rule]:
    query = select(Rule).where(Rule.id == only) if only else select(Rule)
    query = query.where(Rule.look_at <= db.now()).order_by(Rule.look_at, Rule.id).limit(limit)
    return db.db.session.scalars(query.with_for_update(skip_locked=True, of=Rule, key_share=True)).all()


def look(rows: Sequence[Rule]) -> None:
    """Find what became due since the last look, and when to look next."""
    finder, now = FactFinder(), db.now()
    for row in rows:
        rule = ruleset.current().by_id.get(row.id)
        since, row.looked_until, row.look_at = row.looked_until or now, now, None
        if rule is not None:
            zone = finder.zone(rule.defaults)
            coming = [_look_at(rule, trigger, zone, since, now) for trigger in rule.tree.triggers]
            row.look_at = min((moment for moment in coming if moment is not None), default=None)


def _look_at(
    rule: RuleInForce, trigger: syntax.Trigger, zone: ZoneInfo, since: datetime, now: datetime
) -> datetime | None:
    match trigger:
        case syntax.Every():
            return _every(rule, trigger, zone, since, now)
        case syntax.Relative():
            return _relative(rule, trigger, zone, since, now)
    return None


def _every(rule: RuleInForce, trigger: syntax.Every, zone: ZoneInfo, since: datetime, now: datetime) -> datetime:
    """A pass for each moment since the last look. Returns the next one."""
    moment = next_every(trigger, since, zone)
    while moment <= now:
        if now - moment <= TOO_LATE:
            db.db.session.add(SchedulePass(rule_id=rule.rule_id, moment=moment, due_at=now))
        else:
            _missed(rule, f"every:{moment.isoformat()}", None, moment)
        moment = next_every(trigger, moment, zone)
    return moment


def next_every(trigger: syntax.Every, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of an `every` line that is later than `after`."""
    minute = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    match trigger.calendar:
        case syntax.Daily():
            return moments.next_clock(minute, trigger.at, zone)
        case syntax.Weekly():
            return moments.next_clock(minute, trigger.at, zone, trigger.calendar.days)
        case syntax.Monthly():
            return moments.next_in_month(minute, trigger.calendar.day, trigger.at, zone)


def _relative(
    rule: RuleInForce, trigger: syntax.Relative, zone: ZoneInfo, since: datetime, now: datetime
) -> datetime | None:
    """A happening for each record whose moment came since the last look. Returns the next such moment."""
    number = rule.tree.triggers.index(trigger)
    coming: list[datetime] = []
    for kind in rule.tree.for_kinds.kinds:
        is_date = any(one.name == trigger.field.path and one.type == "date" for one in fields.definitions(kind))
        for row in _dates(kind, trigger, since):
            anchor = row.at.date() if is_date else row.at
            moment = moments.relative(anchor, trigger.duration, trigger.side, trigger.at, zone)
            if moment > now:
                coming.append(moment)
                break
            if since < moment and row.set_at <= moment:
                _came(rule, row, number, moment, now)
    return min(coming, default=None)


def _dates(kind: str, trigger: syntax.Relative, since: datetime) -> Iterator[RecordMoment]:
    """Dates of records in order, from the first one whose moment may be later than `since`."""
    place = (_anchor_of(trigger, since), 0)
    while True:
        query = select(RecordMoment).where(
            RecordMoment.kind == kind,
            RecordMoment.field == trigger.field.path,
            tuple_(RecordMoment.at, RecordMoment.record_id) > tuple_(*place),
        )
        rows = db.db.session.scalars(query.order_by(RecordMoment.at, RecordMoment.record_id).limit(CHUNK)).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        place = (rows[-1].at, rows[-1].record_id)


def _anchor_of(trigger: syntax.Relative, moment: datetime) -> datetime:
    """Not later than any date whose moment is `moment`: months are taken for their longest or shortest."""
    longest = timedelta()
    shortest = timedelta()
    for amount, unit in trigger.duration:
        low, high = (28, _LONGEST_MONTH) if unit == "month" else (1, 1)
        one = timedelta(days=1) if unit == "month" else timedelta(**{f"{unit}s": 1})
        longest, shortest = longest + float(amount) * high * one, shortest + float(amount) * low * one
    try:
        return (moment + shortest if trigger.side == "before" else moment - longest) - _SLACK
    except OverflowError:
        return moment


def _came(rule: RuleInForce, row: RecordMoment, number: int, moment: datetime, now: datetime) -> None:
    """Once for each record and value of the field, however often the value comes and goes."""
    value = f"{number}:{row.field}:{row.at.isoformat()}"
    if now - moment > TOO_LATE:
        _missed(rule, f"moment:{value}:record:{row.record_id}", row.record_id, moment)
    else:
        came = Happening(kind="moment", record_id=row.record_id, rule_id=rule.rule_id, data={"value": value}, at=moment)
        came.due_at = now
        db.db.session.add(came)


def _missed(rule: RuleInForce, cause: str, record_id: int | None, moment: datetime) -> None:
    words = f"missed: {moment.isoformat(timespec='minutes')} had passed more than an hour before anybody looked"
    values = {"rule_id": rule.rule_id, "record_id": record_id, "cause": cause, "words": words, "at": clock.now()}
    db.db.session.execute(db.insert(NotStarted).values(values).on_conflict_do_nothing())


def _postpone(rule_id: int, _problem: Exception) -> None:
    rule = db.db.session.get(Rule, rule_id)
    if rule is not None:
        rule.look_at = db.now() + timedelta(minutes=1)
