"""The world of a test: what its lines say happens through the same verbs as in production."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from flexie import events, facts, fields, intake, phones, records, rulebook, ruleset
from flexie.db import db, transaction
from flexie.models import Group, Happening, Line, Record, Rule, Settings, User
from flexie.performing.zoned import zoned
from flexie.providers import InboundEvent, StatusEvent
from flexie.rehearsal import watching
from flexie.rehearsal.accounts import Account, furnish
from flexie.rehearsal.related import with_lists
from flexie.rehearsal.stage import Stage
from rules import interpreter, moments, syntax
from rules.facts import Plain
from rules.testing import LogLine, RunState, Sent, Skipped, Told, WorldProblem

RECORD_NUMBERS = "+1646555{:04}"
"""Numbers for given records that have none."""

MOST_PREPARED = 8
"""For so many beginnings the account is kept as it is then; each is about a megabyte."""


class Scene:
    """The account of a file's tests, as each begins; implements rules.testing.World."""

    def __init__(self, stage: Stage, account: Account, file: syntax.File, text: str) -> None:
        self.stage = stage
        self.account = account
        self.file = file
        self.text = text
        self.defaults = file.settings
        self._prepared: dict[datetime, bytes] = {}
        self._ids = itertools.count(1)
        self.record_id: int | None = None
        self.number: str | None = None
        self._given = 0

    def begin(self, moment: datetime) -> None:
        """The account anew, with the file's rules in force since `moment`."""
        self.stage.begin(moment)
        if moment not in self._prepared:
            if len(self._prepared) >= MOST_PREPARED:
                self._prepared.pop(next(iter(self._prepared)))
            self._prepared[moment] = self._prepare()
        self.stage.put_back(self._prepared[moment])
        self.record_id = self.number = None
        self._given = 0

    def _prepare(self) -> bytes:
        self.stage.empty()
        with transaction():
            furnish(self.account, {rule.name for rule in self.file.rules})
        with transaction():
            saved = rulebook.save("rehearsed", self.text, None)
            if not saved.in_force:
                raise WorldProblem("\n".join(finding.message for finding in saved.findings))
        self.stage.settle()
        return self.stage.photograph()

    # what there is

    def given(self, kind: str, values: Mapping[str, Plain], tags: Sequence[str]) -> None:
        """A record: with a number and Allow SMS yes, if it has such fields and nothing else is said."""
        with transaction():
            try:
                record = records.create(kind, self._with_number(kind, values))
            except fields.FieldErrors as problem:
                raise WorldProblem(str(problem), path=next(iter(problem.errors))) from None
            self._hand_over(record)
            for tag in tags:
                records.add_tag(record, tag)
            # Given is what was there before the test: it starts no rule.
            db.session.execute(delete(Happening).where(Happening.kind.in_(("created", "changed"))))
            record_id = record.id
        if self.record_id is None and self.number is None:
            self.record_id = record_id
        self._given += 1

    def _with_number(self, kind: str, values: Mapping[str, Plain]) -> dict[str, Any]:
        path = facts.mobile_field(self.defaults)
        about = self.account.schema.fields.get(kind, {}).get(path)
        number = {path: RECORD_NUMBERS.format(100 + self._given)} if about is not None else {}
        return {**number, **zoned(kind, with_lists(values), self.defaults)}

    def _hand_over(self, record: Record) -> None:
        """`owner is "..."`: where that names a person or a group, the record is theirs."""
        name = func.lower(str(record.fields.get("owner") or ""))
        record.owner = db.session.scalar(select(User).where(func.lower(User.name) == name))
        record.group = db.session.scalar(select(Group).where(func.lower(Group.name) == name))
        if record.owner or record.group:
            # What is filled in would hide whom a rule assigns the record to later.
            del record.fields["owner"]
            flag_modified(record, "fields")

    def given_sender(self, number: str) -> None:
        """Somebody of whom only the number is known."""
        try:
            with transaction():
                e164 = phones.normalise(number, Settings.get().prefix).e164
        except phones.PhoneError as problem:
            raise WorldProblem(str(problem)) from None
        if self.record_id is None and self.number is None:
            self.number = e164

    # what happens

    def text_arrives(self, text: str, line: str | None) -> None:
        """Stored by the intake, as a provider's webhook would be."""
        with transaction():
            sender = self._sender()
            receiving = self._line(line, sender)
            event = InboundEvent(f"text-{next(self._ids)}", sender, receiving.number, text)
            origin = _origin(receiving)
        intake.of_app().text(origin, event)
        self.stage.settle()

    def _sender(self) -> str:
        if self.number is not None:
            return self.number
        record = self._record("texts us")
        number = facts.number_for(record, None, facts.mobile_field(self.defaults))
        if number is None:
            path = facts.mobile_field(self.defaults)
            raise WorldProblem(f"This {record.kind} has no number in {path}, so no text can come from it.")
        return number

    def _record(self, does: str) -> Record:
        record = db.session.get(Record, self.record_id) if self.record_id else None
        if record is None:
            raise WorldProblem(f"There is no record that {does}. Begin the test with, for example:  given contact:")
        return record

    def _line(self, name: str | None, number: str) -> Line:
        """The line that is named; else the one of the latest text with this number; else the file's; else the first."""
        if name is None:
            found = watching.last_text_with(number)
            if found is not None:
                return found.line
            name = self.defaults.line.value if self.defaults.line else None
        query = select(Line).order_by(Line.id).limit(1)
        if name is not None:
            query = query.where(func.lower(Line.name) == func.lower(name))
        line = db.session.scalar(query)
        if line is None:
            raise WorldProblem(f'There is no line "{name}".')
        return line

    def report(self, *, delivered: bool) -> None:
        """Stored by the intake, as a provider's receipt would be."""
        with transaction():
            message = watching.last_sent()
            if message is None:
                raise WorldProblem("No text was sent yet that could be reported on.")
            origin = _origin(message.line)
            said = "delivered" if delivered else "undelivered"
            event = StatusEvent(
                message.provider_id or "",
                "delivered" if delivered else "failed",
                said,
                final=True,
                error_code=None if delivered else "rehearsed failure",
                our_id=message.public_id,
            )
        intake.of_app().receipt(origin, event)
        self.stage.settle()

    def change(self, path: str, value: Plain) -> None:
        """As from the record's page."""
        with transaction():
            record = self._record("could be changed")
            try:
                records.update(record, zoned(record.kind, {path: value}, self.defaults))
            except fields.FieldErrors as problem:
                raise WorldProblem(str(problem)) from None
        self.stage.settle()

    def start_rule(self, name: str) -> None:
        """As by the Start button. Its conditions and limits may say no, as they would to a person."""
        with transaction():
            record = self._record("the rule could be started for")
            rule = db.session.scalar(select(Rule).where(func.lower(Rule.name) == func.lower(name)))
            in_force = ruleset.current().by_id.get(rule.id) if rule else None
            if rule is None or in_force is None:
                raise WorldProblem(f'The rule "{name}" is off, or stands in another file: it cannot be started here.')
            if not in_force.is_for(record.kind):
                raise WorldProblem(f'The rule "{name}" is not for records of this kind ({record.kind}).')
            try:
                events.start_by_hand(rule, record)
            except events.CannotStart:
                pass  # a line of the log says why
            except interpreter.InterpreterError as problem:
                raise WorldProblem(str(problem)) from None
        self.stage.settle()

    def advance(self, to: datetime) -> None:
        """Time passes."""
        self.stage.advance(to)

    # what there is to see

    def facts(self) -> interpreter.Facts:
        """The record, or the unknown sender, as a rule sees them."""
        with transaction():
            record = db.session.get(Record, self.record_id) if self.record_id else None
            conversation = watching.conversation_of(self.number)
            about = facts.FactFinder().about(record, conversation, self.defaults, {}, self.stage.moment)
            can_receive = about.can_receive_sms()
        return replace(about, can_receive_sms=lambda: can_receive, business_hours=lambda _: moments.OFFICE)

    def sent(self) -> Sequence[Sent]:
        """All texts of rules that a provider has."""
        return watching.sent()

    def skipped(self) -> Sequence[Skipped]:
        """All texts of rules that the gate or a missing number stopped."""
        return watching.skipped()

    def told(self) -> Sequence[Told]:
        """All notices."""
        return watching.told(self.record_id)

    def rule_state(self, name: str) -> RunState:
        """How far the rule has come for the record; a rule for other records, for any."""
        return watching.rule_state(name, self.record_id)

    def story(self) -> Sequence[LogLine]:
        """The logs of all runs, and why others did not start."""
        return watching.story()


def _origin(line: Line) -> intake.Origin:
    return intake.Origin(line.id, line.connection.provider, line.connection.account)
