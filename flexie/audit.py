"""The audit log: one entry for each change, in the transaction of the change, with who, what, before and after."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import clock
from flexie.db import db
from flexie.models import SUBJECTS, AuditEntry, Record, Run, User

UNTOLD = frozenset({"last_incoming_at", "last_outgoing_at"})
"""Fields that the system keeps for each text; the texts themselves tell it."""

Changes = Mapping[str, tuple[Any, Any]]


def act_as(user: User | None) -> None:
    """What follows in this request is this person's doing."""
    g.acting_id = user.id if user else None


def created(record: Record, run: Run | None = None) -> None:
    """A record was made."""
    told = {name: (None, value) for name, value in record.fields.items()}
    note("record", record.id, "created", told, run, name=record.title)


def changed(record: Record, changes: Changes, run: Run | None = None) -> None:
    """Fields of a record changed."""
    told = {name: pair for name, pair in changes.items() if name not in UNTOLD}
    if told:
        note("record", record.id, "changed", told, run, name=record.title)


def tagged(record: Record, before: list[str], after: list[str], run: Run | None = None) -> None:
    """A record was given a tag, or lost one."""
    note("record", record.id, "tagged", {"tags": (before, after)}, run, name=record.title)


def of_records(ids: Iterable[int], since: datetime) -> dict[int, list[AuditEntry]]:
    """What was noted about records since then, in order, by row id, each entry with its run.

    SQLite gives the row id of a record that was deleted to a new one: a history begins with the last "created".
    """
    found: dict[int, list[AuditEntry]] = {}
    query = select(AuditEntry).where(AuditEntry.subject == "record", AuditEntry.subject_id.in_(list(ids)))
    query = query.where(AuditEntry.at >= since).options(joinedload(AuditEntry.run)).order_by(AuditEntry.id)
    for entry in db.session.scalars(query):
        if entry.did == "created":
            found[entry.subject_id] = []
        found.setdefault(entry.subject_id, []).append(entry)
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is not the same any more: name → (before, after)."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def note(
    subject: str, subject_id: int, did: str, changes: Changes, run: Run | None = None, *, name: str | None = None
) -> None:
    """One entry, in the session: by the rule's run, else by whoever acts in this request.

    `subject` is one of SUBJECTS; `name` is what the thing is called, for things that may be gone one day. `changes`
    hold no secret: a password that was changed is noted without any.

    Raises:
        ValueError: there is no such kind of thing.
    """
    if subject not in SUBJECTS:
        raise ValueError(f"{subject} is no kind of thing that the audit log knows.")
    entry = AuditEntry(at=clock.now(), subject=subject, subject_id=subject_id, did=did, name=name)
    entry.changes = {field: list(pair) for field, pair in changes.items()}
    entry.run_id = run.id if run else None
    entry.user_id = None if run else g.get("acting_id")
    db.session.add(entry)
