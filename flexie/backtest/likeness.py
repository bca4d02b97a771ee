"""A likeness of the account as it was when a past began, in the empty database of a stage."""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from flexie import clock, fields, happenings, linking, outbox, records, rehearsal, rulebook, segments
from flexie.backtest.past import Past, RecordThen, Talk
from flexie.db import db, insert, transaction
from flexie.models import (
    KINDS,
    Conversation,
    Group,
    Line,
    Message,
    OptOut,
    Record,
    RecordMoment,
    RecordTag,
    Rule,
    Run,
    Settings,
    User,
)


def furnish(past: Past) -> None:
    """Everything that was there when the past began, but no rules."""
    with transaction():
        rehearsal.furnish(past.account, past.account.schema.rules)
        Settings.get().business_hours = past.business_hours
        for group in db.session.scalars(select(Group)):
            group.business_hours = past.group_hours.get(group.name)
        put_records(past.records)
        _put_talks(past)
        db.session.add_all(OptOut(number=number, reason="earlier", since=past.since) for number in past.opted_out)


def put_records(then: Iterable[RecordThen]) -> list[Record]:
    """Records with their numbers, dates and tags, in the session; no rule hears of them. They keep their ids."""
    those = sorted(then, key=lambda one: one.id)
    known = {one.id for one in those} | set(db.session.scalars(select(Record.id)))
    keepers = _Keepers()
    made = [_record(one, keepers) for one in those]
    db.session.add_all(made)
    db.session.flush()
    for one, record in zip(those, made, strict=True):
        record.about_id = one.about_id if one.about_id in known else None
    db.session.flush()
    _put_dates(made)
    return made


def _record(then: RecordThen, keepers: "_Keepers") -> Record:
    now = clock.now()
    record = Record(id=then.id, public_id=then.public_id, kind=then.kind, fields=dict(then.fields))
    record.reference, record.created_at, record.updated_at = then.reference, now, now
    record.owner, record.group = keepers.of(then)
    record.title = records.title(record)
    numbers = {name: str(then.fields[name]) for name in keepers.phones[then.kind] if then.fields.get(name)}
    record.phone_keys = records.phone_keys(numbers, keepers.prefix)
    record.tags = [RecordTag(tag=tag) for tag in then.tags]
    return record


class _Keepers:
    """What is looked up for many records at once: people, groups, and the fields that hold numbers."""

    def __init__(self) -> None:
        self._users = {user.name: user for user in db.session.scalars(select(User))}
        self._groups = {group.name: group for group in db.session.scalars(select(Group))}
        self.prefix = Settings.get().prefix
        self.phones: dict[str, list[str]] = {
            kind: [one.name for one in fields.definitions(kind) if one.type == "phone"] for kind in KINDS
        }

    def of(self, then: RecordThen) -> tuple[User | None, Group | None]:
        """The person or the group whose a record is."""
        name = then.keeper or ""
        return self._users.get(name), None if name in self._users else self._groups.get(name)


def _put_dates(made: Iterable[Record]) -> None:
    dates: dict[str, set[str]] = {
        kind: {one.name for one in fields.definitions(kind) if one.type in happenings.DATES} for kind in KINDS
    }
    rows = [row for record in made for row in happenings.moments_of(record, dates[record.kind])]
    if rows:
        db.session.execute(insert(RecordMoment), rows)


def _put_talks(past: Past) -> None:
    """Conversations that people linked to records, and the last texts about cases."""
    known = {record.id: record for record in db.session.scalars(select(Record))}
    for talk, record_id in past.by_hand:
        if record_id in known:
            linking.link(conversation_of(talk), known[record_id])
    for number, text in enumerate(past.case_texts):
        if text.case_id in known:
            db.session.add(_case_text(text.talk, text.case_id, number))


def _case_text(talk: Talk, case_id: int, number: int) -> Message:
    line, now = line_of(talk), clock.now()
    return Message(
        conversation=conversation_of(talk),
        line=line,
        direction="out",
        text="",
        sender_number=line.number,
        to_number=talk.number,
        status="delivered",
        segments=segments.count("").segments,
        intent=f"earlier:{number}",
        case_id=case_id,
        created_at=now,
        sent_at=now,
        delivered_at=now,
    )


def line_of(talk: Talk) -> Line:
    """The line of a conversation. One that was renamed or is gone since is the first line."""
    line = db.session.scalar(select(Line).where(func.lower(Line.name) == func.lower(talk.line)))
    return line or db.session.scalars(select(Line).order_by(Line.id).limit(1)).one()


def conversation_of(talk: Talk) -> Conversation:
    """The conversation, made if need be."""
    return outbox.open_conversation(line_of(talk), talk.number)


def put_rules(files: Mapping[str, str]) -> list[str]:
    """Put files into force, in the stage. Returns those that are not, for their errors in today's account.

    Rules may start rules of other files: so a file that fails is tried once more when all others are there.
    """
    with transaction():
        Settings.get().rules_revision = rehearsal.fresh_revision()
        failed = [name for name, text in files.items() if not rulebook.save(name, text, None).in_force]
        return [name for name in failed if not rulebook.save(name, files[name], None).in_force]


def put_starts(past: Past) -> None:
    """Starts before the period, as runs that are over: limits count them."""
    with transaction():
        by_name = {rule.name: rule for rule in db.session.scalars(select(Rule))}
        known = set(db.session.scalars(select(Record.id)))
        for number, start in enumerate(past.starts):
            rule = by_name.get(start.rule)
            if rule is None or rule.version_id is None or (start.record_id and start.record_id not in known):
                continue
            run = Run(rule_id=rule.id, version_id=rule.version_id, record_id=start.record_id, state="done")
            run.conversation = conversation_of(start.talk) if start.talk else None
            run.cause, run.position, run.data = f"earlier:{number}", [], {}
            run.started_at = run.ended_at = start.at
            db.session.add(run)
