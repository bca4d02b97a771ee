"""A list of records as lines of a CSV file, read piece by piece, and a note of who took it out.

The cells can be read again by an import: yes/no as words, moments in the account's zone, list items in lines.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import joinedload, selectinload

from flexie import audit, csvcells, fields, listing
from flexie.db import db, reading
from flexie.models import FieldDefinition, Record, Settings

BATCH = 500  # records that are read at once
MORE = ("Owner", "Tags", "Created")
CALCULABLE = ("number", "money")
"""Types whose values are numbers in any case: a minus sign in front is no formula."""


def note(view: listing.View) -> None:
    """Write down who takes this list out, in the session."""
    told = {"kind": view.kind, "search": view.q, "tag": view.tag, "owner": view.owner, "texted": view.can_be_texted}
    audit.note("account", Settings.get().id, "exported", {name: (None, value) for name, value in told.items() if value})


def lines(view: listing.View) -> Iterator[str]:
    """The file, newest record first. Each piece has a transaction of its own that only reads."""
    with reading():
        columns = fields.in_use(view.kind)
        db.session.expunge_all()
        zone = ZoneInfo(Settings.get().time_zone)
        db.session.rollback()
    first = ["Reference"] if view.kind == "case" else []
    headings = [*first, *(each.label for each in columns), *MORE]
    yield csvcells.MARK + csvcells.line(map(csvcells.guarded, headings))
    after: int | None = None
    while after != 0:
        with reading():
            records = _some(view, after)
            piece = "".join(csvcells.line(_cells(record, columns, zone)) for record in records)
            after = records[-1].id if len(records) == BATCH else 0
            db.session.rollback()
        yield piece


def _some(view: listing.View, after: int | None) -> list[Record]:
    query = listing.query(view).options(selectinload(Record.tags), joinedload(Record.owner))
    if after is not None:
        query = query.where(Record.id < after)
    return list(db.session.scalars(query.order_by(Record.id.desc()).limit(BATCH)))


def _cells(record: Record, columns: list[FieldDefinition], zone: ZoneInfo) -> Iterator[str]:
    if record.kind == "case":
        yield f"FX-{record.reference}"
    for column in columns:
        written = _written(column, record.fields, zone)
        yield written if column.type in CALCULABLE else csvcells.guarded(written)
    yield csvcells.guarded(record.owner.name if record.owner else "")
    yield csvcells.guarded(", ".join(sorted(tag.tag for tag in record.tags)))
    yield _moment(record.created_at, zone)


def _written(column: FieldDefinition, stored: Mapping[str, Any], zone: ZoneInfo) -> str:
    value = stored.get(column.name)
    if value is None:
        return ""
    if column.type == "yes/no":
        return "yes" if value else "no"
    if column.type == "datetime":
        return _moment(datetime.fromisoformat(value), zone)
    if column.type == "list":
        return "\n".join(item if isinstance(item, str) else str(item.get("name", "")) for item in value)
    return str(value)


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    """On the account's clock, to the minute or, where there are any, the second."""
    local = moment.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return local.isoformat(sep=" ", timespec="seconds" if local.second else "minutes")
