"""What happened on a stage, rule by rule, as plain data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from flexie.db import db, reading, transaction
from flexie.models import Message, NotStarted, Rule, Run, WebhookEvent
from flexie.statuses import WAITING


@dataclass(frozen=True)
class Sent:
    """A text that a rule sent, or (`stopped`) would have sent but for the gate. `at` is when it was written."""

    at: datetime
    number: str
    text: str
    segments: int
    stopped: str | None
    answers: frozenset[str]
    """Public ids of the texts that it answers: the one that started its run, and the last answer to a question."""


@dataclass
class RuleSeen:
    """What one rule did. Texts that came in are named by their public ids."""

    starts: int = 0
    started_by: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Starts that were not to be: the text (blank for other events) and why."""
    failed: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    @property
    def gone(self) -> list[Sent]:
        """The texts that went out."""
        return [one for one in self.sent if one.stopped is None]


@dataclass(frozen=True)
class Seen:
    """What all rules did, by name. `broken` are files that did not come into force; `people` who wrote which text."""

    rules: dict[str, RuleSeen]
    broken: Sequence[str]


def look(broken: Sequence[str]) -> Seen:
    """What the database of the stage holds now."""
    with reading(), transaction():
        seen: dict[str, RuleSeen] = defaultdict(RuleSeen)
        for name in db.session.scalars(select(Rule.name).where(Rule.is_on)):
            seen[name] = RuleSeen()
        texts = _texts()
        _look_at_runs(seen, texts)
        _look_at_refusals(seen, texts)
        _look_at_sends(seen, texts)
        return Seen(dict(seen), broken)


def _texts() -> dict[int, str]:
    """Texts that came in: ids of the stage → public ids of the account."""
    query = select(Message.id, WebhookEvent.provider_id).join(WebhookEvent, WebhookEvent.id == Message.event_id)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _look_at_runs(seen: dict[str, RuleSeen], texts: dict[int, str]) -> None:
    query = select(Rule.name, Run.message_id, Run.state, Run.error).join(Rule, Rule.id == Run.rule_id)
    for name, message_id, state, error in db.session.execute(query.where(_OWN).order_by(Run.id)):
        one = seen[name]
        one.starts += 1
        if message_id in texts:
            one.started_by.append(texts[message_id])
        if state == "failed":
            one.failed.append(error or "")


def _look_at_refusals(seen: dict[str, RuleSeen], texts: dict[int, str]) -> None:
    query = select(Rule.name, NotStarted.message_id, NotStarted.words).join(Rule, Rule.id == NotStarted.rule_id)
    for name, message_id, words in db.session.execute(query.order_by(NotStarted.id)):
        seen[name].refused.append((texts.get(message_id or 0, ""), words))


def _look_at_sends(seen: dict[str, RuleSeen], texts: dict[int, str]) -> None:
    query = select(Rule.name, Run, Message).join(Run, Run.id == Message.run_id).join(Rule, Rule.id == Run.rule_id)
    query = query.where(Message.direction == "out", _SENT_OR_STOPPED)
    for name, run, message in db.session.execute(query.order_by(Message.id)):
        asked = (run.message_id, run.answer_id)
        stopped = (message.error or "not sent") if message.status == "suppressed" else None
        answers = frozenset(texts[i] for i in asked if i in texts)
        sent = Sent(message.created_at, message.to_number, message.text, message.segments, stopped, answers)
        seen[name].sent.append(sent)


_OWN = Run.cause.not_like("earlier:%")
_SENT_OR_STOPPED = Message.status.not_in(("cancelled", *WAITING))
