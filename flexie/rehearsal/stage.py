"""A stage for rehearsals: an application of its own over a database in memory, its clock, and its way to work."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol, cast

from flask import Flask
from sqlalchemy import create_engine, update
from sqlalchemy.pool import StaticPool

from flexie import batches, clock, intake, jobs, outbound, providers, reconciler
from flexie.db import Base, db, reading, transaction
from flexie.models import WebhookCall
from rules.testing import WorldProblem

_EPOCH = datetime(2030, 1, 1, tzinfo=UTC)
_idle: list[Flask] = []  # applications of rehearsals that are over: their statements are compiled already


@dataclass(frozen=True)
class Limits:
    """What a rehearsal may cost: real seconds for one test and for a file, and moments that a test's clock stops at."""

    seconds_a_test: float = 60.0
    seconds_a_file: float = 600.0
    moments: int = 2_000
    rounds: int = 200
    what: str = "This test"


class Senders(Protocol):
    """What stands where a worker's sender threads stand."""

    def wake(self) -> None:
        """Texts may be due."""


class Provider:
    """Stands where a worker's sender threads stand: hands every text to nobody, and each is accepted."""

    def wake(self) -> None:
        """Sends what is due, one after the other."""
        while claimed := outbound.claim():
            accepted = providers.Accepted(f"rehearsal-{claimed.message_id}", "sent", "sent")
            outbound.finish(claimed, accepted)


class Webhooks:
    """Stands where a worker's threads for webhooks stand: nobody is outside, so every call counts as made."""

    def wake(self) -> None:
        """Marks what waits as done."""
        with transaction():
            waiting = update(WebhookCall).where(WebhookCall.state == "waiting")
            db.session.execute(waiting.values(state="done", due_at=None))


class SilentBell:
    """Nobody else is to be rung for: the stage looks at all work itself."""

    def ring(self, _kind: str) -> None:
        """Nobody hears it."""

    def ring_soon(self, _kind: str) -> None:
        """Nobody hears it."""

    def answered(self, _kind: str) -> None:
        """Nothing was rung for."""


class Stage:
    """An empty account on a clock that stands still until it is moved; `open` makes one and takes it away."""

    def __init__(self, app: Flask, limits: Limits) -> None:
        self.app = app
        self.limits = limits
        self.moment = _EPOCH
        self._file_ends = time.monotonic() + limits.seconds_a_file
        self._test_ends = self._file_ends
        self._moments_left = limits.moments

    @classmethod
    @contextmanager
    def open(cls, limits: Limits, senders: "Senders | None" = None) -> Iterator["Stage"]:
        """A stage for the block. Inside it the clock and the current application are the stage's, for this thread.

        `senders` stand where the provider does; without them every text is accepted and nothing is reported.
        """
        try:
            app = _idle.pop()
        except IndexError:
            app = _application()
        app.extensions["senders"] = senders or Provider()
        stage = cls(app, limits)
        with clock.rehearsed(lambda: stage.moment), app.app_context():
            stage.empty()
            try:
                yield stage
            finally:
                stage.empty()
                _idle.append(app)

    def photograph(self) -> bytes:
        """Everything that is in the database now."""
        db.session.remove()
        with _raw() as connection:
            return connection.serialize()

    def put_back(self, photograph: bytes) -> None:
        """Make the database what it was when it was photographed."""
        db.session.remove()
        with _raw() as connection:
            connection.deserialize(photograph)

    def empty(self) -> None:
        """Take everything out of the database."""
        self.put_back(_empty_database())

    def begin(self, moment: datetime) -> None:
        """A new test: its clock shows `moment`."""
        self.moment = moment
        self._test_ends = min(self._file_ends, time.monotonic() + self.limits.seconds_a_test)
        self._moments_left = self.limits.moments

    def settle(self) -> None:
        """Everything that is due now is worked through, by the very looks that workers take, until nothing is left.

        Raises:
            WorldProblem: it did not come to an end.
        """
        for _ in range(self.limits.rounds):
            self._look_at_time()
            self._answer_webhooks()
            due = self._due()
            if not any(since <= self.moment for since in due.values()):
                return
            for kind in batches.KINDS:
                if kind in due and due[kind] <= self.moment:
                    jobs.look(cast(batches.Work, kind))
        raise WorldProblem(f"{self.limits.what} did not come to rest: one thing led to another without an end.")

    def advance(self, to: datetime) -> None:
        """Move the clock from one due moment to the next, until `to`.

        Raises:
            WorldProblem: there are too many moments on the way.
        """
        self.settle()
        while self.moment < to:
            self._moments_left -= 1
            if self._moments_left < 0:
                number = f"more than {self.limits.moments:,} things fell due on the way"
                raise WorldProblem(f"{self.limits.what} did not come to rest: {number}. Move the clock by less.")
            reconciler.reconcile()
            self.moment = min([to, *self._due().values()])
            self.settle()

    def _answer_webhooks(self) -> None:
        """There is nobody outside: a call that a rule made counts as made."""
        with transaction():
            waiting = update(WebhookCall).where(WebhookCall.state == "waiting")
            db.session.execute(waiting.values(state="done", due_at=None))

    def _due(self) -> dict[str, datetime]:
        with reading(), transaction():
            return dict(reconciler.due_since())

    def _look_at_time(self) -> None:
        if time.monotonic() > self._test_ends:
            shorter = "Make it, or the way its clock goes, shorter."
            raise WorldProblem(f"{self.limits.what} took too long and was stopped. {shorter}")


def _application() -> Flask:
    """The least application that the verbs need: a database in memory whose address no other has."""
    app = Flask("rehearsal", root_path="/", static_folder=None)
    app.config.update(
        SECRET_KEY=secrets.token_hex(16),
        CREDENTIAL_KEYS=[],
        PUBLIC_URL="https://rehearsal.invalid",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///file:/rehearsal/{secrets.token_hex(8)}?mode=memory&uri=true",
        SQLALCHEMY_ENGINE_OPTIONS={"poolclass": StaticPool, "connect_args": {"check_same_thread": False}},
    )
    db.init_app(app)
    app.extensions.update(bell=SilentBell(), callers=Webhooks())
    intake.init_app(app)
    return app


@contextmanager
def _raw() -> Iterator[Any]:
    """The one connection behind the stage's engine."""
    connection = db.engine.raw_connection()
    try:
        yield connection.driver_connection
    finally:
        connection.close()


@lru_cache(maxsize=1)
def _empty_database() -> bytes:
    """All tables, nothing in them."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    connection = engine.raw_connection()
    try:
        return connection.driver_connection.serialize()  # type: ignore[union-attr]
    finally:
        connection.close()
        engine.dispose()
