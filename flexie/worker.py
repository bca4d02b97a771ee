"""The worker: answers the bell through RQ, and looks by itself at what nobody rang for.

RQ is the doorbell only. A job that was lost, an emptied or a stopped Redis delay nothing by more than a few seconds:
a second thread polls for rows that are overdue.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

from flask import Flask
from redis import Redis, RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from flexie import batches, bell, jobs, reconciler, senders

PATROL = 1.0  # seconds between two looks at what is overdue
OVERDUE = timedelta(seconds=2)  # rows due for longer than this were missed by the bell
HEARTBEAT_EVERY = 5  # patrols
WORKER_TTL = 30  # seconds; RQ waits WORKER_TTL - 15 for a job, and notices a dead Redis within WORKER_TTL

log = logging.getLogger(__name__)


class ForgedJob(Exception):
    """A job in Redis that names anything but our own function: it is refused, whoever put it there."""


class OnlyOurJobs(Job):
    """RQ runs whatever dotted name a job carries, and its callbacks; this class knows one name and no callbacks."""

    @property
    def func(self) -> Callable[..., Any]:
        """The function to run. Raises ForgedJob for any other."""
        if self.func_name != bell.JOB or self._instance is not None:
            raise ForgedJob("This job names a function that is not ours.")
        return jobs.for_rq

    @property
    def success_callback(self) -> None:
        """We have no callbacks."""
        return

    @property
    def failure_callback(self) -> None:
        """We have no callbacks."""
        return

    @property
    def stopped_callback(self) -> None:
        """We have no callbacks."""
        return


class BellWorker(SimpleWorker):
    """RQ's worker without forks; it comes back to a Redis that was away within two seconds."""

    job_class = OnlyOurJobs
    max_connection_wait_time = 2.0
    log_result_lifespan = False

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """A job that failed, by the exception's type and place: RQ writes its words, and those may quote people."""
        log.error("job failed", extra={"job": job.id}, exc_info=exc_info)

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether a signal asked the worker to end."""
        return bool(self._stop_requested or self._shutdown_requested_date)


def run(app: Flask) -> None:
    """Work until a signal says stop. Needs the main thread, for signals."""
    threads: dict[str, senders.Senders[Any]] = {
        "senders": senders.of_texts(app),
        "callers": senders.of_calls(app),
        "fetchers": senders.of_media(app),
        "pullers": senders.of_lists(app),
    }
    app.extensions.update(threads)
    patrol = Patrol(app)
    patrol.start()
    try:
        _answer_the_bell(app, patrol)
    finally:
        patrol.stop()
        for each in threads.values():
            each.close()


def _answer_the_bell(app: Flask, patrol: "Patrol") -> None:
    worker = None
    with suppress(StopRequested):  # RQ raises it where it was not working: also while Redis is away
        while worker is None or not worker.is_asked_to_stop:
            try:
                worker = _rq_worker(app.config["REDIS_URL"])
                worker.work(logging_level="WARNING")
            except RedisError as problem:
                log.warning("no Redis, polling", extra={"problem": type(problem).__name__})
                patrol.stopped.wait(PATROL)


def _rq_worker(redis_url: str) -> BellWorker:
    connection = Redis.from_url(redis_url, socket_connect_timeout=1.0)
    queue = Queue(bell.QUEUE, connection=connection, serializer=JSONSerializer, job_class=OnlyOurJobs)
    return BellWorker([queue], connection=connection, serializer=JSONSerializer, worker_ttl=WORKER_TTL)


class Patrol(threading.Thread):
    """Every second: work through what has been due for too long, whatever became of the bell."""

    def __init__(self, app: Flask) -> None:
        super().__init__(name="patrol", daemon=True)
        self.app = app
        self.stopped = threading.Event()
        self._rounds = 0

    def run(self) -> None:
        """Until stopped. A database that is away is met with patience."""
        while not self.stopped.wait(PATROL):
            try:
                with self.app.app_context():
                    self.one_round()
            except Exception:
                log.exception("patrol failed, trying again")

    def one_round(self) -> None:
        """One look at everything that may be overdue."""
        if self._rounds % HEARTBEAT_EVERY == 0:
            reconciler.seen("worker")
        self._rounds += 1
        for kind in reconciler.overdue(OVERDUE):
            log.info("found overdue work", extra={"work": kind})
            jobs.look(cast(batches.Work, kind))

    def stop(self) -> None:
        """End after the present round."""
        self.stopped.set()
        self.join(timeout=30)
