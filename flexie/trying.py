"""A dry run: what would happen if this text came in now. Nothing is sent, and nothing is kept.

The text goes its whole way through the verbs that real texts go through, in one transaction that is rolled back. A wait
ends the run's part in it: a dry run is about this very moment.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from flexie import clock, facts, inbound, phones, reactions, recordevents, rulebook, ruleset, runs
from flexie.db import db, new_public_id
from flexie.models import Conversation, Happening, Line, Message, NotStarted, Record, Rule, Run
from flexie.models.rules import LIVE

MOST_ROUNDS = 20  # of runs that cause events that start runs; the brake on chains ends them long before


class CannotTry(Exception):
    """Something is missing for a dry run, with what to do."""


@dataclass(frozen=True)
class TriedRun:
    """What one run would do: its log, and until when it would wait."""

    rule: str
    record: str | None
    state: str
    waits_until: datetime | None
    steps: list[tuple[str, str]]


@dataclass(frozen=True)
class TriedText:
    """A text that would be queued; `stopped` says why it would not go out."""

    to: str
    line: str
    text: str
    segments: int
    stopped: str | None


@dataclass(frozen=True)
class Trial:
    """What would happen: runs, rules that would not start and why, and texts."""

    records: list[str]
    runs: list[TriedRun]
    not_started: list[tuple[str, str | None, str]]
    texts: list[TriedText]
    is_reaction: bool = False


def try_text(
    text: str,
    *,
    number: str | None = None,
    record: Record | None = None,
    line: Line | None = None,
    draft: tuple[str, str] | None = None,
) -> Trial:
    """Let a text come in from a number (E.164), or from a record's. `draft` (name, text) is a file as being edited.

    Raises:
        CannotTry: there is no number or no line, or the draft has errors.
    """
    sender = number or (facts.number_for(record, None, facts.DEFAULT_MOBILE_FIELD) if record else None)
    if sender is None:
        raise CannotTry("Choose a record with a mobile number, or give a number.")
    record_id, line_id = record.id if record else None, line.id if line else None
    with _rolled_back(), ruleset.aside():
        if draft is not None:
            _put_aside(*draft)
        start = _Start.now()
        message = _arrive(text, sender, line_id)
        inbound.match([message])
        if record_id is not None:
            inbound.link_also(message, record_id)
        inbound.trigger([message])
        _carry_on(message, start)
        return _seen(message, start)


@contextmanager
def _rolled_back() -> Iterator[None]:
    db.session.rollback()
    try:
        yield
    finally:
        db.session.rollback()


def _put_aside(name: str, text: str) -> None:
    saved = rulebook.save(name, text, None)
    if not saved.in_force:
        raise CannotTry("The file has errors. Mend them first.")


@dataclass(frozen=True)
class _Start:
    """The last rows before the text came in: what is newer belongs to it."""

    run: int
    happening: int
    message: int
    not_started: int

    @classmethod
    def now(cls) -> "_Start":
        models = (Run, Happening, Message, NotStarted)
        return cls(*(db.session.scalar(select(func.max(model.id))) or 0 for model in models))


def _arrive(text: str, sender: str, line_id: int | None) -> Message:
    query = select(Line).order_by(Line.id).limit(1)
    line = db.session.scalar(query.where(Line.id == line_id) if line_id else query)
    if line is None:
        raise CannotTry("There is no line yet. Connect one first.")
    now, key = clock.now(), phones.canonical(sender)
    reaction = reactions.read(text)
    query_conversation = select(Conversation).where(Conversation.line_id == line.id, Conversation.number == key)
    conversation = db.session.scalar(query_conversation)
    opens = conversation is None or conversation.state != "open"
    if conversation is None:
        conversation = Conversation(line=line, number=key, last_at=now, opened_at=now)
        db.session.add(conversation)
    message = Message(
        public_id=new_public_id(),
        conversation=conversation,
        line=line,
        direction="in",
        text=text,
        sender_number=sender,
        to_number=line.number,
        status="received",
        segments=1,
        stage="stored",
        opens=opens and reaction is None,
        reaction=reaction.mark if reaction else None,
        created_at=now,
    )
    db.session.add(message)
    db.session.flush()
    return message


def _carry_on(message: Message, start: _Start) -> None:
    """Runs that began or were answered, and what their changes start, until nothing is due now."""
    for _ in range(MOST_ROUNDS):
        db.session.flush()
        due = select(Run).where(
            or_(Run.id > start.run, Run.reply_id == message.id), Run.state.in_(LIVE), Run.due_at <= clock.now()
        )
        ready = db.session.scalars(due.order_by(Run.id)).all()
        runs.carry_on(ready)
        db.session.flush()
        happened = db.session.scalars(
            select(Happening).where(Happening.id > start.happening).order_by(Happening.id)
        ).all()
        if not ready and not happened:
            return
        recordevents.hear(happened)


def _seen(message: Message, start: _Start) -> Trial:
    began = db.session.scalars(
        select(Run).where(or_(Run.id > start.run, Run.answer_id == message.id)).order_by(Run.id)
    ).all()
    return Trial(
        records=[record.title for record in _linked(message)],
        runs=[_tried(run) for run in began],
        not_started=_not_started(start),
        texts=_texts(start),
        is_reaction=message.reaction is not None,
    )


def _linked(message: Message) -> Sequence[Record]:
    db.session.expire(message)
    return message.records


def _tried(run: Run) -> TriedRun:
    db.session.expire(run)
    return TriedRun(
        rule=run.rule.name,
        record=run.record.title if run.record else None,
        state=run.state,
        waits_until=run.due_at if run.state == "waiting" else None,
        steps=[(line.step, line.words) for line in run.log],
    )


def _not_started(start: _Start) -> list[tuple[str, str | None, str]]:
    query = (
        select(Rule.name, Record.title, NotStarted.words)
        .join(Rule, Rule.id == NotStarted.rule_id)
        .outerjoin(Record, Record.id == NotStarted.record_id)
        .where(NotStarted.id > start.not_started)
        .order_by(NotStarted.id)
    )
    return [(rule, record, words) for rule, record, words in db.session.execute(query)]


def _texts(start: _Start) -> list[TriedText]:
    query = select(Message).where(Message.id > start.message, Message.direction == "out").order_by(Message.id)
    return [
        TriedText(
            one.to_number, one.line.name, one.text, one.segments, one.error if one.status == "suppressed" else None
        )
        for one in db.session.scalars(query)
    ]
