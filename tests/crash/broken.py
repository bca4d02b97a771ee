"""Builds that break a promise on purpose: each must make the crash test fail, or the test proves nothing."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Flask, current_app
from redis import RedisError
from sqlalchemy import select, update

from flexie import bell, db, inbound, outbound, providers, reconciler
from flexie.models import Message

LIST = "crash:texts"
REST = 0.8  # seconds that a job waits in Redis


def resend_on_timeout() -> None:
    """An outcome that nobody knows is taken for "not sent"."""
    record = outbound._record

    def believe(message: Message, outcome: providers.SendOutcome, now: datetime) -> None:
        record(message, providers.NotSent(outcome.reason) if isinstance(outcome, providers.Unknown) else outcome, now)

    outbound._record = believe


def resend_after_crash() -> None:
    """A send whose worker died is put back into the queue."""

    def expire(now: datetime) -> int:
        lost = update(Message).where(Message.status == "sending", Message.lease_until <= now)
        return reconciler._count(lost.values(status="queued", lease=None, lease_until=None, due_at=now))

    reconciler._expire = expire


def job_without_row() -> None:
    """A text counts as triggered although its runs stand nowhere yet but in Redis."""
    start_runs = inbound.trigger
    started: list[threading.Thread] = []

    def trigger(messages: Sequence[Message]) -> None:
        if not started:
            started.append(_Popper(current_app._get_current_object(), start_runs))  # type: ignore[attr-defined]
            started[0].start()
        ids = [message.id for message in messages]
        db.db.session.execute(update(Message).where(Message.id.in_(ids)).values(stage="triggered"))
        try:
            bell.of_app().redis.rpush(LIST, *ids)
        except RedisError:
            return

    inbound.trigger = trigger


class _Popper(threading.Thread):
    """Starts the runs of the texts that Redis remembers."""

    def __init__(self, app: Flask, start_runs: Callable[[Sequence[Message]], None]) -> None:
        super().__init__(daemon=True)
        self.app = app
        self.start_runs = start_runs

    def run(self) -> None:
        pause = threading.Event()
        while not pause.wait(REST):
            with self.app.app_context():
                self._pop()

    def _pop(self) -> None:
        try:
            ids = bell.of_app().redis.lpop(LIST, 100) or []
        except RedisError:
            return
        with db.transaction():
            texts = db.db.session.scalars(select(Message).where(Message.id.in_([int(i) for i in ids]))).all()
            self.start_runs(texts)
        bell.ring("runs")


BUILDS: dict[str, Callable[[], None]] = {
    "resend_on_timeout": resend_on_timeout,
    "resend_after_crash": resend_after_crash,
    "job_without_row": job_without_row,
}
