"""Finding the records that rows of a file are about: by number, or by email address."""

import string
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, literal_column, select

from flexie import fields, phones, records
from flexie.db import db, is_postgresql
from flexie.models import Record, Settings

LONGEST_KEY = 120  # characters of an address that the index holds
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def numbers(values: Iterable[str]) -> list[str]:
    """The E.164 forms of numbers as they were typed; what is none is left out."""
    prefix, found = Settings.get().prefix, []
    for raw in values:
        try:
            found.append(fields.number(raw, prefix).e164)
        except phones.PhoneError:
            continue
    return found


def by_number(kind: str, e164s: Iterable[str]) -> dict[str, set[int]]:
    """Ids of the records of this kind that hold each number, in any of their fields."""
    found = records.with_numbers(set(e164s))
    everyone = {record_id for ids in found.values() for record_id in ids}
    query = select(Record.id).where(Record.id.in_(everyone), Record.kind == kind)
    of_kind = set(db.session.scalars(query)) if everyone else set()
    return {number: set(ids) & of_kind for number, ids in found.items()}


def address(written: str) -> str:
    """An email address as it is compared: without letter case."""
    return written.strip().translate(_SMALL)


def by_address(kind: str, addresses: Iterable[str]) -> dict[str, set[int]]:
    """Ids of the records of this kind with each address (as `address` gives it) as their email."""
    wanted = {each[:LONGEST_KEY] for each in addresses}
    query = select(Record.id, Record.fields["email"]).where(Record.kind == kind, _key().in_(wanted))
    found: dict[str, set[int]] = defaultdict(set)
    for record_id, written in db.session.execute(query) if wanted else ():
        found[address(str(written))].add(record_id)
    return found


def _key() -> ColumnElement[str]:
    """Spelled like the index (migration 0009)."""
    if is_postgresql():
        return literal_column("""substr(lower((fields ->> 'email') COLLATE "C"), 1, 120)""", String)
    return literal_column("substr(lower(json_extract(fields, '$.email')), 1, 120)", String)
