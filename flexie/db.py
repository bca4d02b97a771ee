"""The database: one `db`, its column types, and how a transaction begins on SQLite and PostgreSQL."""

import random
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Select,
    bindparam,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from flexie import clock

LONGEST_WAIT_FOR_THE_WRITE_LOCK = 15.0  # seconds; SQLite has one writer at a time

Json = JSON().with_variant(JSONB(), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite has no zone to keep, so it is taken off and put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone cannot be stored; use clock.now().")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What every table has in common: typed columns and constraint names that migrations can rely on."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json, list[str]: Json},
    )


db = SQLAlchemy(model_class=Base)

_reading: ContextVar[bool] = ContextVar("reading", default=False)


def new_public_id() -> str:
    """A random id that may leave the house: 128 bits, 32 hexadecimal digits."""
    return secrets.token_hex(16)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions that begin inside only read: on SQLite they do not ask for the write lock."""
    mark = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(mark)


@contextmanager
def transaction() -> Iterator[None]:
    """One transaction: committed at the end, rolled back by any exception. Starts with nothing pending."""
    db.session.rollback()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.remove()


def now() -> datetime:
    """The moment by the database's clock (aware UTC), which all hosts share; the injected clock in tests."""
    if clock.is_injected() or db.engine.dialect.name == "sqlite":
        return clock.now()
    return db.session.execute(select(text("clock_timestamp()"))).scalar_one().astimezone(UTC)


def this_moment() -> ColumnElement[datetime]:
    """The same as part of a statement that only reads: on PostgreSQL when that statement began."""
    if clock.is_injected() or db.engine.dialect.name == "sqlite":
        return literal(clock.now(), UtcDateTime())
    return func.statement_timestamp(type_=UtcDateTime())


def is_postgresql() -> bool:
    """Whether rows are claimed with SKIP LOCKED rather than under SQLite's one write lock."""
    return db.engine.dialect.name == "postgresql"


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    """Set SQLite's pragmas once a connection. `synchronous=FULL`: what was acknowledged survives a power cut."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=2000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=0",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        begin_sqlite(connection.connection.cursor(), writes=not _reading.get())


def begin_sqlite(cursor: Any, *, writes: bool) -> None:
    """Begin on a SQLite cursor, waiting for the write lock with short random pauses.

    A writer takes the lock at once: asking for it half way fails whenever another wrote in between. Pauses of
    our own keep the slowest of many writers at a third of what SQLite's growing busy time-out costs.

    Raises:
        OperationalError: the lock was not free within LONGEST_WAIT_FOR_THE_WRITE_LOCK.
    """
    give_up = time.monotonic() + LONGEST_WAIT_FOR_THE_WRITE_LOCK
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
            if not writes:
                cursor.execute("SELECT 1 FROM sqlite_schema LIMIT 1")
            return
        except sqlite3.OperationalError as problem:
            if cursor.connection.in_transaction:
                cursor.execute("ROLLBACK")
            if "locked" not in str(problem) or time.monotonic() > give_up:
                raise OperationalError("BEGIN", None, problem) from problem
            time.sleep(random.uniform(0.0005, 0.004))


def lock(row: Base) -> None:
    """Read a row anew and keep others from changing it until the transaction ends.

    What the session holds is written first: reading anew would take back what is not.

    All our row locks are FOR NO KEY UPDATE: keys never change, and the foreign keys of rows that others add meanwhile
    are to pass (on SQLite the one write lock does it all).
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"key_share": True, "of": type(row)})


def written_out(column: Any, values: Sequence[str]) -> ColumnElement[bool]:
    """`column IN (…)` with the values in the statement itself.

    SQLite uses a partial index only for a condition that is spelled like the index's own, in its order.
    """
    return column.in_(bindparam(None, list(values), expanding=True, literal_execute=True))


MOST_COUNTED = 100


def count_some(ids: Select[Any]) -> int:
    """How many rows a query finds, counted up to MOST_COUNTED: to know more would be to read them all."""
    some = ids.limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def insert(model: type[Base]) -> Any:
    """An INSERT of this database's dialect, which knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return (postgresql if is_postgresql() else sqlite).insert(model)
