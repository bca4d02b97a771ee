"""Working off a file: a lump of rows in one transaction with how far it got, so that nothing is done twice or lost."""

import json
from collections.abc import Sequence
from datetime import timedelta

from flask import g
from sqlalchemy import delete, insert, select

from flexie import batches, db
from flexie.importing.reading import Row
from flexie.importing.writing import Writer
from flexie.models import Import, ImportFault, ImportLump

LATER = timedelta(minutes=1)


def drain() -> batches.Done:
    """Work off one lump of the import that waits longest."""
    count = batches.work(_claim, _lumps, _postpone, 1)
    return batches.Done(count, count == 1, frozenset({"events", "runs"}) if count else frozenset())


def _claim(limit: int, only: int | None) -> Sequence[Import]:
    query = select(Import).where(Import.id == only) if only else select(Import)
    query = query.where(Import.due_at <= db.now()).order_by(Import.due_at, Import.id).limit(limit)
    return db.db.session.scalars(query.with_for_update(skip_locked=True, of=Import, key_share=True)).all()


def _lumps(imports: Sequence[Import]) -> None:
    for one in imports:
        ahead = select(ImportLump.id).where(ImportLump.import_id == one.id).order_by(ImportLump.id).limit(2)
        lumps = db.db.session.scalars(ahead).all()
        if lumps:
            lump = db.db.session.get_one(ImportLump, lumps[0])
            work_off(one, [Row(line, cells) for line, cells in json.loads(lump.rows)])
            db.db.session.execute(delete(ImportLump).where(ImportLump.id == lumps[0]))
        one.due_at = db.now()
        if len(lumps) < 2:
            one.state, one.due_at, one.ended_at = "done", None, db.now()


def work_off(one: Import, rows: Sequence[Row]) -> None:
    """Write the rows, keep those that are left out with their reasons, and count both."""
    g.acting_id = one.user_id  # for the audit log
    try:
        writer = Writer(one)
        writer.write(rows)
        db.db.session.flush()
    finally:
        g.acting_id = None
    if writer.faults:
        faults = [
            {"import_id": one.id, "line": row.line, "reason": reason, "cells": json.dumps(row.cells)}
            for row, reason in writer.faults
        ]
        db.db.session.execute(insert(ImportFault), faults)
    one.created += writer.created
    one.updated += writer.updated
    one.failed += len(writer.faults)


def _postpone(import_id: int, _problem: Exception) -> None:
    one = db.db.session.get(Import, import_id)
    if one is not None:
        one.due_at = db.now() + LATER
