"""Records as they were: what they hold today, with what the audit log tells taken back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from flexie import audit
from flexie.backtest.past import Changed, Event, Made, RecordThen, Tagged
from flexie.db import db
from flexie.models import AuditEntry, Record, Run

MOST_RECORDS = 20_000

Entries = dict[int, list[AuditEntry]]


class RecordsThen:
    """The records that a past is about, as they were at `since`, and what happened to them afterwards."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.since = since
        self.until = until
        self.records: dict[int, Record] = {}
        self.left_out = 0
        self._entries: Entries = {}
        self._by_rules: set[int] = set()

    def load(self, ids: Iterable[int], kinds: Iterable[str]) -> None:
        """Read these records, all of these kinds as far as there is room, and the records that they name."""
        self._add(select(Record).where(Record.id.in_(part)) for part in _parts(sorted(ids)))
        for kind in sorted(kinds):
            room = max(0, MOST_RECORDS - len(self.records))
            query = select(Record).where(Record.kind == kind)
            found = db.session.scalars(query.options(*_WHOLE).order_by(Record.id.desc()).limit(room + 1)).all()
            self.left_out += len(found) > room
            self.records.update({record.id: record for record in found[:room]})
        self._add(self._related())
        self._entries = self._read_entries()
        self._by_rules = self._made_by_rules()

    def _add(self, queries: Iterable[Any]) -> None:
        for query in queries:
            self.records.update({record.id: record for record in db.session.scalars(query.options(*_WHOLE))})

    def _related(self) -> Iterator[Any]:
        """Records named in lists, those that cases are about, and the cases about those at hand."""
        listed = {item for record in self.records.values() for item in _listed(record)}
        about = {record.about_id for record in self.records.values() if record.about_id} - set(self.records)
        yield from [select(Record).where(Record.public_id.in_(part)) for part in _parts(sorted(listed))]
        yield from [select(Record).where(Record.id.in_(part)) for part in _parts(sorted(about))]
        yield from [select(Record).where(Record.about_id.in_(part)) for part in _parts(sorted(self.records))]

    def _read_entries(self) -> Entries:
        found: Entries = {}
        for part in _parts(sorted(self.records)):
            found |= audit.of_records(part, self.since)
        return found

    def _made_by_rules(self) -> set[int]:
        """Records that rules of the period made: the replay makes its own."""
        made = {
            i
            for i, entries in self._entries.items()
            for one in entries
            if one.did == "created" and self._is_replayed(one)
        }
        cases = db.session.scalars(
            select(Run.case_id).where(Run.case_id.in_(list(self.records)), Run.started_at >= self.since)
        )
        young = {i for i in cases if i and self.records[i].created_at >= self.since}
        return made | young

    def _is_replayed(self, entry: AuditEntry) -> bool:
        return entry.run is not None and entry.run.started_at >= self.since

    def at_the_beginning(self) -> list[RecordThen]:
        """The records that were there already."""
        return [self._then(record) for record in self._in_order() if record.created_at < self.since]

    def events(self) -> Iterator[Event]:
        """What people and integrations did to records; what rules did, the replay does anew."""
        for record in self._in_order():
            if record.id in self._by_rules:
                continue
            if self.since <= record.created_at < self.until:
                yield Made(record.created_at, self._then(record))
            yield from self._changes(record.id)

    def _changes(self, record_id: int) -> Iterator[Event]:
        for entry in self._entries.get(record_id, ()):
            if self._is_replayed(entry) or entry.at >= self.until:
                continue
            after = {name: pair[1] for name, pair in entry.changes.items()}
            if entry.did == "changed":
                yield Changed(entry.at, record_id, after)
            elif entry.did == "tagged":
                yield Tagged(entry.at, record_id, tuple(after["tags"]))

    def _in_order(self) -> Sequence[Record]:
        return [self.records[i] for i in sorted(self.records)]

    def _then(self, record: Record) -> RecordThen:
        fields, tags = dict(record.fields), [kept.tag for kept in record.tags]
        for entry in reversed(self._entries.get(record.id, ())):
            before = {name: pair[0] for name, pair in entry.changes.items()}
            if entry.did == "changed":
                fields |= before
            elif entry.did == "tagged":
                tags = before["tags"]
        keeper = record.owner or record.group
        return RecordThen(
            record.id,
            record.public_id,
            record.kind,
            {name: value for name, value in fields.items() if value is not None},
            tuple(tags),
            record.reference,
            record.about_id,
            keeper.name if keeper else None,
        )


_WHOLE = (selectinload(Record.tags), joinedload(Record.owner), joinedload(Record.group))


def _listed(record: Record) -> Iterator[str]:
    for value in record.fields.values():
        if isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))


def _parts(values: Sequence[Any], size: int = 500) -> Iterator[list[Any]]:
    """Short enough for one statement each."""
    for start in range(0, len(values), size):
        yield list(values[start : start + size])


def created_or_changed(since: datetime, until: datetime) -> set[int]:
    """Ids of records to which something happened in the period."""
    made = select(Record.id).where(Record.created_at >= since, Record.created_at < until)
    noted = select(AuditEntry.subject_id).where(
        AuditEntry.subject == "record", AuditEntry.at >= since, AuditEntry.at < until
    )
    return {*db.session.scalars(made.limit(MOST_RECORDS)), *db.session.scalars(noted.distinct().limit(MOST_RECORDS))}
