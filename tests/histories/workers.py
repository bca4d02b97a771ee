"""The running system's workers on a clock that is moved: the timekeeper rings, jobs, texts and calls are done."""

import logging
from datetime import datetime
from typing import Any

from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from flexie import bell, callouts, jobs, outbound, providers, reconciler
from flexie.db import db, reading, transaction
from flexie.models import Record
from flexie.timekeeper import Timekeeper
from flexie.worker import BellWorker, OnlyOurJobs
from tests.moving_clock import MovingClock

MOST_ROUNDS = 300
MOST_RECORDS = 300


class Doorbell:
    """A bell that is heard in this process: what was rung for waits in the order of the first ring."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def ring(self, kind: str) -> None:
        """Somebody rings."""
        if kind not in self.waiting:
            self.waiting.append(kind)

    ring_soon = ring

    def answered(self, kind: str) -> None:
        """A job starts; what is rung for from now on is another look."""


class Texts:
    """A worker's only thread for texts: each is claimed, posted over HTTP, and its outcome written down."""

    def __init__(self) -> None:
        self.client = providers.new_client()

    def wake(self) -> None:
        """Until nothing is due."""
        while claimed := outbound.claim():
            outbound.finish(claimed, outbound.call(claimed, self.client))


class Calls:
    """A worker's only thread for webhooks."""

    def wake(self) -> None:
        """Until nothing is due."""
        while claimed := callouts.claim():
            callouts.finish(claimed, callouts.call(claimed))


class Storm(Exception):
    """Records that create records: the history would go on for minutes and show nothing new. It is not counted."""


class Workers:
    """One worker and the clock process of an application. With `redis`, bell and jobs go through RQ."""

    def __init__(self, app: Flask, moving: MovingClock, texts: Texts, *, redis: bool) -> None:
        self.app = app
        self.moving = moving
        self.doorbell: Any = bell.Bell(app.config["REDIS_URL"]) if redis else Doorbell()
        app.extensions.update(bell=self.doorbell, senders=texts, callers=Calls())
        self._rq = _rq_worker(app.config["REDIS_URL"]) if redis else None

    def settle(self) -> None:
        """Until nothing is due now and nobody rings."""
        timekeeper = Timekeeper(self.app)
        for _ in range(MOST_ROUNDS):
            with self.app.app_context():
                timekeeper.tick()
            self._answer()
            self._look_for_storms()
            due = self._due()
            if not self._rings() and not any(moment <= self.moving.moment for moment in due):
                return
        raise AssertionError("the running system did not come to rest")

    def advance(self, to: datetime) -> None:
        """Time passes; the clock stops wherever something is due."""
        self.settle()
        while self.moving.moment < to:
            self.moving.moment = min([to, *(moment for moment in self._due() if moment > self.moving.moment)])
            self.settle()

    def _look_for_storms(self) -> None:
        with self.app.app_context(), reading(), transaction():
            if (db.session.scalar(select(func.count(Record.id))) or 0) > MOST_RECORDS:
                raise Storm

    def _due(self) -> list[datetime]:
        with self.app.app_context(), reading(), transaction():
            return list(reconciler.due_since().values())

    def _rings(self) -> bool:
        return bool(self._rq is None and self.doorbell.waiting)

    def _answer(self) -> None:
        if self._rq is not None:
            with self.app.app_context():
                self._rq.work(burst=True, logging_level="ERROR")
            return
        while self.doorbell.waiting:
            kind = self.doorbell.waiting.pop(0)
            with self.app.app_context():
                jobs.for_rq(kind)


def _rq_worker(redis_url: str) -> BellWorker:
    logging.getLogger("rq.worker").setLevel("ERROR")
    connection = Redis.from_url(redis_url)
    queue = Queue(bell.QUEUE, connection=connection, serializer=JSONSerializer, job_class=OnlyOurJobs)
    return BellWorker([queue], connection=connection, serializer=JSONSerializer)
