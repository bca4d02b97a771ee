"""How Alembic reaches the database: through the application's engine, one upgrade at a time."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from flexie.db import Base, UtcDateTime

UPGRADE_LOCK = 7_355_608  # PostgreSQL advisory lock: of several hosts that upgrade together, one works, the rest wait


def render_item(kind: str, item: Any, _autogen: Any) -> Any:
    """Write our own column types in a migration so that it needs nothing of ours to run."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


with current_app.extensions["migrate"].db.engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
