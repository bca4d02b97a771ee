"""What happened, and which rules it starts: one run for each rule, record and event, whoever says it how often."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import selectinload

from flexie import clock, facts, ruleset, runs
from flexie.db import db, insert, new_public_id
from flexie.facts import FactFinder
from flexie.models import Line, Message, MessageLink, NotStarted, Record, Run
from flexie.models.rules import LIVE
from flexie.ruleset import RuleInForce
from rules import interpreter, moments

DEEPEST_CHAIN = 5  # events that runs cause carry a depth; past it nothing starts


@dataclass(frozen=True)
class Start:
    """A rule that an event may start for a record (or an unknown sender), before the rule's own conditions."""

    rule: RuleInForce
    message: Message
    record: Record | None
    kind: str
    data: dict[str, Any]
    depth: int

    @property
    def cause(self) -> str:
        """What makes this start one and the same, however often its event is reported."""
        subject = f"record:{self.record.id}" if self.record else "unknown sender"
        return f"{self.kind}:{self.message.id}:{subject}"


def start_incoming(messages: Sequence[Message]) -> None:
    """Start the rules that these inbound texts trigger. Texts from our own lines start nothing."""
    own = set(db.session.scalars(select(Line.number).where(Line.number.in_([m.sender_number for m in messages]))))
    in_force = ruleset.current()
    hits = [
        (message, rule, "incoming", facts.of_incoming(message), 0)
        for message in messages
        if message.sender_number not in own
        for rule in in_force.on_incoming(message.text, message.line.name)
    ]
    _start(hits)


def start_delivered(messages: Sequence[Message]) -> None:
    """Start the rules that these first deliveries trigger. A rule's own text never starts it again."""
    if not messages:
        return
    origins = _origins(messages)
    in_force = ruleset.current()
    hits = []
    for message in messages:
        rule_id, depth = origins.get(message.run_id or 0, (None, -1))
        if depth + 1 <= DEEPEST_CHAIN:
            for rule in in_force.on_delivered(message.text, message.line.name):
                if rule.rule_id != rule_id:
                    hits.append((message, rule, "delivered", facts.of_delivered(message), depth + 1))
    _start(hits)


def _origins(messages: Sequence[Message]) -> dict[int, tuple[int, int]]:
    """For the runs that sent these messages: run id → (rule id, depth)."""
    ids = [message.run_id for message in messages if message.run_id]
    if not ids:
        return {}
    rows = db.session.execute(select(Run.id, Run.rule_id, Run.depth).where(Run.id.in_(ids)))
    return {run_id: (rule_id, depth) for run_id, rule_id, depth in rows}


def _start(hits: Sequence[tuple[Message, RuleInForce, str, dict[str, Any], int]]) -> None:
    if not hits:
        return
    linked = _records_of({message.id for message, *_ in hits})
    starts = [
        Start(rule, message, record, kind, data, depth)
        for message, rule, kind, data, depth in hits
        for record in _subjects(rule, linked.get(message.id, []))
    ]
    _insert(_Judge(starts).allowed())


def _subjects(rule: RuleInForce, linked: Sequence[Record]) -> list[Record | None]:
    """Whom a rule runs for: each linked record of its kinds; or nobody known, when nothing is linked."""
    if not linked:
        return [None] if rule.is_for(facts.UNKNOWN_SENDER) else []
    return [record for record in linked if rule.is_for(record.kind)]


def _records_of(message_ids: Iterable[int]) -> dict[int, list[Record]]:
    query = (
        select(MessageLink.message_id, Record)
        .join(Record, Record.id == MessageLink.record_id)
        .where(MessageLink.message_id.in_(list(message_ids)))
        .order_by(MessageLink.message_id, Record.id)
        .options(selectinload(Record.tags))
    )
    found: dict[int, list[Record]] = defaultdict(list)
    for message_id, record in db.session.execute(query):
        found[message_id].append(record)
    return found


class _Judge:
    """Decides which starts may happen, in the order of judgement: only if, only while, at most, already running."""

    def __init__(self, starts: Sequence[Start]) -> None:
        self.starts = starts
        self.now = clock.now()
        self.finder = FactFinder()
        self.running = _running(starts)
        self.allowed_so_far: list[Start] = []
        self.known = _known_causes(starts)

    def allowed(self) -> list[Start]:
        """The starts that are to become runs; the others leave a line that says why not."""
        for start in self.starts:
            if (start.rule.rule_id, start.cause) in self.known:
                continue
            reason = self._why_not(start)
            if reason is None:
                self.allowed_so_far.append(start)
                self.running.add(_subject_key(start))
            else:
                _note(start, reason, self.now)
        return self.allowed_so_far

    def _why_not(self, start: Start) -> str | None:
        about = self.finder.about(start.record, start.message.conversation, start.rule.defaults, start.data, self.now)
        verdict = interpreter.begin(start.rule.tree, about)
        if not verdict.ok:
            return verdict.words
        return self._at_most(start) or self._already(start)

    def _at_most(self, start: Start) -> str | None:
        limit = start.rule.tree.at_most
        if limit is None:
            return None
        zone = self.finder.zone(start.rule.defaults)
        since = moments.add(self.now, limit.per, zone, back=True) if limit.per else None
        count = _count_runs(start, since) + sum(_subject_key(s) == _subject_key(start) for s in self.allowed_so_far)
        return f"at most {limit.times}: already started {count} times" if count >= limit.times else None

    def _already(self, start: Start) -> str | None:
        choice = start.rule.tree.already.choice if start.rule.tree.already else "ignore"
        if _subject_key(start) not in self.running:
            return None
        if choice == "restart":
            _end_running(start)
        return "a run of this rule for this record is still going on" if choice == "ignore" else None


def _subject_key(start: Start) -> tuple[int, int | None, int | None]:
    return (start.rule.rule_id, start.record.id if start.record else None, _conversation_id(start))


def _conversation_id(start: Start) -> int | None:
    """Runs of unknown senders belong to a conversation, the others to a record."""
    return None if start.record else start.message.conversation_id


def _running(starts: Sequence[Start]) -> set[tuple[int, int | None, int | None]]:
    rule_ids = {start.rule.rule_id for start in starts}
    records = {start.record.id for start in starts if start.record}
    conversations = {start.message.conversation_id for start in starts if not start.record}
    query = select(Run.rule_id, Run.record_id, Run.conversation_id).where(
        Run.state.in_(LIVE),
        Run.rule_id.in_(rule_ids),
        Run.record_id.in_(records) | (Run.record_id.is_(None) & Run.conversation_id.in_(conversations)),
    )
    return {
        (rule_id, record_id, None if record_id else conversation_id)
        for rule_id, record_id, conversation_id in db.session.execute(query)
    }


def _end_running(start: Start) -> None:
    """The runs that a new start takes the place of."""
    query = select(Run).where(Run.rule_id == start.rule.rule_id, Run.state.in_(LIVE), *_same_subject(start))
    for run in db.session.scalars(query):
        runs.cancel(run, "started again by a new event")


def _same_subject(start: Start) -> tuple[ColumnElement[bool], ...]:
    if start.record:
        return (Run.record_id == start.record.id,)
    return (Run.record_id.is_(None), Run.conversation_id == start.message.conversation_id)


def _known_causes(starts: Sequence[Start]) -> set[tuple[int, str]]:
    """Starts that were decided before: their event is reported again."""
    causes = [start.cause for start in starts]
    rules = {start.rule.rule_id for start in starts}
    both = union_all(
        *(
            select(model.rule_id, model.cause).where(model.rule_id.in_(rules), model.cause.in_(causes))
            for model in (Run, NotStarted)
        )
    )
    return {(rule_id, cause) for rule_id, cause in db.session.execute(both)}


def _count_runs(start: Start, since: datetime | None) -> int:
    query = select(func.count()).select_from(Run).where(Run.rule_id == start.rule.rule_id, *_same_subject(start))
    if since is not None:
        query = query.where(Run.started_at > since)
    return db.session.scalar(query) or 0


def _note(start: Start, reason: str, now: datetime) -> None:
    values = {
        "rule_id": start.rule.rule_id,
        "message_id": start.message.id,
        "record_id": start.record.id if start.record else None,
        "cause": start.cause,
        "words": reason,
        "at": now,
    }
    db.session.execute(insert(NotStarted).values(values).on_conflict_do_nothing())


def _insert(starts: Sequence[Start]) -> None:
    """The runs, all at once. A cause that another worker was quicker with changes nothing."""
    if not starts:
        return
    now = clock.now()
    rows = [
        {
            "public_id": new_public_id(),
            "rule_id": start.rule.rule_id,
            "version_id": start.rule.version_id,
            "record_id": start.record.id if start.record else None,
            "conversation_id": start.message.conversation_id,
            "message_id": start.message.id,
            "cause": start.cause,
            "depth": start.depth,
            "state": "ready",
            "position": list(interpreter.START),
            "data": start.data,
            "due_at": now,
            "started_at": now,
        }
        for start in starts
    ]
    db.session.execute(insert(Run).on_conflict_do_nothing(), rows)
