"""Looking through the audit log: by person, by kind of thing, by days; page by page, and as lines of a CSV file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.orm import joinedload

from flexie import audit, csvcells
from flexie.db import db, reading
from flexie.models import AuditEntry, Connection, Conversation, Line, Record, Run, Settings, User
from rules import moments

BATCH = 500  # entries that are read at once for a file
HEADINGS = ("When", "Who", "Kind", "What", "Did", "Field", "Before", "After")


@dataclass(frozen=True)
class Sought:
    """Which entries: by this person (a row id; 0: by rules, commands and the system), about this kind of thing, and
    on these days (both included) of the account's clock.
    """

    user_id: int | None = None
    subject: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Page:
    """Entries, newest first, what each is about by its row id, and the row id to go on behind."""

    rows: Sequence[AuditEntry]
    names: dict[int, str]
    older: int | None


def page(sought: Sought, before: int | None, size: int) -> Page:
    """The entries behind the one with the row id `before`, or the newest."""
    rows = db.session.scalars(_behind(_query(sought), before).limit(size + 1)).all()
    shown = rows[:size]
    return Page(shown, names(shown), shown[-1].id if len(rows) > size else None)


def names(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """What the things are called, by the entry's row id: as it was then; where that is not noted, as they are now."""
    found = {(each.subject, each.subject_id): each.name for each in reversed(entries) if each.name}
    found |= _names_now([each for each in entries if not each.name])
    return {each.id: each.name or found.get((each.subject, each.subject_id), "") for each in entries}


def _names_now(entries: Sequence[AuditEntry]) -> dict[tuple[str, int], str]:
    """Records, connections and lines, and conversations by their numbers."""
    found: dict[tuple[str, int], str] = {}
    for subject, model, column in (
        ("record", Record, Record.title),
        ("connection", Connection, Connection.name),
        ("line", Line, Line.name),
        ("conversation", Conversation, Conversation.number),
    ):
        ids = {each.subject_id for each in entries if each.subject == subject}
        rows = db.session.execute(select(model.id, column).where(model.id.in_(ids))).all() if ids else []
        found.update({(subject, row_id): name for row_id, name in rows})
    return found


def note_export(sought: Sought, by: str | None) -> None:
    """Write down who takes the log out, in the session. `by` is the name of the person it was narrowed down to."""
    told = {"by": by, "kind": sought.subject, "since": sought.since, "until": sought.until}
    audit.note(
        "account", Settings.get().id, "exported the audit log", {k: (None, str(v)) for k, v in told.items() if v}
    )


def lines(sought: Sought) -> Iterator[str]:
    """The entries as a file, newest first, a line for each field that changed. Each piece has a transaction of its own
    that only reads.
    """
    yield csvcells.MARK + csvcells.line(HEADINGS)
    before: int | None = None
    while before != 0:
        with reading():
            zone = ZoneInfo(Settings.get().time_zone)
            found = page(sought, before, BATCH)
            piece = "".join(
                csvcells.line(map(csvcells.guarded, cells))
                for entry in found.rows
                for cells in _cells(entry, found, zone)
            )
            before = found.older or 0
            db.session.rollback()
        yield piece


def _cells(entry: AuditEntry, found: Page, zone: ZoneInfo) -> Iterator[list[str]]:
    who = entry.user.email if entry.user else f"rule {entry.run.rule.name}" if entry.run else ""
    when = entry.at.astimezone(zone).replace(tzinfo=None, microsecond=0).isoformat(sep=" ")
    head = [when, who, entry.subject, found.names[entry.id], entry.did]
    for field, (before, after) in entry.changes.items() or [("", ("", ""))]:
        yield [*head, field, words(before), words(after)]


def words(value: Any) -> str:
    """A value of an entry as people read it; nothing is an empty text."""
    match value:
        case None:
            return ""
        case True | False:
            return "yes" if value else "no"
        case list():
            return ", ".join(map(words, value))
        case dict():
            return ", ".join(f"{name}: {words(inner)}" for name, inner in value.items() if words(inner))
        case _:
            return str(value)


def _query(sought: Sought) -> Select[Any]:
    query = select(AuditEntry).where(*_conditions(sought)).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return query.options(joinedload(AuditEntry.user), joinedload(AuditEntry.run).joinedload(Run.rule))


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.user_id is not None:
        yield AuditEntry.user_id == sought.user_id if sought.user_id else AuditEntry.user_id.is_(None)
    if sought.subject:
        yield AuditEntry.subject == sought.subject
    if sought.since:
        yield AuditEntry.at >= _midnight(sought.since)
    if sought.until:
        yield AuditEntry.at < _midnight(sought.until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return moments.at(day, time(0), ZoneInfo(Settings.get().time_zone))


def _behind(query: Select[Any], before: int | None) -> Select[Any]:
    if before is None:
        return query
    at = select(AuditEntry.at).where(AuditEntry.id == before).scalar_subquery()
    return query.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(at, literal(before)))


def people() -> Sequence[User]:
    """Everybody who may have changed something, by name."""
    return db.session.scalars(select(User).order_by(User.name, User.id)).all()
