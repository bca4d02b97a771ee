"""Accounts that may be kept between runs: filling a large one takes minutes."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask_migrate import upgrade
from sqlalchemy import exists, select

from benchmarks.installations import POSTGRESQL, ROOT, Engine, Installation
from benchmarks.plenty.filling import fill
from benchmarks.plenty.size import Size
from flexie.db import db
from flexie.models import Message


@contextmanager
def kept(engine: Engine, size: Size, *, keep: bool) -> Iterator[Installation]:
    """An account of a size: the one that an earlier run kept, else a new one. Gone afterwards unless it is kept."""
    name = f"flexie_plenty_{size.messages}"
    data = Path(tempfile.gettempdir()) / f"{name}_{engine}"
    data.mkdir(exist_ok=True)
    if engine == "postgresql":
        _make(name)
    address = f"{POSTGRESQL}/{name}" if engine == "postgresql" else f"sqlite:///{data / 'flexie.db'}"
    made = Installation(data, address)
    try:
        with made.app.app_context():
            upgrade(directory=str(ROOT / "flexie" / "migrations"))
            is_full = db.session.scalar(select(exists().where(Message.id > 0)))
            db.session.remove()
            if not is_full:
                fill(size)
        yield made
    finally:
        made.stop()
        if not keep:
            shutil.rmtree(data)
            if engine == "postgresql":
                _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _make(name: str) -> None:
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {name}")


def _administer(statement: str) -> None:
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(statement)
