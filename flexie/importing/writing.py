"""Rows of a file become records: each whole or not at all. A row that does not fit is named with its reason."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import InterfaceError, OperationalError

from flexie import audit, cases, clock, fields, happenings, records, ruleset, search
from flexie.db import db
from flexie.importing.finding import Finder, Several
from flexie.importing.reading import Row
from flexie.models import FieldDefinition, Import, Record, RecordMoment, Settings

log = logging.getLogger(__name__)

NOTHING = "Nothing stands in the columns that are imported."
BROKEN = "This row could not be stored. Look for strange signs in it."


class Unfit(Exception):
    """A row that is left out, with the reason."""


class Writer:
    """Writes the rows of one lump in the session's transaction, and counts what became of them.

    New records are held until the end of the lump, or until a row is about one of them, and then stored together.
    """

    def __init__(self, one: Import) -> None:
        self.one = one
        self.settings = Settings.get()  # held, so that it is read once
        self.definitions: Sequence[FieldDefinition] = fields.definitions(one.kind)
        self.labels = {each.name: each.label for each in self.definitions}
        self.phones = [each.name for each in self.definitions if each.type == "phone"]
        self.dates = {each.name for each in self.definitions if each.type in happenings.DATES}
        self.finder = Finder(one, self.phones)
        self.faults: list[tuple[Row, str]] = []
        self.created = self.updated = 0
        self._fresh: list[Record] = []

    def write(self, rows: Sequence[Row]) -> None:
        """All the rows. What the database does not take is tried row by row."""
        try:
            with db.session.begin_nested():
                self._all(rows)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("lump failed, going on row by row", extra={"import": self.one.id})
            self.faults, self.created, self.updated = [], 0, 0
            for row in rows:
                self._alone(row)

    def _all(self, rows: Sequence[Row]) -> None:
        self._fresh = []
        told = [(row, self.values(row)) for row in rows]
        self.finder.look_for([values for _, values in told])
        for row, values in told:
            try:
                self._one(row, values)
            except Unfit as problem:
                self.faults.append((row, str(problem)))
        self._store()

    def _alone(self, row: Row) -> None:
        created, updated = self.created, self.updated
        try:
            with db.session.begin_nested():
                self._all([row])
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("row failed", extra={"import": self.one.id, "line": row.line})
            self.created, self.updated = created, updated
            self.faults.append((row, BROKEN))

    def values(self, row: Row) -> dict[str, str]:
        """Field → what stands in its column; empty cells are left out."""
        pairs = zip(self.one.columns, row.cells, strict=False)
        return {name: cell for name, cell in pairs if name and cell.strip()}

    def stored(self, row: Row, values: Mapping[str, str]) -> dict[str, Any]:
        """The values as they are stored. Raises Unfit."""
        width = len(self.one.headings)
        if any(cell.strip() for cell in row.cells[width:]):
            raise Unfit(
                f"This row has {len(row.cells)} cells, and the heading {width}: is there a separator too many, or a "
                "quote missing?"
            )
        if not values:
            raise Unfit(NOTHING)
        try:
            return fields.stored(self.one.kind, values, self.definitions)
        except fields.FieldErrors as problem:
            told = problem.errors.items()
            raise Unfit(" ".join(f"{self.labels.get(name, name)}: {words}" for name, words in told)) from None

    def _one(self, row: Row, values: Mapping[str, str]) -> None:
        stored = self.stored(row, values)
        if self.one.match and self.finder.knows_fresh(values):
            self._store()
        try:
            found = self.finder.record_for(values)
        except Several as problem:
            raise Unfit(str(problem)) from None
        if found is None:
            self._make(stored, values)
            self.created += 1
        else:
            records.update(found, values, starts_rules=self.one.starts_rules)
            self.finder.note(found.id, values)
            self.updated += 1

    def _make(self, stored: dict[str, Any], values: Mapping[str, str]) -> None:
        kept = {name: value for name, value in stored.items() if value is not None}
        if "allow_sms" in self.labels:
            kept.setdefault("allow_sms", True)
        record = Record(kind=self.one.kind, fields=kept, owner_id=self.one.owner_id)
        record.created_at = record.updated_at = clock.now()
        record.reference = cases.new_reference() if record.kind == "case" else None
        record.title = records.title(record)
        numbers = {name: kept[name] for name in self.phones if kept.get(name)}
        record.phone_keys = records.phone_keys(numbers, self.settings.prefix)
        self._fresh.append(record)
        self.finder.note_fresh(values)

    def _store(self) -> None:
        """Store the new records, and all that goes with a record."""
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        db.session.add_all(fresh)
        db.session.flush()
        search.keep_records({record.id: records.sought_by(record) for record in fresh})
        self._keep_moments(fresh)
        for record in fresh:
            if self.one.starts_rules:
                happenings.note_created(record)
            audit.created(record)
        self.finder.stored(fresh)

    def _keep_moments(self, fresh: Sequence[Record]) -> None:
        """Keep their dates: all at once, unless rules follow dates of such records."""
        in_force = ruleset.current()
        if any(in_force.on_dates(self.one.kind, name) for name in self.dates):
            for record in fresh:
                happenings.note_moments(record, record.fields)
        elif rows := [row for record in fresh for row in happenings.moments_of(record, self.dates)]:
            db.session.execute(insert(RecordMoment), rows)
