"""Throw-away installations: a data folder, a database, a Valkey and the application's processes, ended by pid."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg
from flask import Flask
from flask_migrate import upgrade
from redis import Redis, RedisError

import app
from flexie import config
from flexie.db import db

Engine = Literal["sqlite", "postgresql"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")
ROOT = Path(app.__file__).parent
POSTGRESQL = os.environ.get("BENCHMARK_POSTGRESQL", "postgresql://postgres@127.0.0.1")
PUBLIC_URL = "https://sms.example.com"
FLASK = ("-m", "flask", "--app", "app:create_app")
GUNICORN = ("-m", "gunicorn", "--config", "bin/gunicorn.conf.py")
PATIENCE = 90.0  # seconds that a process may take to start on a busy machine


class NotStarted(Exception):
    """A process of the benchmark did not come up; its log is quoted."""


@dataclass(frozen=True)
class Web:
    """A web server that was started."""

    process: subprocess.Popen[bytes]
    port: int


class Installation:
    """One installation on its own data, with the processes that were started for it."""

    def __init__(self, data: Path, database: str) -> None:
        self.data = data
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "PROXY_HOPS")},
            "FLEXIE_DATA": str(data),
            "DATABASE_URL": database,
            "PUBLIC_URL": PUBLIC_URL,
            "FLEXIE_SIMULATOR": "0",
            "WEB_CONCURRENCY": "2",
            "API_RATE": "1000000 per second",  # it is to answer as often as it is asked
            "PYTHONPATH": str(ROOT),
        }
        self.redis_socket = config.embedded_socket(data.resolve())
        self.app: Flask = app.create_app(config.from_environment(self.environment))
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a Python program of this installation; what it says goes to a log in the data folder."""
        with (self.data / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def valkey(self) -> Redis:
        """Start the embedded Valkey and return a client of it."""
        process = self.start("valkey", "-m", "flexie.embedded")
        client = Redis(unix_socket_path=str(self.redis_socket))
        self._wait("valkey", process, lambda: bool(client.ping()))
        return client

    def web(self, application: str = "wsgi:app") -> "Web":
        """Serve an application on loopback as `bin/run` does, with two processes."""
        port = free_port()
        process = self.start("web", *GUNICORN, application, PORT=str(port), HOST="127.0.0.1")
        self._wait("web", process, lambda: is_listening(port))
        return Web(process, port)

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker, and wait until it has signed on to RQ."""
        process = self.start("worker", *FLASK, "worker")
        client = Redis(unix_socket_path=str(self.redis_socket))
        self._wait("worker", process, lambda: bool(client.scard("rq:workers")))
        return process

    def clock(self) -> subprocess.Popen[bytes]:
        """Start the clock."""
        return self.start("clock", *FLASK, "clock")

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.data / f"{name}.log").read_text(errors="replace")

    def _wait(self, name: str, process: subprocess.Popen[bytes], is_up: Callable[[], bool]) -> None:
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up and process.poll() is None:
            try:
                if is_up():
                    return
            except (RedisError, OSError):
                pass
            time.sleep(0.05)
        raise NotStarted(f"{name} did not start:\n{self.log(name)[-2000:]}")

    def stop(self) -> None:
        """End what was started, last first."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def installation(engine: Engine) -> Iterator[Installation]:
    """An installation with an empty, migrated database; everything of it is gone afterwards."""
    data = Path(tempfile.mkdtemp(prefix="flexie-benchmark-"))
    try:
        with _database(engine, data) as address:
            made = Installation(data, address)
            try:
                with made.app.app_context():
                    upgrade(directory=str(ROOT / "flexie" / "migrations"))
                yield made
            finally:
                made.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _database(engine: Engine, data: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{data / 'flexie.db'}"
        return
    name = f"flexie_benchmark_{os.getpid()}_{secrets.token_hex(4)}"
    _administer(f"CREATE DATABASE {name}")
    try:
        yield f"{POSTGRESQL.replace('postgresql://', 'postgresql+psycopg://')}/{name}"
    finally:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _administer(statement: str) -> None:
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(statement)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a process and its children (as they are now) have used; Linux only, elsewhere 0."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = [process.pid, *map(int, children.read_text().split())] if children.exists() else []
    return sum(map(_cpu_seconds, pids))


def _cpu_seconds(pid: int) -> float:
    """User and system time; fields 14 and 15 of /proc/PID/stat (man 5 proc)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether something accepts connections on loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def waited(condition: Callable[[], Any], seconds: float, pause: float = 0.02) -> bool:
    """Whether the condition came true within so many seconds."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(pause)
    return True
