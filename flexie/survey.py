"""SQLite's statistics: how rows are spread, by which its planner chooses between indexes.

Without them it takes all indexes for equally good, and reads large tables in the wrong order. PostgreSQL looks after
its own (autovacuum).
"""

from sqlalchemy import func, select, text

from flexie.db import db, is_postgresql, reading, transaction
from flexie.models import Message, Record

FEWEST_ROWS = 10_000  # of texts or of records: below it, any order is quick
LOOKED_AT = 1_000  # rows of each index: enough to choose by, and over in moments however large a table is


def look() -> None:
    """Take statistics of all tables anew, where one is large; in a transaction of its own.

    Connections that are open go on with those that they have read: the pool changes them within the hour.
    """
    if is_postgresql() or not _is_large():
        return
    with transaction():
        db.session.execute(text(f"PRAGMA analysis_limit = {LOOKED_AT}"))
        db.session.execute(text("ANALYZE"))


def _is_large() -> bool:
    with reading(), transaction():
        newest = [db.session.scalar(select(func.max(model.id))) or 0 for model in (Message, Record)]
    return max(newest) >= FEWEST_ROWS
