"""The network's memory: one SQLite file in WAL mode, shared by the threads of a process and by processes."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

Parameters = Sequence[object] | Mapping[str, object]

BUSY_SECONDS = 10
"""How long a writer waits for another one."""

_SCHEMA = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")


class Store:
    """One connection a process behind a lock: statements are short, and a forked child gets its own."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inherited: sqlite3.Connection | None = None
        _reopen_after_fork(self)
        self._create_tables()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything inside happens or nothing does; other writers wait."""
        with self._lock:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def rows(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """All rows of a query, as last committed."""
        with self._lock:
            return self._open().execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        with self._lock:
            return self._open().execute(sql, parameters).fetchone()

    def close(self) -> None:
        """Close the file; it is opened again when it is next needed."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._connection = connection
        return self._connection

    def _create_tables(self) -> None:
        with self.transaction() as connection:
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)

    def _after_fork(self) -> None:
        # A connection must not be used nor closed in a child; keeping it referenced leaves it alone.
        self._inherited, self._connection = self._connection, None
        self._lock = threading.RLock()


def _reopen_after_fork(store: Store) -> None:
    reference = weakref.ref(store)

    def in_child() -> None:
        alive = reference()
        if alive is not None:
            alive._after_fork()

    os.register_at_fork(after_in_child=in_child)
