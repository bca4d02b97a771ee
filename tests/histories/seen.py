"""What a database holds after a history, in plain words and numbers that both ways can have in common.

Reads the database of the current application: the running system's, or a rehearsal's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from flexie.db import db, reading, transaction
from flexie.models import (
    ConsentChange,
    Conversation,
    ConversationLink,
    Message,
    MessageLink,
    Notice,
    NotStarted,
    OptOut,
    Record,
    Rule,
    Run,
    WebhookCall,
)
from tests.histories import carrier

Told = dict[str, Any]
SECTIONS = (
    "texts out", "texts in", "records", "runs", "not started", "notices", "calls", "conversations", "opted out",
    "consent",
)  # fmt: skip
_ANSWERED = re.compile(r'"[^"]+": answered 2\d\d')
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)\S*")


@dataclass
class Seen:
    """Each section a list of things in order; the record that the history is about, how far rules came for it."""

    sections: dict[str, list[Told]]
    states: dict[str, str]
    record: Told | None
    sent: list[Told] = field(default_factory=list)


def read(record_id: int | None) -> Seen:
    """Everything there is. `record_id`: whom the history is about."""
    with reading(), transaction():
        reader = _Reader()
        sections = {
            "texts out": reader.texts("out", reader.text_out),
            "texts in": reader.texts("in", reader.text_in),
            "records": [reader.record(row) for row in _all(Record)],
            "runs": [reader.run(row) for row in _all(Run)],
            "not started": [reader.not_started(row) for row in _all(NotStarted)],
            "notices": [reader.notice(row) for row in _all(Notice)],
            "calls": [reader.call(row) for row in _all(WebhookCall)],
            "conversations": [reader.conversation(row) for row in _all(Conversation)],
            "opted out": [reader.opted_out(row) for row in _all(OptOut, "number")],
            "consent": [reader.consent(row) for row in _all(ConsentChange)],
        }
        about = db.session.get(Record, record_id) if record_id else None
        sent = [one for one in sections["texts out"] if one["sent at"] is not None]
        return Seen(sections, _states(record_id), reader.record(about) if about else None, sent)


def _all(model: Any, by: str = "id") -> list[Any]:
    return list(db.session.scalars(select(model).order_by(getattr(model, by))))


def _states(record_id: int | None) -> dict[str, str]:
    """How far each rule came: for the record if it ran for it, else for anybody."""
    found: dict[str, str] = {}
    for rule in db.session.scalars(select(Rule).where(Rule.version_id.is_not(None)).order_by(Rule.id)):
        runs = list(db.session.scalars(select(Run).where(Run.rule_id == rule.id).order_by(Run.id)))
        runs = [run for run in runs if run.record_id == record_id] or runs
        states = {run.state for run in runs}
        if not runs:
            found[rule.name] = "not started"
        elif states & {"ready", "waiting"}:
            found[rule.name] = "waiting"
        else:
            found[rule.name] = "finished" if runs[-1].state == "done" else runs[-1].state
    return found


class _Reader:
    """Turns rows into plain things; random ids become numbers in order."""

    def __init__(self) -> None:
        self.records = {row.id: place for place, row in enumerate(_all(Record), 1)}
        self.messages = {row.id: place for place, row in enumerate(_all(Message), 1)}
        self.random = {row.public_id: f"record {self.records[row.id]}" for row in _all(Record)}
        marks = {row.reference: f"CASE {self.records[row.id]}" for row in _all(Record) if row.reference}
        self.random.update(marks)
        self.random[carrier.ERROR_CODE] = "rehearsed failure"
        self.random_words = re.compile("|".join(map(re.escape, self.random)))

    def plain(self, value: Any) -> Any:
        """Without what is random."""
        if isinstance(value, str):
            return self.random_words.sub(lambda found: self.random[found[0]], value)
        if isinstance(value, dict):
            return {key: self.plain(one) for key, one in sorted(value.items())}
        return [self.plain(one) for one in value] if isinstance(value, list | tuple) else value

    def texts(self, direction: str, told: Callable[[Message], Told]) -> list[Told]:
        """Messages of a direction, in order; those that went out, in the order they were handed over."""
        rows = [row for row in _all(Message) if row.direction == direction]
        if direction == "out":
            rows.sort(key=lambda row: (row.sent_at or row.created_at, row.id))
        return [told(row) for row in rows]

    def text_out(self, row: Message) -> Told:
        run = db.session.get(Run, row.run_id) if row.run_id else None
        return {
            "text": self.plain(row.text),
            "to": row.to_number,
            "line": row.line.name,
            "from": row.sender_number,
            "rule": run.rule.name if run else (row.intent or "").partition(":")[0],
            "status": row.status,
            "why": self.plain(row.error),
            "code": self.plain(row.error_code),
            "segments": row.segments,
            "made at": row.created_at,
            "sent at": row.sent_at,
            "delivered at": row.delivered_at,
            "failed at": row.failed_at,
            "case": self.records.get(row.case_id or 0),
            "about": self._about(row),
        }

    def text_in(self, row: Message) -> Told:
        return {
            "text": row.text,
            "from": row.sender_number,
            "line": row.line.name,
            "at": row.created_at,
            "stage": row.stage,
            "case": self.records.get(row.case_id or 0),
            "opens": row.opens,
            "about": self._about(row),
        }

    def _about(self, row: Message) -> list[int]:
        query = select(MessageLink.record_id).where(MessageLink.message_id == row.id)
        return sorted(self.records[record_id] for record_id in db.session.scalars(query))

    def record(self, row: Record) -> Told:
        return {
            "kind": row.kind,
            "title": self.plain(row.title),
            "fields": self.plain(row.fields),
            "tags": sorted(kept.tag for kept in row.tags),
            "owner": row.owner.name if row.owner else None,
            "group": row.group.name if row.group else None,
            "about": self.records.get(row.about_id or 0),
            "made at": row.created_at,
            "changed at": row.updated_at,
            "numbers": sorted((key.field, key.raw, key.e164) for key in row.phone_keys),
        }

    def run(self, row: Run) -> Told:
        return {
            "rule": row.rule.name,
            "record": self.records.get(row.record_id or 0),
            "text": self.messages.get(row.message_id or 0),
            "cause": self._cause(row.cause),
            "depth": row.depth,
            "state": row.state,
            "position": row.position,
            "visit": row.visit,
            "data": self.plain(row.data),
            "due at": row.due_at,
            "follows": row.follows,
            "asks until": row.asks_until,
            "answer": self.messages.get(row.answer_id or 0),
            "case": self.records.get(row.case_id or 0),
            "error": self.plain(row.error),
            "began": row.started_at,
            "ended": row.ended_at,
            "log": [self._line(line) for line in row.log if not _ANSWERED.match(line.words)],
        }

    def _line(self, line: Any) -> tuple[Any, ...]:
        return line.at, line.step, tuple(line.position), self.plain(line.words)

    def _cause(self, cause: str) -> str:
        """Its first word, and for clocks their moment."""
        kind, _, rest = cause.partition(":")
        return f"{kind} {rest.partition(':record:')[0]}" if kind in ("moment", "every") else kind

    def not_started(self, row: NotStarted) -> Told:
        rule = db.session.get_one(Rule, row.rule_id)
        return {
            "rule": rule.name,
            "record": self.records.get(row.record_id or 0),
            "text": self.messages.get(row.message_id or 0),
            "cause": self._cause(row.cause),
            "why": self.plain(row.words),
            "at": row.at,
        }

    def notice(self, row: Notice) -> Told:
        return {
            "user": row.user.name if row.user else None,
            "group": row.group.name if row.group else None,
            "text": self.plain(row.text),
            "record": self.records.get(row.record_id or 0),
            "at": row.at,
        }

    def opted_out(self, row: OptOut) -> Told:
        return {"number": row.number, "why": row.reason, "since": row.since}

    def consent(self, row: ConsentChange) -> Told:
        return {"number": row.number, "to": row.change, "at": row.at}

    def call(self, row: WebhookCall) -> Told:
        body = {key: value for key, value in row.body.items() if key != "run"}
        return {"name": row.address.name, "body": self.plain(body), "state": row.state}

    def conversation(self, row: Conversation) -> Told:
        query = select(ConversationLink.record_id).where(ConversationLink.conversation_id == row.id)
        return {
            "line": row.line.name,
            "number": row.number,
            "last at": row.last_at,
            "last": self.plain(row.last_text),
            "last direction": row.last_direction,
            "unread": row.unread,
            "linked": row.linked,
            "state": row.state,
            "texts": row.texts,
            "assignee": row.assignee.name if row.assignee else None,
            "group": row.assigned_group.name if row.assigned_group else None,
            "by hand": sorted(self.records[record_id] for record_id in db.session.scalars(query)),
        }
