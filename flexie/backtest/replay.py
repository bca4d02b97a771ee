"""A past happens once more in a likeness of the account, under the rules that are to be tried. Nothing is sent."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from flexie import clock, events, fields, happenings, intake, outbound, outbox, providers, records
from flexie.backtest import likeness
from flexie.backtest.past import Changed, Event, Made, Past, StartedByHand, Tagged, TextIn, TextOut
from flexie.backtest.seen import Seen, look
from flexie.db import db, transaction
from flexie.models import Message, Record, Rule, WebhookEvent
from flexie.providers import InboundEvent
from flexie.rehearsal import Stage
from rules import interpreter


@dataclass(frozen=True)
class Fate:
    """What becomes of a text: delivered or not (None: nobody reports), and how long after it was sent."""

    delivered: bool | None
    delay: timedelta


class Carrier:
    """Stands where a worker's sender threads stand: takes every text, and reports as was reported in the past."""

    def __init__(self, past: Past) -> None:
        self._usual = Fate(True, past.usual_delay)
        self._fates = {
            _intent(event): Fate(event.delivered, event.delay) for event in past.events if isinstance(event, TextOut)
        }

    def wake(self) -> None:
        """Sends what is due, one after the other."""
        while claimed := outbound.claim():
            provider_id = f"replayed-{claimed.message_id}"
            outbound.finish(claimed, providers.Accepted(provider_id, "sent", "sent"))
            with transaction():
                self._report(db.session.get_one(Message, claimed.message_id), provider_id)

    def _report(self, message: Message, provider_id: str) -> None:
        """A receipt that falls due later; a text that no rule wrote meets what it met."""
        fate = self._fates.get(message.intent or "", self._usual)
        if fate.delivered is None:
            return
        status = "delivered" if fate.delivered else "failed"
        now = clock.now()
        receipt = WebhookEvent(kind="status", provider_id=provider_id, status=status, line_id=message.line_id)
        receipt.provider, receipt.account = message.line.connection.provider, message.line.connection.account
        receipt.payload = {"status": status, "message": message.public_id, "provider_id": provider_id}
        receipt.state, receipt.received_at, receipt.due_at = "received", now, now + fate.delay
        db.session.add(receipt)


class Replay:
    """One past on one stage; it can happen under several rules, each time from its beginning."""

    def __init__(self, stage: Stage, past: Past) -> None:
        self.stage = stage
        self.past = past
        stage.begin(past.since)
        likeness.furnish(past)
        stage.settle()
        self._beginning = stage.photograph()

    def under_the_saved(self) -> Seen:
        """What happens under the files of rules that are in force now. Raises WorldProblem as `under`."""
        self._begin()
        broken = likeness.put_rules(self.past.files)
        likeness.put_starts(self.past)
        return self._happen_again(broken)

    def under(self, name: str, text: str) -> Seen:
        """What happens when a file has this text and all others are as they are in force.

        Raises:
            flexie.rulebook.RulebookError: a file cannot be saved beside the others.
            rules.testing.WorldProblem: it does not come to an end within the limits of the stage.
        """
        self._begin()
        # The saved text first: so that a rule that is renamed or moved takes its starts along, as in the account.
        broken = [one for one in likeness.put_rules(self.past.files) if one != name]
        likeness.put_starts(self.past)
        return self._happen_again([*broken, *likeness.put_rules({name: text})])

    def _begin(self) -> None:
        self.stage.begin(self.past.since)
        self.stage.put_back(self._beginning)

    def _happen_again(self, broken: list[str]) -> Seen:
        self.stage.settle()
        for event in self.past.events:
            self.stage.advance(event.at)
            _happen(event)
        self.stage.advance(self.past.until)
        return look(broken)


def _happen(event: Event) -> None:
    """One event, in a transaction of its own, by the verbs that did it in the past."""
    match event:
        case TextIn():
            _text_arrives(event)
        case TextOut():
            _text_goes_out(event)
        case Made():
            with transaction():
                for made in likeness.put_records([event.record]):
                    happenings.note_created(made)
        case Changed() | Tagged() | StartedByHand():
            with transaction():
                record = db.session.get(Record, event.record_id)
                if record is not None:
                    _to_record(record, event)


def _text_arrives(event: TextIn) -> None:
    with transaction():
        line = likeness.line_of(event.talk)
        origin = intake.Origin(line.id, line.connection.provider, line.connection.account)
        arriving = InboundEvent(event.public_id, event.talk.number, line.number, event.text, opt_out=event.word)
        likeness.conversation_of(event.talk).state = "closed" if event.opens else "open"
    intake.of_app().text(origin, arriving)


def _text_goes_out(event: TextOut) -> None:
    if not event.text.strip():
        return
    with transaction():
        case = db.session.get(Record, event.case_id) if event.case_id else None
        line = likeness.line_of(event.talk)
        outbox.queue(
            outbox.Draft(line=line, number=event.talk.number, text=event.text, intent=_intent(event), case=case)
        )


def _to_record(record: Record, event: Changed | Tagged | StartedByHand) -> None:
    match event:
        case Changed():
            _change(record, event)
        case Tagged():
            for tag in event.tags:
                records.add_tag(record, tag)
            for tag in [kept.tag for kept in record.tags if kept.tag not in event.tags]:
                records.remove_tag(record, tag)
        case StartedByHand():
            _start(record, event)


def _start(record: Record, event: StartedByHand) -> None:
    rule = db.session.scalar(select(Rule).where(Rule.name == event.rule))
    if rule is not None:
        with contextlib.suppress(events.CannotStart, interpreter.InterpreterError):  # the log says why
            events.start_by_hand(rule, record, dict(event.data) if event.data else None)


def _intent(event: TextOut) -> str:
    return f"past:{event.public_id}"


def _change(record: Record, event: Changed) -> None:
    """What fields became, as far as they are there today."""
    there = {one.name for one in fields.definitions(record.kind)}
    with contextlib.suppress(fields.FieldErrors):  # a choice that is gone, for example: the record keeps what it had
        records.update(record, {name: value for name, value in event.fields.items() if name in there})
