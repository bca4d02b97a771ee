"""Reading a past out of the account: texts, reports, what people did, and who had opted out."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from flexie import phones, rehearsal, ruleset
from flexie.backtest.past import CaseText, EarlierStart, Event, Past, StartedByHand, Talk, TextIn, TextOut
from flexie.backtest.then import RecordsThen, created_or_changed
from flexie.db import db
from flexie.models import (
    AuditEntry,
    ConsentChange,
    Conversation,
    ConversationLink,
    Group,
    Message,
    MessageLink,
    OptOut,
    Rule,
    RuleFile,
    RuleFileVersion,
    Run,
    Settings,
)
from flexie.models.rules import LIVE
from flexie.providers.events import Consent
from rules import moments, syntax

USUAL_DELAY = timedelta(seconds=5)  # from sent to delivered, where nothing is known


def read(since: datetime, until: datetime, most: int, kinds: Collection[str], visible: ColumnElement[bool]) -> Past:
    """The past from `since` to `until`, with at most so many texts that came in: the latest ones.

    `kinds` are the kinds of records that clocks start rules for; `visible` tells which messages may be quoted.
    """
    arrived = _arrived(since, until, most)
    texts_before = 0
    if len(arrived) > most:
        arrived = arrived[:most]
        texts_before, since = _count_texts(since, arrived[-1].created_at), arrived[-1].created_at
    arrived = arrived[::-1]
    sent = _sent(since, until)
    by_hand = _started_by_hand(since, until)
    records = RecordsThen(since, until)
    concerned = _linked([message.id for message in [*arrived, *sent]])
    records.load(concerned | created_or_changed(since, until) | {run.record_id or 0 for run in by_hand}, kinds)
    texts = [_text_in(message) for message in arrived]
    events: list[Event] = [*records.events(), *texts, *map(_text_out, sent), *map(_by_hand, by_hand)]
    numbers = {message.conversation.number for message in [*arrived, *sent]}
    return Past(
        since=since,
        until=until,
        account=rehearsal.of_this_one(),
        business_hours=Settings.get().business_hours,
        group_hours={group.name: group.business_hours for group in db.session.scalars(select(Group))},
        files=files_in_force(),
        records=records.at_the_beginning(),
        opted_out=_opted_out(numbers, since),
        by_hand=_linked_by_hand(numbers),
        starts=list(_earlier_starts(since, list(records.records), numbers)),
        case_texts=_case_texts(since, numbers),
        texts=texts,
        events=sorted(events, key=lambda event: event.at),
        usual_delay=_usual_delay(since),
        audited_since=db.session.scalar(select(func.min(AuditEntry.at))),
        under_way=_under_way(since),
        left_out=records.left_out,
        texts_before=texts_before,
        hidden=_hidden(arrived, visible),
    )


def _arrived(since: datetime, until: datetime, most: int) -> Sequence[Message]:
    """The latest texts first; one more than asked for tells that there are more."""
    query = select(Message).where(Message.direction == "in", Message.created_at >= since, Message.created_at < until)
    query = query.options(joinedload(Message.line), joinedload(Message.conversation))
    return db.session.scalars(query.order_by(Message.id.desc()).limit(most + 1)).all()


def _count_texts(since: datetime, until: datetime) -> int:
    query = select(func.count()).select_from(Message).where(Message.direction == "in")
    return db.session.scalar(query.where(Message.created_at >= since, Message.created_at < until)) or 0


def _sent(since: datetime, until: datetime) -> Sequence[Message]:
    """Texts that went out and that no rule wrote in the period; what the law has us answer, the replay answers."""
    query = select(Message).outerjoin(Run, Run.id == Message.run_id)
    query = query.where(Message.direction == "out", Message.sent_at >= since, Message.sent_at < until)
    query = query.where(or_(Message.run_id.is_(None), Run.started_at < since))
    query = query.where(or_(Message.intent.is_(None), Message.intent.not_like("consent:%")))
    return db.session.scalars(query.options(joinedload(Message.line), joinedload(Message.conversation))).all()


def _text_in(message: Message) -> TextIn:
    word = next((word for word in get_args(Consent) if word == message.provider_status), None)
    return TextIn(message.created_at, message.public_id, _talk(message), message.text, message.opens, word)


def _text_out(message: Message) -> TextOut:
    sent_at = message.sent_at or message.created_at
    reported = message.delivered_at or message.failed_at
    delivered = None if reported is None else message.delivered_at is not None
    delay = reported - sent_at if reported else timedelta()
    return TextOut(sent_at, message.public_id, _talk(message), message.text, message.case_id, delivered, delay)


def _talk(message: Message) -> Talk:
    return Talk(message.line.name, message.sender_number if message.direction == "in" else message.to_number)


def _started_by_hand(since: datetime, until: datetime) -> Sequence[Run]:
    query = select(Run).where(Run.cause.startswith("hand:"), Run.started_at >= since, Run.started_at < until)
    return db.session.scalars(query.where(Run.record_id.is_not(None)).options(joinedload(Run.rule))).all()


def _by_hand(run: Run) -> StartedByHand:
    return StartedByHand(run.started_at, run.record_id or 0, run.rule.name, run.data.get("start"))


def _linked(message_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(message_ids), 500):
        part = message_ids[start : start + 500]
        found.update(db.session.scalars(select(MessageLink.record_id).where(MessageLink.message_id.in_(part))))
    return found


def files_in_force() -> dict[str, str]:
    """The texts in force, by file: the last version of each without errors."""
    query = (
        select(RuleFile.name, RuleFileVersion.text)
        .join(RuleFile, RuleFile.id == RuleFileVersion.file_id)
        .where(~RuleFileVersion.is_draft)
        .order_by(RuleFileVersion.number)
    )
    return {row.name: row.text for row in db.session.execute(query)}


def _opted_out(numbers: Collection[str], since: datetime) -> list[str]:
    """Who had opted out when the period began: today's ledger with its later changes taken back."""
    keys = {phones.canonical(number) for number in numbers}
    out = {number for number in db.session.scalars(select(OptOut.number)) if number in keys}
    later = select(ConsentChange).where(ConsentChange.at >= since).order_by(ConsentChange.id.desc())
    for change in db.session.scalars(later):
        if change.number in keys:
            (out.discard if change.change == "out" else out.add)(change.number)
    return sorted(out)


def _linked_by_hand(numbers: Collection[str]) -> list[tuple[Talk, int]]:
    query = select(ConversationLink, Conversation).join(
        Conversation, Conversation.id == ConversationLink.conversation_id
    )
    rows = db.session.execute(query.options(joinedload(Conversation.line))).all()
    return [(Talk(row[1].line.name, row[1].number), row[0].record_id) for row in rows if row[1].number in numbers]


def _earlier_starts(since: datetime, record_ids: Sequence[int], numbers: Collection[str]) -> Iterator[EarlierStart]:
    """Starts that `at most` still counts: within its span of time, or ever."""
    known = set(record_ids)
    for rule in ruleset.current().rules:
        limit = rule.tree.at_most
        if limit is None:
            continue
        query = select(Run.started_at, Run.record_id, Conversation.id, Conversation.number).where(
            Run.rule_id == rule.rule_id, Run.started_at < since
        )
        if limit.per:
            query = query.where(Run.started_at > moments.add(since, limit.per, ZoneInfo("UTC"), back=True))
        query = query.outerjoin(Conversation, Conversation.id == Run.conversation_id)
        for row in db.session.execute(query):
            yield from _earlier(rule.name, row, known, numbers)


def _earlier(rule: str, row: Any, known: Collection[int], numbers: Collection[str]) -> Iterator[EarlierStart]:
    if row.record_id in known:
        yield EarlierStart(row.started_at, rule, row.record_id, None)
    elif row.record_id is None and row.number in numbers:
        line = db.session.get_one(Conversation, row.id).line.name
        yield EarlierStart(row.started_at, rule, None, Talk(line, row.number))


def _case_texts(since: datetime, numbers: Collection[str]) -> list[CaseText]:
    last = (
        select(func.max(Message.id))
        .where(Message.direction == "out", Message.case_id.is_not(None), Message.sent_at < since)
        .group_by(Message.to_number, Message.case_id)
    )
    query = select(Message).where(Message.id.in_(last)).options(joinedload(Message.line)).order_by(Message.id)
    return [
        CaseText(_talk(message), message.case_id or 0, message.sent_at or message.created_at)
        for message in db.session.scalars(query)
        if message.to_number in numbers
    ]


def _usual_delay(since: datetime) -> timedelta:
    """From sent to delivered, the median of the latest thousand texts."""
    query = select(Message.sent_at, Message.delivered_at).where(Message.delivered_at >= since, Message.sent_at >= since)
    rows = db.session.execute(query.order_by(Message.id.desc()).limit(1_000)).all()
    waits = [(delivered - sent).total_seconds() for sent, delivered in rows if sent and delivered]
    return timedelta(seconds=median(waits)) if waits else USUAL_DELAY


def _under_way(since: datetime) -> int:
    going_on = or_(Run.ended_at >= since, Run.state.in_(LIVE))
    return db.session.scalar(select(func.count()).select_from(Run).where(Run.started_at < since, going_on)) or 0


def _hidden(arrived: Sequence[Message], visible: ColumnElement[bool]) -> frozenset[str]:
    """Texts that are not to be quoted."""
    ids = [message.id for message in arrived]
    seen: set[str] = set()
    for start in range(0, len(ids), 500):
        query = select(Message.public_id).where(Message.id.in_(ids[start : start + 500]), visible)
        seen.update(db.session.scalars(query))
    return frozenset(message.public_id for message in arrived) - seen


def clock_kinds(files: Sequence[syntax.File]) -> set[str]:
    """The kinds of records for which clocks start rules of these files."""
    return {
        kind
        for file in files
        for rule in file.rules
        if not rule.off and any(isinstance(trigger, syntax.Every | syntax.Relative) for trigger in rule.triggers)
        for kind in rule.for_kinds.kinds
    }


def rule_names() -> set[str]:
    """The names of all rules that stand in files."""
    return set(db.session.scalars(select(Rule.name).where(Rule.file_id.is_not(None))))
