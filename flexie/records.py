"""Records: create, change, tag, and find by phone number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy import update as sql_update
from sqlalchemy.orm.attributes import flag_modified

from flexie import audit, cases, clock, fields, gathering, happenings, phones, search
from flexie.db import db, lock
from flexie.models import KINDS, ConversationLink, FieldDefinition, PhoneKey, Record, RecordTag, Run, Settings, User
from flexie.models.rules import LIVE

TITLES = (("name",), ("first_name", "last_name"), ("mobile",), ("phone",), ("email",))
"""Fields that a record is called by; the first of them that hold something do."""

SOUGHT = frozenset(name for names in TITLES for name in names)


class UnknownKind(Exception):
    """Asked for a kind of record that does not exist."""


def create(
    kind: str,
    values: Mapping[str, Any],
    user: User | None = None,
    *,
    about: Record | None = None,
    run: Run | None = None,
) -> Record:
    """A new record, added to the session. Allow SMS is yes unless it is given. `run`: the rule's run that makes it.

    Raises:
        UnknownKind: `kind` is not one of the five.
        flexie.fields.FieldErrors: a field is unknown or its value does not fit.
    """
    if kind not in KINDS:
        raise UnknownKind(f'There is no kind of record "{kind}". The kinds are {", ".join(KINDS)}.')
    now = clock.now()
    stored = {name: value for name, value in fields.stored(kind, values).items() if value is not None}
    if "allow_sms" not in stored and _has_field(kind, "allow_sms"):
        stored["allow_sms"] = True
    record = Record(kind=kind, fields=stored, owner=user, about_id=about.id if about else None)
    record.created_at = record.updated_at = now
    record.reference = cases.new_reference() if kind == "case" else None
    record.title = title(record)
    db.session.add(record)
    db.session.flush()
    _write_phone_keys(record)
    search.keep_records({record.id: sought_by(record)})
    happenings.note_moments(record, stored)
    happenings.note_created(record, run)
    audit.created(record, run)
    return record


def _has_field(kind: str, name: str) -> bool:
    return any(definition.name == name for definition in fields.definitions(kind))


def update(
    record: Record, values: Mapping[str, Any], run: Run | None = None, *, starts_rules: bool = True
) -> dict[str, tuple[Any, Any]]:
    """Change fields of a record; what is given as None or blank is emptied. The row is locked meanwhile.

    `run` is the rule's run that changes it, if one does. Without `starts_rules`, no rule on changes hears of it.

    Returns:
        The fields that really changed: name → (value before, value after).

    Raises:
        flexie.fields.FieldErrors: a field is unknown or its value does not fit; nothing was changed.
    """
    stored = fields.stored(record.kind, values)
    lock(record)
    changes = {
        name: (record.fields.get(name), value) for name, value in stored.items() if record.fields.get(name) != value
    }
    if not changes:
        return {}
    for name, (_, after) in changes.items():
        record.fields[name] = after
        if after is None:
            del record.fields[name]
    flag_modified(record, "fields")
    record.updated_at = clock.now()
    record.title = title(record)
    if SOUGHT.intersection(changes):
        search.keep_records({record.id: sought_by(record)})
    _write_phone_keys(record)
    _wake_runs_that_follow(record, changes)
    happenings.note_moments(record, changes)
    if starts_rules:
        happenings.note_changed(record, changes, run)
    audit.changed(record, changes, run)
    return changes


def touch(field: str, moments: Mapping[int, datetime], run: Run | None = None) -> None:
    """Note when records last got or were sent a text: record id → moment. Kinds without such a field keep none."""
    if moments:
        db.session.execute(sql_update(Record), [{"id": i, "last_text_at": at} for i, at in sorted(moments.items())])
    kinds = select(FieldDefinition.kind).where(FieldDefinition.name == field, FieldDefinition.type == "datetime")
    having = set(db.session.scalars(kinds)) if moments else set()
    if having:
        query = select(Record).where(Record.id.in_(list(moments)), Record.kind.in_(having)).order_by(Record.id)
        for record in db.session.scalars(query).all():
            update(record, {field: moments[record.id]}, run)


def title(record: Record) -> str:
    """What a record is called in lists: its name, else first and last name, else a number or an address."""
    return " ".join(_titling(record).values()) or record.kind.capitalize()


def titled_by(record: Record) -> frozenset[str]:
    """The fields that stand in what a record is called."""
    return frozenset(_titling(record))


def _titling(record: Record) -> dict[str, str]:
    for names in TITLES:
        values = {name: str(record.fields.get(name) or "").strip() for name in names}
        if any(values.values()):
            return {name: value for name, value in values.items() if value}
    return {}


def sought_by(record: Record) -> str:
    """What a record is found by, besides its numbers: how it is called, its address, the reference of a case."""
    parts = [record.title, str(record.fields.get("email") or "")]
    return " ".join([*parts, f"FX-{record.reference} {record.reference}" if record.reference else ""])


def _write_phone_keys(record: Record) -> None:
    """Keep the table of numbers in step with the record's phone fields."""
    names = [definition.name for definition in fields.definitions(record.kind) if definition.type == "phone"]
    wanted = {name: record.fields[name] for name in names if record.fields.get(name)}
    if {key.field: key.raw for key in record.phone_keys} != wanted:
        record.phone_keys = phone_keys(wanted, Settings.get().prefix)


def phone_keys(numbers: Mapping[str, str], prefix: str | None) -> list[PhoneKey]:
    """The keys by which numbers as they were typed (field → number) are found."""
    return [_phone_key(name, raw, prefix) for name, raw in numbers.items()]


def _phone_key(field: str, raw: str, prefix: str | None) -> PhoneKey:
    try:
        number = fields.number(raw, prefix)
    except phones.PhoneError as problem:
        return PhoneKey(field=field, raw=raw, e164=None, how=str(problem))
    return PhoneKey(field=field, raw=raw, e164=number.e164, how=number.how)


def _wake_runs_that_follow(record: Record, changes: Iterable[str]) -> None:
    """A wait that names a field follows it: let such runs look at their step again."""
    waiting = select(Run).where(Run.record_id == record.id, Run.state.in_(LIVE), Run.follows.in_(list(changes)))
    for run in db.session.scalars(waiting):
        run.due_at = clock.now()


def number_of(record: Record, field: str) -> str | None:
    """The E.164 number in a phone field, or None when it is empty or cannot be read."""
    return next((key.e164 for key in record.phone_keys if key.field == field), None)


def with_numbers(numbers: Iterable[str]) -> dict[str, list[int]]:
    """Ids of all records that hold each of these senders in any phone field; spellings of one number are one."""
    spellings = {spelling: number for number in numbers for spelling in phones.match_keys(number)}
    found: dict[str, set[int]] = defaultdict(set)
    query = select(PhoneKey.e164, PhoneKey.record_id).where(PhoneKey.e164.in_(list(spellings)))
    for e164, record_id in db.session.execute(query):
        found[spellings[e164 or ""]].add(record_id)
    return {number: sorted(ids) for number, ids in found.items()}


def first_with_number(number: str) -> Record | None:
    """The oldest record that holds this sender in any phone field."""
    ids = with_numbers([number]).get(number)
    return db.session.get(Record, ids[0]) if ids else None


def sharing_numbers(record: Record, limit: int) -> list[tuple[str, list[Record]]]:
    """Other records that hold a number of this one: (E.164 number, records), each number once."""
    numbers = list(dict.fromkeys(key.e164 for key in record.phone_keys if key.e164))
    spellings = {spelling: number for number in numbers for spelling in phones.match_keys(number)}
    if not spellings:
        return []
    holding: Any = select(PhoneKey.record_id, PhoneKey.e164).where(PhoneKey.record_id != record.id)
    each = [holding.where(PhoneKey.e164 == one).order_by(PhoneKey.record_id).limit(limit) for one in spellings]
    found = gathering.all_of(each).subquery()
    others: dict[str, dict[int, Record]] = defaultdict(dict)
    query = select(Record, found.c.e164).join(found, found.c.record_id == Record.id).order_by(Record.id)
    for other, e164 in db.session.execute(query):
        others[spellings[e164]][other.id] = other
    return [(number, list(others[number].values())) for number in numbers if number in others]


def linked_by_hand(conversation_ids: Iterable[int]) -> dict[int, list[int]]:
    """Ids of the records that people linked to each of these conversations."""
    found: dict[int, list[int]] = defaultdict(list)
    query = select(ConversationLink.conversation_id, ConversationLink.record_id).where(
        ConversationLink.conversation_id.in_(list(conversation_ids))
    )
    for conversation_id, record_id in db.session.execute(query.order_by(ConversationLink.record_id)):
        found[conversation_id].append(record_id)
    return found


def add_tag(record: Record, tag: str, run: Run | None = None) -> None:
    """Put a tag on a record; once is enough."""
    before = _tags(record)
    if tag not in before:
        record.tags.append(RecordTag(tag=tag))
        audit.tagged(record, before, _tags(record), run)


def remove_tag(record: Record, tag: str, run: Run | None = None) -> None:
    """Take a tag off a record, if it is there."""
    before = _tags(record)
    if tag in before:
        record.tags[:] = [kept for kept in record.tags if kept.tag != tag]
        audit.tagged(record, before, _tags(record), run)


def _tags(record: Record) -> list[str]:
    return sorted(kept.tag for kept in record.tags)
