"""Writing very many rows: COPY into PostgreSQL, executemany into SQLite, indexes made afterwards."""

import logging
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

import psycopg

from flexie import search
from flexie.db import db

Row = Sequence[Any]
log = logging.getLogger(__name__)


class Loader(ABC):
    """Where rows go. Foreign keys are not checked: the generator keeps them."""

    @abstractmethod
    def add(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        """Write rows; `columns` are names with commas between. Moments are aware, JSON is text."""

    @abstractmethod
    def words(self, table: str, texts: Iterable[tuple[int, str]]) -> None:
        """Write what is searched for: (row id, text)."""


@contextmanager
def loader() -> Iterator[Loader]:
    """A loader into the current application's database. Indexes that serve no constraint are made anew at its end."""
    url = db.engine.url
    if url.drivername.startswith("sqlite"):
        with _sqlite(url.database or "") as made:
            yield made
    else:
        with _postgresql(url.set(drivername="postgresql").render_as_string(hide_password=False)) as made:
            yield made


class _Copy(Loader):
    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection

    def add(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        with _told(table), self.connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self.connection.execute(
            f"SELECT setval(name, (SELECT max(id) FROM {table})) FROM pg_get_serial_sequence('{table}', 'id') AS name"
            if columns.startswith("id,")
            else "SELECT 1"
        )

    def words(self, table: str, texts: Iterable[tuple[int, str]]) -> None:
        self.add(table, "id,words", ((row_id, _lexemes(text)) for row_id, text in texts))


def _lexemes(text: str) -> str:
    return " ".join(f"'{word}'" for word in sorted(set(search.words(text))))


class _Many(Loader):
    BATCH = 5_000

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def add(self, table: str, columns: str, rows: Iterable[Row]) -> None:
        marks = ",".join("?" * (columns.count(",") + 1))
        waiting = (tuple(_plain(value) for value in row) for row in rows)
        with _told(table):
            while batch := list(islice(waiting, self.BATCH)):
                self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", batch)

    def words(self, table: str, texts: Iterable[tuple[int, str]]) -> None:
        self.add(table, "rowid,words", ((row_id, " ".join(search.words(text))) for row_id, text in texts))


def _plain(value: Any) -> Any:
    """As SQLAlchemy stores it."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


@contextmanager
def _told(table: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    log.info("%s: %.0f s", table, time.monotonic() - begun)


@contextmanager
def _postgresql(address: str) -> Iterator[Loader]:
    with psycopg.connect(address) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign keys
        connection.execute("SET maintenance_work_mem = '1GB'")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        yield _Copy(connection)
        with _told("indexes"):
            for _, definition in indexes:
                connection.execute(definition)
    with psycopg.connect(address, autocommit=True) as connection, _told("vacuum"):
        connection.execute("VACUUM ANALYZE")


@contextmanager
def _sqlite(path: str) -> Iterator[Loader]:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    indexes = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql NOTNULL").fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield _Many(connection)
    with _told("indexes"):
        for _, definition in indexes:
            connection.execute(definition)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
