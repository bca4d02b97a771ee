"""The demo's records: contacts, leads, accounts, deals and cases."""

from datetime import datetime
from typing import Any

from flexie import records
from flexie.db import db
from flexie.demo import files
from flexie.models import Record, User


def add(now: datetime, owners: dict[str, User], schema: dict[str, dict[str, dict[str, Any]]]) -> dict[str, Record]:
    """All records of `records.json` by their keys there. `now` is in the account's zone.

    In the file, `@key` stands for another record, named before; a date is written as `flexie.demo.files.moment` reads.
    """
    made: dict[str, Record] = {}
    for kind, entries in files.load("records.json").items():
        for key, entry in entries.items():
            made[key] = _record(kind, entry, schema[kind], owners, made, now)
    db.session.flush()
    return made


def _record(
    kind: str,
    entry: dict[str, Any],
    types: dict[str, dict[str, Any]],
    owners: dict[str, User],
    made: dict[str, Record],
    now: datetime,
) -> Record:
    owner = owners.get(entry.pop("owned_by", ""))
    about = made.get(entry.pop("about", ""))
    tags = entry.pop("tags", [])
    values = {name: _value(types[name]["type"], written, made, now) for name, written in entry.items()}
    if owner is not None:
        values |= {name: owner.name for name in ("owner", "owner_name") if name in types}
    record = records.create(kind, values, owner, about=about)
    for tag in tags:
        records.add_tag(record, tag)
    return record


def _value(kind: str, written: Any, made: dict[str, Record], now: datetime) -> Any:
    if kind == "datetime":
        return files.moment(written, now)
    if kind == "date":
        return files.moment(written, now).date()
    if kind == "list":
        return [made[item[1:]].public_id if isinstance(item, str) else item for item in written]
    return written
