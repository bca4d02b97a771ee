"""Which databases and which Redis the tests use: SQLite always, others where they are reachable."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import redis

LOCAL_POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
LOCAL_REDIS = "redis://127.0.0.1:6379"


def _without_driver(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _reaches_postgresql(url: str) -> bool:
    try:
        psycopg.connect(_without_driver(url), connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def postgresql() -> str | None:
    """The server to make test databases on: TEST_DATABASE_URL, or a local one that lets us in."""
    if os.environ.get("NO_SERVERS"):
        return None
    given = os.environ.get("TEST_DATABASE_URL")
    if given or _reaches_postgresql(LOCAL_POSTGRESQL):
        return given or LOCAL_POSTGRESQL
    return None


def redis_server() -> str | None:
    """A Redis server: TEST_REDIS_URL, or a local one. Tests use its databases 1 to 15 and empty none of them."""
    if os.environ.get("NO_SERVERS"):
        return None
    url = os.environ.get("TEST_REDIS_URL") or LOCAL_REDIS
    try:
        redis.Redis.from_url(url, socket_connect_timeout=1).ping()
    except redis.RedisError:
        return None
    return url


def quick_folder() -> str | None:
    """Where SQLite's files of a test need not wait for a disk; None for the usual place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@contextmanager
def scratch(server: str) -> Iterator[str]:
    """A PostgreSQL database that is there inside the block only, and waits for no disk. Gives its address."""
    name = f"flexie_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_without_driver(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}?options=-csynchronous_commit%3Doff"
    finally:
        with psycopg.connect(_without_driver(server), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    print(*(["postgresql"] if postgresql() else []), *(["redis"] if redis_server() else []))
