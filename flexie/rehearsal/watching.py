"""What has happened on the stage, as tests ask for it. Each function is a transaction that only reads."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from flexie import cases, phones
from flexie.db import db, reading, transaction
from flexie.models import Conversation, Message, Notice, NotStarted, Record, Rule, Run, RunLog
from flexie.models.rules import LIVE
from flexie.statuses import WAITING
from rules.testing import LogLine, RunState, Sent, Skipped, Told

Seen = TypeVar("Seen")
_NOT_SENT = "not sent: "
_NOT_GONE = ("suppressed", "cancelled", *WAITING)


def _only_reads(look: Callable[..., Seen]) -> Callable[..., Seen]:
    @wraps(look)
    def read(*arguments: Any) -> Seen:
        with reading(), transaction():
            return look(*arguments)

    return read


@_only_reads
def sent() -> list[Sent]:
    """Texts of rules that the provider took, in order, each without the reference of its case."""
    query = select(Message, Rule.name).join(Run, Run.id == Message.run_id).join(Rule, Rule.id == Run.rule_id)
    query = query.where(Message.direction == "out", Message.status.not_in(_NOT_GONE))
    return [
        Sent(_without_reference(message), message.to_number, message.line.name, rule, message.created_at)
        for message, rule in db.session.execute(query.order_by(Message.sent_at, Message.id))
    ]


def _without_reference(message: Message) -> str:
    """The reference is random: a test cannot know it."""
    if message.case is None or message.case.reference is None:
        return message.text
    return message.text.removesuffix(cases.mark(message.case.reference)).rstrip()


@_only_reads
def skipped() -> list[Skipped]:
    """Texts that rules would have sent, in order, and why they were not."""
    query = select(Message).where(Message.run_id.is_not(None), Message.status == "suppressed").order_by(Message.id)
    messages = db.session.scalars(query).all()
    kept = {(message.run_id, message.error) for message in messages}
    found = [(message.created_at, Skipped(_without_reference(message), message.error or "")) for message in messages]
    lines = select(RunLog).where(RunLog.step == "send sms", RunLog.words.startswith(_NOT_SENT))
    for line in db.session.scalars(lines.order_by(RunLog.id)):
        reason = line.words.removeprefix(_NOT_SENT)
        if (line.run_id, reason) not in kept:
            found.append((line.at, Skipped("", reason)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def last_sent() -> Message | None:
    """The text that delivery reports are about; to be called within a transaction."""
    query = select(Message).where(Message.direction == "out", Message.status.not_in(_NOT_GONE))
    query = query.where(Message.run_id.is_not(None))
    return db.session.scalar(query.order_by(Message.sent_at.desc(), Message.id.desc()).limit(1))


def last_text_with(number: str) -> Message | None:
    """The latest text that somebody sent us, or got from us; to be called within a transaction."""
    query = select(Message).join(Conversation).where(Conversation.number == phones.canonical(number))
    query = query.where(or_(Message.direction == "in", Message.status.not_in(_NOT_GONE)))
    return db.session.scalar(query.order_by(Message.id.desc()).limit(1))


def conversation_of(number: str | None) -> Conversation | None:
    """The latest conversation with a number; to be called within a transaction."""
    if number is None:
        return None
    query = select(Conversation).where(Conversation.number == phones.canonical(number))
    return db.session.scalar(query.order_by(Conversation.last_at.desc()).limit(1))


@_only_reads
def told(record_id: int | None) -> list[Told]:
    """Notices in order; the owner is the first record's."""
    record = db.session.get(Record, record_id) if record_id else None
    query = select(Notice).options(selectinload(Notice.user), selectinload(Notice.group)).order_by(Notice.id)
    return [_one_told(notice, record) for notice in db.session.scalars(query)]


def _one_told(notice: Notice, record: Record | None) -> Told:
    owner = (record.owner or record.group) if record else None
    if notice.group is not None:
        return Told("group", notice.group.name, notice.text, notice.group is owner)
    return Told("user", notice.user.name if notice.user else "", notice.text, notice.user is owner)


@_only_reads
def rule_state(name: str, record_id: int | None) -> RunState:
    """How far a rule has come: for the record, if it ever ran for it; else for any."""
    query = select(Run).join(Rule, Rule.id == Run.rule_id).where(func.lower(Rule.name) == func.lower(name))
    runs = db.session.scalars(query.order_by(Run.id)).all()
    runs = [run for run in runs if run.record_id == record_id] or runs
    if not runs:
        why = select(NotStarted.words).join(Rule, Rule.id == NotStarted.rule_id)
        why = why.where(func.lower(Rule.name) == func.lower(name)).order_by(NotStarted.id.desc()).limit(1)
        return RunState("not started", db.session.scalar(why) or "")
    if any(run.state in LIVE for run in runs):
        return RunState("waiting")
    last = runs[-1]
    return RunState("finished") if last.state == "done" else RunState(last.state, last.error or "")


@_only_reads
def story() -> list[LogLine]:
    """Every line of the runs' logs, and of starts that were not to be, in order."""
    logs = select(RunLog.at, Rule.name, RunLog.step, RunLog.words).join(Run, Run.id == RunLog.run_id)
    logs = logs.join(Rule, Rule.id == Run.rule_id).order_by(RunLog.id)
    lines = [LogLine(*row) for row in db.session.execute(logs)]
    refused = select(NotStarted.at, Rule.name, NotStarted.words).join(Rule, Rule.id == NotStarted.rule_id)
    lines += [LogLine(at, rule, "not started", words) for at, rule, words in db.session.execute(refused)]
    return sorted(lines, key=lambda line: line.at)
