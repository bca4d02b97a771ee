"""What happened to texts, and which rules it starts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from flexie import facts, questions, ruleset, starting
from flexie.db import db
from flexie.models import Line, Message, MessageLink, Record, Rule, Run, User
from flexie.ruleset import RuleInForce, RuleSet
from flexie.starting import Start
from rules import syntax


class CannotStart(Exception):
    """A rule that cannot be started by hand, with the reason in words."""


def start_incoming(messages: Sequence[Message]) -> None:
    """Offer inbound texts to waiting questions, then start the rules that they trigger.

    Texts from our own lines answer and start nothing. A catch-all starts for a text that no question took and for
    which no rule with a pattern started.
    """
    own = set(db.session.scalars(select(Line.number).where(Line.number.in_([m.sender_number for m in messages]))))
    heard = [message for message in messages if message.sender_number not in own]
    taken = questions.offer(heard)
    in_force = ruleset.current()
    linked = _records_of([message.id for message in heard])
    hits = [hit for message in heard for hit in _hits(in_force, message, message.id in taken)]
    started = starting.start(list(_incoming(hits, linked)))
    answered = {one.message.id for one in started if one.by_pattern and one.message} | taken
    rest = [message for message in heard if message.id not in answered]
    others = [
        (message, hit)
        for message in rest
        for hit in in_force.on_text(syntax.AnyOtherIncomingSms, message.text, message.line.name)
    ]
    starting.start(list(_incoming(others, linked)))


Hit = tuple[Message, tuple[RuleInForce, syntax.TextTrigger]]


def _hits(in_force: RuleSet, message: Message, is_taken: bool) -> Iterator[Hit]:
    """The rules that a text triggers; each once, in the order of the rules."""
    triggers: list[type[syntax.TextTrigger]] = [syntax.AnyIncomingSms]
    if not is_taken:
        triggers.append(syntax.IncomingSms)
        if message.opens:
            triggers.append(syntax.NewConversation)
    found: dict[int, tuple[RuleInForce, syntax.TextTrigger]] = {}
    for trigger in triggers:
        for rule, hit in in_force.on_text(trigger, message.text, message.line.name):
            if rule.rule_id not in found or hit.patterns:
                found[rule.rule_id] = (rule, hit)
    return ((message, found[rule_id]) for rule_id in sorted(found))


def _incoming(hits: Iterable[Hit], linked: Mapping[int, Sequence[Record]]) -> Iterator[Start]:
    for message, (rule, trigger) in hits:
        for record in _subjects(rule, linked.get(message.id, [])):
            yield Start(
                rule=rule,
                event=f"incoming:{message.id}",
                record=record,
                data=facts.of_incoming(message),
                conversation=message.conversation,
                message=message,
                by_pattern=bool(trigger.patterns),
            )


def start_delivered(messages: Sequence[Message]) -> None:
    """Start the rules that these first deliveries trigger."""
    _start_reported(messages, syntax.SmsDelivered, "delivered", facts.of_delivered)


def start_failed(messages: Sequence[Message]) -> None:
    """Start the rules that these first failures trigger."""
    _start_reported(messages, syntax.SmsFailed, "failed", facts.of_failed)


def _start_reported(messages: Sequence[Message], trigger: type[syntax.TextTrigger], kind: str, data: Any) -> None:
    """A rule's own text never starts it again."""
    if not messages:
        return
    origins, linked = _origins(messages), _records_of([message.id for message in messages])
    in_force = ruleset.current()
    starting.start(
        [
            Start(
                rule=rule,
                event=f"{kind}:{message.id}",
                record=record,
                data=data(message),
                conversation=message.conversation,
                message=message,
                depth=depth,
            )
            for message in messages
            for origin, depth in [origins.get(message.run_id or 0, (None, 0))]
            for rule, _ in in_force.on_text(trigger, message.text, message.line.name)
            if rule.rule_id != origin
            for record in _subjects(rule, linked.get(message.id, []))
        ]
    )


def _origins(messages: Sequence[Message]) -> dict[int, tuple[int, int]]:
    """For the runs that sent these messages: run id → (rule id, depth of what they cause)."""
    ids = [message.run_id for message in messages if message.run_id]
    if not ids:
        return {}
    rows = db.session.execute(select(Run.id, Run.rule_id, Run.depth).where(Run.id.in_(ids)))
    return {run_id: (rule_id, depth + 1) for run_id, rule_id, depth in rows}


def _subjects(rule: RuleInForce, linked: Sequence[Record]) -> list[Record | None]:
    """Whom a rule runs for: each linked record of its kinds; or nobody known, when nothing is linked."""
    if not linked:
        return [None] if rule.is_for(facts.UNKNOWN_SENDER) else []
    return [record for record in linked if rule.is_for(record.kind)]


def _records_of(message_ids: Sequence[int]) -> dict[int, list[Record]]:
    if not message_ids:
        return {}
    query = (
        select(MessageLink.message_id, Record)
        .join(Record, Record.id == MessageLink.record_id)
        .where(MessageLink.message_id.in_(message_ids))
        .order_by(MessageLink.message_id, Record.id)
        .options(selectinload(Record.tags))
    )
    found: dict[int, list[Record]] = defaultdict(list)
    for message_id, record in db.session.execute(query):
        found[message_id].append(record)
    return found


def start_by_hand(rule: Rule, record: Record, data: dict[str, Any] | None = None, user: User | None = None) -> Run:
    """Start a rule for a record, as the Start button and the API do. `data` becomes `__data.start`.

    Raises:
        CannotStart: the rule is off, is for other kinds of records, or its conditions or limits say no.
    """
    by = f"hand:{user.id if user else 0}"
    return start_rule(rule.id, record, event=f"{by}:{starting.new_mark()}", data={"start": data} if data else {})


def start_rule(rule_id: int, record: Record | None, *, event: str, data: dict[str, Any], depth: int = 0) -> Run:
    """Start one rule for one record now.

    Raises:
        CannotStart: as `start_by_hand`.
    """
    rule = ruleset.current().by_id.get(rule_id)
    if rule is None:
        raise CannotStart("This rule is not in force: it is off, or no longer in its file.")
    if record is None or not rule.is_for(record.kind):
        raise CannotStart(f"This rule is for {', '.join(rule.tree.for_kinds.kinds)}.")
    one = Start(rule=rule, event=event, record=record, data=data, depth=depth)
    reason = starting.start_one(one)
    if reason is not None:
        raise CannotStart(f"Not started: {reason}.")
    return db.session.scalars(select(Run).where(Run.rule_id == rule_id, Run.cause == one.cause)).one()
