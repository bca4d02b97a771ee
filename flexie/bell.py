"""The doorbell: tells a worker that rows wait, and never what they are.

A ring can be lost, doubled or late without harm: rows decide. At most one job of a kind is pending, by a flag in
Redis that is set with NX and cleared as the job starts. Inside a worker a ring is a note to itself, so that a text's
way from arrival to answer costs no second trip through Redis.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import Flask, current_app
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from flexie.batches import Work

QUEUE = "flexie"
JOB = "flexie.jobs.for_rq"  # the one function that a job may name
FLAG_SECONDS = 10  # a job that was lost is rung for again after this long
PAUSE_SECONDS = 0.010  # the shortest time between two rings of a process that rings off the request's path
REST_SECONDS = 1.0  # after a failed ring, how long Redis is left alone

log = logging.getLogger(__name__)
_noted: ContextVar[set[Work] | None] = ContextVar("noted", default=None)


class Bell:
    """One process's way to ring. Safe to share between threads."""

    def __init__(self, redis_url: str) -> None:
        self.redis = connect(redis_url)
        self.queue = Queue(QUEUE, connection=self.redis, serializer=JSONSerializer)
        self._resting_until = 0.0
        self._wanted: set[Work] = set()
        self._wake = threading.Event()
        self._ringer: threading.Thread | None = None
        self._lock = threading.Lock()

    def ring(self, kind: Work) -> None:
        """Ask for a look at rows of this kind. Never fails: without Redis, workers poll."""
        if time.monotonic() < self._resting_until:
            return
        try:
            if self.redis.set(_flag(kind), 1, nx=True, ex=FLAG_SECONDS):
                self.queue.enqueue(JOB, kind, result_ttl=0, failure_ttl=60, job_timeout=-1, ttl=FLAG_SECONDS * 6)
        except RedisError as problem:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("bell not heard", extra={"work": kind, "problem": type(problem).__name__})

    def ring_soon(self, kind: Work) -> None:
        """Ring from a thread of this process, at most once in PAUSE_SECONDS: about free for the caller."""
        with self._lock:
            self._wanted.add(kind)
            if self._ringer is None or not self._ringer.is_alive():
                self._ringer = threading.Thread(target=self._keep_ringing, name="bell", daemon=True)
                self._ringer.start()
        self._wake.set()

    def answered(self, kind: Work) -> None:
        """A job of this kind starts: from now on a ring means another look."""
        try:
            self.redis.delete(_flag(kind))
        except RedisError:
            log.warning("bell flag not cleared", extra={"work": kind})

    def _keep_ringing(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            with self._lock:
                wanted, self._wanted = self._wanted, set()
            for kind in wanted:
                self.ring(kind)
            time.sleep(PAUSE_SECONDS)


def connect(redis_url: str) -> Redis:
    """A client that gives up quickly: a bell that hangs would be worse than one that is not heard."""
    return Redis.from_url(
        redis_url, socket_timeout=1.0, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0), health_check_interval=0
    )


def _flag(kind: Work) -> str:
    return f"flexie:bell:{kind}"


@contextmanager
def noting() -> Iterator[set[Work]]:
    """Inside the block, `ring` only notes what was rung for: a worker goes on with it itself."""
    noted: set[Work] = set()
    mark = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(mark)


def init_app(app: Flask) -> None:
    """Give the application its bell."""
    app.extensions["bell"] = Bell(app.config["REDIS_URL"])


def of_app() -> Bell:
    """The bell of the current application."""
    return current_app.extensions["bell"]


def ring(kind: Work) -> None:
    """Ask for a look at rows of this kind. Call it after the commit, never before."""
    noted = _noted.get()
    if noted is not None:
        noted.add(kind)
    else:
        of_app().ring(kind)
