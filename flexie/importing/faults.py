"""The rows that an import left out."""

import json

from sqlalchemy import select

from flexie.db import db
from flexie.models import ImportFault

BATCH = 1_000

Fault = tuple[int, str, list[str]]
"""The line where the row begins, why it was left out, and its cells."""


def after(import_id: int, fault_id: int, limit: int = BATCH) -> tuple[list[Fault], int | None]:
    """The next rows in the order of the file, and what to ask with for those behind them; None at the end."""
    query = select(ImportFault.id, ImportFault.line, ImportFault.reason, ImportFault.cells)
    query = query.where(ImportFault.import_id == import_id, ImportFault.id > fault_id)
    rows = db.session.execute(query.order_by(ImportFault.id).limit(limit)).all()
    found: list[Fault] = [(row.line, row.reason, json.loads(row.cells)) for row in rows]
    return found, rows[-1].id if len(rows) == limit else None
