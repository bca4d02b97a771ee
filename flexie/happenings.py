"""What happens to records is written down for the rules that it may start.

In the transaction in which it happens, and only where a rule in force waits for it; a worker finds and judges the
rules soon after (flexie.recordevents). So a change that is stored starts its rules, whatever dies in between.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete

from flexie import clock, fields, ruleset
from flexie.db import db, insert
from flexie.models import Happening, Record, RecordMoment, Run

DATES = ("date", "datetime")


def note_created(record: Record, run: Run | None = None) -> None:
    """A record was made, by a person or by a rule's run."""
    if ruleset.current().on_created(record.kind):
        _note("created", record, {}, run)


def note_changed(record: Record, changes: Mapping[str, tuple[Any, Any]], run: Run | None = None) -> None:
    """Fields of a record changed: name → (before, after), as they are stored."""
    in_force = ruleset.current()
    watched = {name: list(pair) for name, pair in changes.items() if in_force.on_changed(record.kind, name)}
    if watched:
        _note("changed", record, watched, run)


def note_moments(record: Record, changed: Iterable[str]) -> None:
    """Keep the table of dates in step with the record, and let rules that follow one of them look again."""
    dates = {one.name for one in fields.definitions(record.kind) if one.type in DATES} & set(changed)
    if not dates:
        return
    key = (RecordMoment.record_id == record.id, RecordMoment.field.in_(dates))
    db.session.execute(delete(RecordMoment).where(*key).execution_options(synchronize_session=False))
    if rows := moments_of(record, dates):
        db.session.execute(insert(RecordMoment), rows)
    in_force = ruleset.current()
    if any(in_force.on_dates(record.kind, name) for name in dates):
        _note("dates", record, {"fields": sorted(dates)}, None)


def moments_of(record: Record, dates: Iterable[str]) -> list[dict[str, Any]]:
    """What the table of dates holds of a record whose fields of these names were filled in now."""
    now = clock.now()
    return [
        {"record_id": record.id, "field": name, "kind": record.kind, "at": instant(record.fields[name]), "set_at": now}
        for name in sorted(dates)
        if record.fields.get(name)
    ]


def instant(stored: str) -> datetime:
    """A stored date or moment, for comparing: a date is its midnight in UTC."""
    moment = datetime.fromisoformat(stored)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _note(kind: str, record: Record, data: dict[str, Any], run: Run | None) -> None:
    now = clock.now()
    happening = Happening(kind=kind, record_id=record.id, data=data, at=now, due_at=now)
    if run is not None:
        happening.caused_by, happening.depth = run.rule_id, run.depth + 1
    db.session.add(happening)
