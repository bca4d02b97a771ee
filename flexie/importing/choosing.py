"""What is to become of a file: which column is which field, what is changed rather than made, and the start."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update

from flexie import clock, db, fields
from flexie.importing.errors import ImportProblem
from flexie.importing.finding import Several
from flexie.importing.reading import Row
from flexie.importing.writing import Unfit, Writer
from flexie.models import Import, ImportLump, User

PREVIEWED = 8  # rows
MATCHES = ("", "number", "email")


@dataclass(frozen=True)
class Seen:
    """A row as it will be: its record's values by field, as stored; or as typed, with a `problem`."""

    line: int
    stored: dict[str, Any]
    problem: str = ""
    changes: str = ""


def choose(one: Import, columns: Sequence[str], match: str, owner: User | None, *, starts_rules: bool) -> None:
    """Keep what was chosen, in the session.

    Raises:
        ImportProblem: the choice cannot be used.
    """
    if one.state != "mapping":
        raise ImportProblem("This import has begun already.")
    known = {each.name: each for each in fields.in_use(one.kind)}
    chosen = [name if name in known else "" for name in columns][: len(one.headings)]
    one.columns = chosen + [""] * (len(one.headings) - len(chosen))
    one.match = match if match in MATCHES else ""
    one.owner_id, one.starts_rules = owner.id if owner else None, starts_rules
    wanted = [name for name in one.columns if name]
    if not wanted:
        raise ImportProblem("Choose a field for at least one column.")
    if twice := next((name for name in wanted if wanted.count(name) > 1), None):
        raise ImportProblem(f"Two columns are to be “{known[twice].label}”. Choose one of them.")
    if one.match == "number" and not any(known[name].type == "phone" for name in wanted):
        raise ImportProblem("To find records by their number, choose a phone field for a column.")
    if one.match == "email" and "email" not in wanted:
        raise ImportProblem("To find records by their email address, choose the field Email for a column.")


def first_rows(one: Import) -> list[Row]:
    """The first rows of the file."""
    query = select(ImportLump.rows).where(ImportLump.import_id == one.id).order_by(ImportLump.id).limit(1)
    return [Row(line, cells) for line, cells in json.loads(db.db.session.scalar(query) or "[]")[:PREVIEWED]]


def examples(one: Import) -> list[str]:
    """For each column something that stands in it, in one of the first rows."""
    rows = first_rows(one)
    return [
        next((row.cells[at] for row in rows if at < len(row.cells) and row.cells[at].strip()), "")
        for at in range(len(one.headings))
    ]


def preview(one: Import) -> list[Seen]:
    """The first rows of the file as they will be."""
    rows = first_rows(one)
    writer = Writer(one)
    told = [writer.values(row) for row in rows]
    writer.finder.look_for(told)
    return [_seen(writer, row, values) for row, values in zip(rows, told, strict=True)]


def _seen(writer: Writer, row: Row, values: dict[str, str]) -> Seen:
    try:
        stored = writer.stored(row, values)
        found = writer.finder.record_for(values)
    except (Unfit, Several) as problem:
        return Seen(row.line, values, str(problem))
    return Seen(row.line, stored, changes=found.title if found else "")


def start(one: Import) -> bool:
    """Let workers begin, in the session. Returns whether this was the call that did."""
    begun = update(Import).where(Import.id == one.id, Import.state == "mapping")
    now = clock.now()
    return _changed(begun.values(state="working", begun_at=now, due_at=now))


def stop(one: Import) -> bool:
    """Import no further rows, in the session; what is imported stays. Returns whether there was something to stop."""
    stopped = update(Import).where(Import.id == one.id, Import.state.in_(("mapping", "working")))
    done = _changed(stopped.values(state="stopped", due_at=None, ended_at=clock.now()))
    if done:
        db.db.session.execute(delete(ImportLump).where(ImportLump.import_id == one.id))
    return done


def _changed(statement: Any) -> bool:
    statement = statement.execution_options(synchronize_session=False)
    return cast(CursorResult[Any], db.db.session.execute(statement)).rowcount == 1
