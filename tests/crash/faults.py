"""What goes wrong in a crash run, one function a fault; when and which is drawn from the run's seed."""

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from flask import Flask
from sqlalchemy import select, text

from flexie import config
from flexie.db import db
from flexie.models import Message
from tests.crash.processes import Processes
from tests.crash.provider import Provider

TRIES = 5
LOOK_EVERY = 0.02  # seconds
FLUSH = """
if KEYS[1] ~= '' and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('FLUSHALL')
return 1
"""
"""Looks and empties in one step: nobody takes anything out in between."""


@dataclass
class World:
    """All that a fault can be done to. `patience`: seconds until there is something to destroy. `waits_for`: a key that
    a broken build keeps in Redis; without it, emptying Redis would destroy nothing.
    """

    app: Flask
    processes: Processes
    provider: Provider
    draw: random.Random
    patience: float = 5.0
    waits_for: str | None = None

    def is_sending(self, public_id: str) -> bool:
        """Whether a text was handed to the provider and nobody has written down what came of it."""
        with self.app.app_context():
            status = db.session.scalar(select(Message.status).where(Message.public_id == public_id))
            db.session.rollback()
        return status == "sending"

    def rest(self, longest: float) -> float:
        """For how many seconds something stays away."""
        return self.draw.uniform(0.0, longest)


def kill_web(world: World) -> None:
    """The web server with all its processes."""
    world.processes.kill(world.processes["web"], world.rest(1.0))


def kill_web_process(world: World) -> None:
    """One of the processes that answer requests; gunicorn starts another."""
    if children := world.processes["web"].children():
        world.processes["web"].kill_one(world.draw.choice(children))


def kill_gunicorn(world: World) -> None:
    """The parent alone: its orphans still hold the port until they notice."""
    if (popen := world.processes["web"].popen) is not None:
        world.processes["web"].kill_one(popen.pid)


def kill_worker(world: World) -> None:
    """A worker, wherever it is."""
    world.processes.kill(world.draw.choice(world.processes.workers), world.rest(1.0))


def kill_worker_in_mid_send(world: World) -> None:
    """All workers, while the provider holds a POST that it has not answered yet. On a busy machine a worker may have
    given the POST up before it was killed: then another one is held.
    """
    for _ in range(TRIES):
        with world.provider.one_under_way(world.patience) as post:
            if post is None:
                return
            for worker in world.processes.workers:
                world.processes.kill(worker, world.rest(0.5))
            if world.is_sending(post.public_id):
                return


def kill_clock(world: World) -> None:
    """The clock."""
    world.processes.kill(world.processes["clock"], world.rest(2.0))


def kill_valkey(world: World) -> None:
    """The embedded Valkey."""
    world.processes.kill(world.processes["valkey"], world.rest(2.0))


def stop_valkey(world: World) -> None:
    """Valkey hangs: it takes connections and answers nothing."""
    world.processes["valkey"].signal(signal.SIGSTOP)
    time.sleep(world.rest(2.0))
    world.processes["valkey"].signal(signal.SIGCONT)


def flush_valkey(world: World) -> None:
    """FLUSHALL: every job and every flag is gone, and what a broken build keeps there while it does."""
    socket = config.embedded_socket(world.app.config["FLEXIE_DATA"])
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1.0)
    give_up = time.monotonic() + (world.patience if world.waits_for else 0.0)
    while True:
        try:
            if client.eval(FLUSH, 1, world.waits_for or "") or time.monotonic() >= give_up:
                return
        except redis.RedisError:
            return
        time.sleep(LOOK_EVERY)


def shut_provider(world: World) -> None:
    """The provider refuses connections for a moment."""
    world.provider.close()
    time.sleep(world.rest(1.0))
    world.provider.open()


def drop_database_connections(world: World) -> None:
    """PostgreSQL ends every connection of the database, as a restart would; on SQLite there is nothing to end."""
    with world.app.app_context():
        if db.engine.dialect.name == "postgresql":
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            db.session.execute(text(f"{query} AND pid <> pg_backend_pid()"))
            db.session.rollback()


ALL: dict[str, tuple[Callable[[World], None], int]] = {
    "web": (kill_web, 12),
    "web process": (kill_web_process, 6),
    "gunicorn": (kill_gunicorn, 3),
    "worker": (kill_worker, 22),
    "worker in mid-send": (kill_worker_in_mid_send, 15),
    "clock": (kill_clock, 10),
    "valkey": (kill_valkey, 12),
    "valkey hangs": (stop_valkey, 5),
    "flushall": (flush_valkey, 12),
    "provider": (shut_provider, 5),
    "database connections": (drop_database_connections, 6),
}


def drawn(draw: random.Random, count: int, seconds: float, only: tuple[str, ...] = ()) -> list[tuple[float, str]]:
    """`count` faults at random moments (seconds after the start), in order."""
    names = list(only or ALL)
    moments = sorted(draw.uniform(0.5, seconds) for _ in range(count))
    return [(moment, draw.choices(names, [ALL[name][1] for name in names])[0]) for moment in moments]
