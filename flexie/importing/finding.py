"""For each row of a lump, the record that it changes, where the import is to change what is there."""

from collections.abc import Iterable, Mapping, Sequence

from flexie.db import db
from flexie.importing import matching
from flexie.models import Import, Record


class Several(Exception):
    """More than one record fits a row, with a sentence that says which value they share."""


class Finder:
    """Knows the records that the rows of a lump are about, those that the lump itself makes among them."""

    def __init__(self, one: Import, phone_fields: Sequence[str]) -> None:
        self.one = one
        self.phone_fields = phone_fields
        self._ids: dict[str, set[int]] = {}
        self._fresh: set[str] = set()

    def look_for(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Ask the database once for all rows."""
        keys = {key for values in rows for key in self._keys(values)}
        self._fresh = set()
        if self.one.match == "number":
            self._ids = matching.by_number(self.one.kind, keys)
        elif self.one.match == "email":
            self._ids = matching.by_address(self.one.kind, keys)

    def record_for(self, values: Mapping[str, str]) -> Record | None:
        """The record that a row changes; None: the row makes a new one. Raises Several."""
        keys = self._keys(values)
        ids = {record_id for key in keys for record_id in self._ids.get(key, ())}
        if len(ids) > 1:
            what = "number" if self.one.match == "number" else "email address"
            raise Several(
                f"{len(ids)} records have this {what} ({', '.join(keys)}): which one is meant cannot be told."
            )
        return db.session.get(Record, ids.pop()) if ids else None

    def knows_fresh(self, values: Mapping[str, str]) -> bool:
        """Whether the row is about a record that is not stored yet."""
        return bool(self._fresh.intersection(self._keys(values)))

    def note_fresh(self, values: Mapping[str, str]) -> None:
        """A record will be made of this row."""
        if self.one.match:
            self._fresh.update(self._keys(values))

    def note(self, record_id: int, values: Mapping[str, str]) -> None:
        """A record has this row's values now."""
        for key in self._keys(values):
            self._ids.setdefault(key, set()).add(record_id)

    def stored(self, made: Iterable[Record]) -> None:
        """These records have their ids now."""
        if self.one.match:
            for record in made:
                self.note(record.id, record.fields)
        self._fresh = set()

    def _keys(self, values: Mapping[str, str]) -> list[str]:
        """What a row is recognised by."""
        if self.one.match == "number":
            return matching.numbers(values[name] for name in self.phone_fields if values.get(name))
        if self.one.match == "email" and values.get("email"):
            return [matching.address(values["email"])]
        return []
