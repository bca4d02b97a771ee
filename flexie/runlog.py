"""A run's log, and how a run ends: by itself, by a failure, or because somebody said so."""

from flexie import clock, questions
from flexie.db import db, lock
from flexie.models import Run, RunLog
from flexie.models.rules import LIVE


class NotFailed(Exception):
    """A run that cannot be retried, with the reason."""


def write(run: Run, step: str, words: str) -> None:
    """One more line, in words, without reading those that are there."""
    db.session.add(RunLog(run_id=run.id, at=clock.now(), step=step, position=list(run.position), words=words))


def end(run: Run, state: str, words: str) -> None:
    """The run is over: done, failed or cancelled."""
    run.state, run.ended_at, run.due_at, run.follows = state, clock.now(), None, None
    questions.close_question(run)
    write(run, "end" if state == "done" else state, words)


def cancel(run: Run, why: str) -> None:
    """End a run that still waits, with the reason in its log. One that is over stays as it is."""
    lock(run)
    if run.state in LIVE:
        end(run, "cancelled", why)


def retry(run: Run) -> None:
    """Let a failed run go on from the step that failed.

    Raises:
        NotFailed: it did not fail, or somebody retried it already.
    """
    lock(run)
    if run.state != "failed":
        raise NotFailed("Only a run that failed can be retried.")
    run.state, run.ended_at, run.error, run.due_at = "ready", None, None, clock.now()
    write(run, "retry", "goes on from the step that failed")
