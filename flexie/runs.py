"""Step 4: due runs are carried on, from step to step, until a wait or the end.

Each visit is one transaction: what the steps do, the lines of the log, the position and the next due moment are
committed together, so that a run killed at any point goes on from where it was committed last, having done each step
exactly once.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from flexie import batches, db, facts, performing, questions, ruleset, runlog
from flexie.facts import FactFinder
from flexie.models import Conversation, Message, Record, Run
from flexie.models.rules import LIVE
from flexie.runlog import cancel
from rules import effects, interpreter

__all__ = ["cancel", "carry_on", "drain"]

BATCH = 25
LONGEST_WORDS = 200  # characters of an answer that the log shows
STARTED_BY = {
    "incoming": "by an incoming text",
    "delivered": "by the delivery of a text",
    "failed": "because a text failed",
    "created": "because the record was created",
    "changed": "because a field changed",
    "moment": "by a date of the record",
    "every": "by its schedule",
    "hand": "by hand",
    "rule": "by another rule",
}
"""What a run's log says of what started it, by the first word of its cause."""

STEPS_AT_ONCE = 100  # effects in one visit; a longer stretch goes on in the next

log = logging.getLogger(__name__)


def drain() -> batches.Done:
    """Carry on a batch of due runs."""
    done = batches.work(_claim, carry_on, _fail, BATCH)
    return batches.Done(done, done == BATCH, frozenset({"events", "sends"}) if done else frozenset())


def _claim(limit: int, only: int | None) -> Sequence[Run]:
    query = select(Run).where(db.written_out(Run.state, LIVE), Run.due_at <= db.now())
    query = query.where(Run.id == only) if only else query
    query = query.order_by(Run.due_at, Run.id).limit(limit).with_for_update(skip_locked=True, of=Run, key_share=True)
    options = (
        joinedload(Run.version),
        joinedload(Run.conversation).joinedload(Conversation.line),
        joinedload(Run.message).joinedload(Message.case),
        joinedload(Run.case),
        joinedload(Run.record).selectinload(Record.tags),
        joinedload(Run.record).selectinload(Record.phone_keys),
    )
    return db.db.session.scalars(query.options(*options)).unique().all()


def carry_on(runs: Sequence[Run]) -> None:
    """Carry on claimed runs, each as far as it goes now."""
    finder, now = FactFinder(), db.now()
    _lock_conversations(runs)
    with db.db.session.no_autoflush:  # nothing in a visit looks for runs or log lines: they are written together
        for run in runs:
            _Visit(run, finder, now).carry_on()


def _lock_conversations(runs: Sequence[Run]) -> None:
    """Workers whose batches meet in conversations take them in one order, so that neither waits for the other."""
    ids = {run.conversation_id for run in runs if run.conversation_id}
    query = select(Conversation.id).where(Conversation.id.in_(ids)).order_by(Conversation.id)
    db.db.session.execute(query.with_for_update(key_share=True))


class _Visit:
    """One stretch of a run: from waking up to the next wait, or the end."""

    def __init__(self, run: Run, finder: FactFinder, now: datetime) -> None:
        self.run = run
        self.finder = finder
        self.now = now
        self.rule = ruleset.tree_of(run.version)
        self.defaults = ruleset.defaults_of(run.version)
        self.conversation = run.conversation

    def carry_on(self) -> None:
        run = self.run
        run.state, run.follows = "ready", None
        if run.visit == 0:
            self.note("start", self._started_by())
        try:
            self._go()
        except (interpreter.InterpreterError, performing.StepFailed) as problem:
            self.end("failed", str(problem))

    def _go(self) -> None:
        verdict = interpreter.still_wanted(self.rule, self.facts())
        if not verdict.ok:
            return self.end("done", f"ended: {verdict.words}")
        for _ in range(STEPS_AT_ONCE):
            if self._step():
                return None
        self.run.due_at = self.now
        return None

    def _step(self) -> bool:
        """One effect. Returns whether the visit is over."""
        run, about = self.run, self.facts()
        before = tuple(run.position)
        step = interpreter.advance(self.rule, before, about)
        run.visit += 1
        if isinstance(step.effect, effects.End):
            run.position = list(step.position)
            self.end("done", step.words or step.effect.reason)
            return True
        if isinstance(step.effect, effects.Wait):
            run.position = list(step.position)
            self.note("wait", step.words)
            run.state, run.due_at, run.follows = "waiting", step.effect.until, step.effect.follows
            return True
        if isinstance(step.effect, effects.WaitForReply):
            run.position = list(step.position)
            return self._wait_for_reply(step.effect.until, step.words)
        doing = performing.Doing(run, self.rule, before, step.position, self.conversation, self.defaults)
        words = performing.perform(step.effect, doing)
        run.position = list(step.position)
        self.note(performing.NAMES[type(step.effect)], words or step.words)
        return False

    def _wait_for_reply(self, until: datetime, words: str) -> bool:
        """Go on with the answer, or with silence; else wait. Returns whether the visit is over."""
        run = self.run
        if run.question != run.position:
            questions.listen(run, self.conversation, self.now)
        if run.reply is not None:
            return self._take_up(run.reply.text, f"answered: {run.reply.text}", facts.of_incoming(run.reply))
        if not questions.can_be_answered(run):
            return self._take_up(None, "nobody can answer: the question was not sent")
        if run.asks_until is None:
            run.asks_until = until
            self.note("wait for reply", words)
        if run.asks_until <= self.now:
            return self._take_up(None, "no reply")
        run.state, run.due_at = "waiting", run.asks_until
        return True

    def _take_up(self, reply: str | None, words: str, data: Mapping[str, Any] | None = None) -> bool:
        """Go into the block that takes the answer. The visit goes on."""
        run = self.run
        block = interpreter.resume_reply(self.rule, tuple(run.position), reply)
        if block is None:
            raise interpreter.InterpreterError("No block takes this answer any more.")
        if data is not None:
            run.data["reply"] = data["incoming_sms"]
            run.answer_id = run.reply_id
            flag_modified(run, "data")
        questions.close_question(run)
        self.note("wait for reply", " ".join(words.split())[:LONGEST_WORDS])
        run.position = list(block)
        return False

    def facts(self) -> interpreter.Facts:
        """What the rule sees at this very step."""
        run, meant = self.run, self.run.version.bindings
        return self.finder.about(run.record, self.conversation, self.defaults, run.data, self.now, meant)

    def note(self, step: str, words: str) -> None:
        """One line of the run's log, in words."""
        runlog.write(self.run, step, words)

    def end(self, state: str, words: str) -> None:
        """The run is over."""
        self.run.error = words if state == "failed" else None
        runlog.end(self.run, state, words)

    def _started_by(self) -> str:
        kind = self.run.cause.partition(":")[0]
        return f"started {STARTED_BY.get(kind, f'by {kind}')}"


def _fail(run_id: int, problem: Exception) -> None:
    """A step that fails in a way nobody foresaw ends its run, where people see it."""
    run = db.db.session.get(Run, run_id)
    if run is not None:
        words = f"This step failed unexpectedly ({type(problem).__name__})."
        run.error = words
        runlog.end(run, "failed", words)
