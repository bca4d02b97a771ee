"""From an event to runs: which of the rules that it triggers really start, and a line for each that does not.

One run for each rule, record and event, however often the event is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all, update

from flexie import clock, notices, runlog
from flexie.db import db, insert, new_public_id
from flexie.facts import FactFinder
from flexie.models import Conversation, Message, NotStarted, Record, Rule, Run
from flexie.models.rules import LIVE
from flexie.ruleset import RuleInForce
from rules import interpreter, moments

DEEPEST_CHAIN = 5  # events that runs cause carry a depth; past it nothing starts
BRAKE_PERIOD = timedelta(minutes=10)


@dataclass(frozen=True)
class Start:
    """A rule that an event may start for a record (or an unknown sender), before the rule's own conditions.

    `event` names the event; with the record it is what makes two starts one and the same. `by_pattern`: the trigger
    asked for certain texts. `braked`: too many such starts pause the rule.
    """

    rule: RuleInForce
    event: str
    record: Record | None
    data: dict[str, Any] = field(default_factory=dict)
    conversation: Conversation | None = None
    message: Message | None = None
    depth: int = 0
    by_pattern: bool = False
    braked: bool = False

    @property
    def cause(self) -> str:
        """What makes this start one and the same, however often its event is reported."""
        return f"{self.event}:record:{self.record.id}" if self.record else f"{self.event}:unknown sender"

    @property
    def subject(self) -> tuple[int, int | None, int | None]:
        """Rule and record; runs of unknown senders belong to a conversation."""
        conversation = self.conversation.id if self.conversation and not self.record else None
        return (self.rule.rule_id, self.record.id if self.record else None, conversation)


def start(starts: Sequence[Start]) -> list[Start]:
    """Turn starts into runs, in the session. Returns those that really started; the others leave a line why not."""
    if not starts:
        return []
    allowed = _Judge(starts).allowed()
    _insert(allowed)
    return allowed


def start_one(one: Start) -> str | None:
    """Start one rule. Returns why it did not start, or None."""
    db.session.flush()
    judge = _Judge([one])
    allowed = judge.allowed()
    _insert(allowed)
    return None if allowed else judge.last_reason


def new_mark() -> str:
    """What makes an event that nothing else names like no other."""
    return new_public_id()


def trace(one: Start, reason: str) -> None:
    """Keep why a rule did not start for an event."""
    values = {
        "rule_id": one.rule.rule_id,
        "message_id": one.message.id if one.message else None,
        "record_id": one.record.id if one.record else None,
        "cause": one.cause,
        "words": reason,
        "at": clock.now(),
    }
    db.session.execute(insert(NotStarted).values(values).on_conflict_do_nothing())


class _Judge:
    """Decides which starts may happen, in the order of judgement: only if, only while, at most, already running."""

    def __init__(self, starts: Sequence[Start]) -> None:
        self.starts = starts
        self.now = clock.now()
        self.finder = FactFinder()
        self.running = _running(starts)
        self.allowed_so_far: list[Start] = []
        self.known = _known_causes(starts)
        self.last_reason: str | None = None
        self.brake = _Brake(starts, self.finder.settings.starts_before_pause, self.now)

    def allowed(self) -> list[Start]:
        """The starts that are to become runs; the others leave a line that says why not."""
        for one in self.starts:
            if (one.rule.rule_id, one.cause) in self.known:
                continue
            reason = self._why_not(one)
            if reason is None:
                self.allowed_so_far.append(one)
                self.running.add(one.subject)
                self.brake.count(one)
            else:
                self.last_reason = reason
                trace(one, reason)
        return self.allowed_so_far

    def _why_not(self, one: Start) -> str | None:
        if one.depth > DEEPEST_CHAIN:
            return f"the chain of rules that started each other is longer than {DEEPEST_CHAIN}"
        about = self.finder.about(
            one.record, one.conversation, one.rule.defaults, one.data, self.now, one.rule.bindings
        )
        try:
            verdict = interpreter.begin(one.rule.tree, about)
        except interpreter.InterpreterError as problem:
            return str(problem)
        if not verdict.ok:
            return verdict.words
        return self._at_most(one) or self._already(one) or self.brake.why_not(one)

    def _at_most(self, one: Start) -> str | None:
        limit = one.rule.tree.at_most
        if limit is None:
            return None
        zone = self.finder.zone(one.rule.defaults)
        since = moments.add(self.now, limit.per, zone, back=True) if limit.per else None
        count = _count_runs(one, since) + sum(other.subject == one.subject for other in self.allowed_so_far)
        return f"at most {limit.times}: already started {count} times" if count >= limit.times else None

    def _already(self, one: Start) -> str | None:
        choice = one.rule.tree.already.choice if one.rule.tree.already else "ignore"
        if one.subject not in self.running:
            return None
        if choice == "restart":
            _end_running(one)
        return "a run of this rule for this record is still going on" if choice == "ignore" else None


class _Brake:
    """Stops a rule that records or reports start far more often than anybody meant, and tells its author once.

    Texts of customers are not counted: each number has a limit of its own, and a busy day is no storm.
    """

    def __init__(self, starts: Sequence[Start], most: int, now: datetime) -> None:
        self.most = most
        ids = {one.rule.rule_id for one in starts if one.braked}
        self.recent = dict.fromkeys(ids, 0)
        self.paused: set[int] = set()
        if not ids:
            return
        self.paused.update(db.session.scalars(select(Rule.id).where(Rule.id.in_(ids), Rule.paused_at.is_not(None))))
        query = select(Run.rule_id, func.count()).where(Run.rule_id.in_(ids), Run.started_at > now - BRAKE_PERIOD)
        self.recent.update((rule_id, count) for rule_id, count in db.session.execute(query.group_by(Run.rule_id)))

    def why_not(self, one: Start) -> str | None:
        """Why a start is stopped, or None."""
        if not one.braked:
            return None
        if one.rule.rule_id in self.paused:
            return "the rule is paused: it started too often"
        if self.recent[one.rule.rule_id] < self.most:
            return None
        self.paused.add(one.rule.rule_id)
        db.session.execute(update(Rule).where(Rule.id == one.rule.rule_id).values(paused_at=clock.now()))
        words = f'The rule "{one.rule.name}" started {self.most} times in ten minutes and is paused. Save it to go on.'
        notices.tell_author(one.rule.version_id, words)
        return "the rule is paused: it started too often"

    def count(self, one: Start) -> None:
        """One more."""
        if one.braked:
            self.recent[one.rule.rule_id] += 1


def _running(starts: Sequence[Start]) -> set[tuple[int, int | None, int | None]]:
    rule_ids = {one.rule.rule_id for one in starts}
    records = {one.record.id for one in starts if one.record}
    conversations = {one.conversation.id for one in starts if one.conversation and not one.record}
    query = select(Run.rule_id, Run.record_id, Run.conversation_id).where(
        Run.state.in_(LIVE),
        Run.rule_id.in_(rule_ids),
        Run.record_id.in_(records) | (Run.record_id.is_(None) & Run.conversation_id.in_(conversations)),
    )
    return {
        (rule_id, record_id, None if record_id else conversation_id)
        for rule_id, record_id, conversation_id in db.session.execute(query)
    }


def _end_running(one: Start) -> None:
    """The runs that a new start takes the place of."""
    query = select(Run).where(Run.rule_id == one.rule.rule_id, Run.state.in_(LIVE), *_same_subject(one))
    for run in db.session.scalars(query.order_by(Run.id)):
        runlog.cancel(run, "started again by a new event")


def _same_subject(one: Start) -> tuple[ColumnElement[bool], ...]:
    _, record_id, conversation_id = one.subject
    if record_id:
        return (Run.record_id == record_id,)
    return (Run.record_id.is_(None), Run.conversation_id == conversation_id)


def _known_causes(starts: Sequence[Start]) -> set[tuple[int, str]]:
    """Starts that were decided before: their event is reported again."""
    causes = [one.cause for one in starts]
    rules = {one.rule.rule_id for one in starts}
    both = union_all(
        *(
            select(model.rule_id, model.cause).where(model.rule_id.in_(rules), model.cause.in_(causes))
            for model in (Run, NotStarted)
        )
    )
    return {(rule_id, cause) for rule_id, cause in db.session.execute(both)}


def _count_runs(one: Start, since: datetime | None) -> int:
    query = select(func.count()).select_from(Run).where(Run.rule_id == one.rule.rule_id, *_same_subject(one))
    if since is not None:
        query = query.where(Run.started_at > since)
    return db.session.scalar(query) or 0


def _insert(starts: Sequence[Start]) -> None:
    """The runs, all at once. A cause that another worker was quicker with changes nothing."""
    if not starts:
        return
    now = clock.now()
    rows = [
        {
            "public_id": new_public_id(),
            "rule_id": one.rule.rule_id,
            "version_id": one.rule.version_id,
            "record_id": one.record.id if one.record else None,
            "conversation_id": one.conversation.id if one.conversation else None,
            "message_id": one.message.id if one.message else None,
            "cause": one.cause,
            "depth": one.depth,
            "state": "ready",
            "position": list(interpreter.START),
            "data": one.data,
            "due_at": now,
            "started_at": now,
        }
        for one in starts
    ]
    db.session.execute(insert(Run).on_conflict_do_nothing(), rows)
