"""Who is on the other side of a conversation: the records that its number or a person linked to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, cast, null, select, union_all
from sqlalchemy.orm import contains_eager

from flexie import fields, gathering, phones, records
from flexie.db import db
from flexie.models import KINDS, Conversation, ConversationLink, FieldDefinition, PhoneKey, Record, Rule, Run, User
from flexie.models.rules import LIVE
from flexie.web import access, fieldwords

FACTS = 8  # fields of a record that stand beside a conversation
NEIGHBOURS = 20  # open cases and waiting runs that stand there


@dataclass(frozen=True)
class Facts:
    """What stands beside a conversation about one record."""

    record: Record
    fields: list[tuple[FieldDefinition, str]]
    cases: list[Record] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Known:
    """The records of conversations, by row id: those linked by hand first, then people before cases.

    `by_hand`: the row ids of those that belong to one only because somebody linked them.
    """

    records: dict[int, list[Record]]
    by_hand: dict[int, set[int]]


def records_of(conversations: Iterable[Conversation]) -> dict[int, list[Record]]:
    """For each conversation (by row id) its records."""
    return known_in(conversations).records


def known_in(conversations: Iterable[Conversation]) -> Known:
    """Who is known of the other sides of these conversations."""
    rows = list(conversations)
    by_hand, by_number = _found(rows) if rows else ({}, {})
    found = {
        row.id: sorted(
            (by_number.get(row.number, {}) | by_hand.get(row.id, {})).values(),
            key=lambda record: (record.id not in by_hand.get(row.id, {}), KINDS.index(record.kind), record.id),
        )
        for row in rows
    }
    return Known(found, {row.id: set(by_hand.get(row.id, {})) - set(by_number.get(row.number, {})) for row in rows})


def _found(rows: Sequence[Conversation]) -> tuple[dict[int, dict[int, Record]], dict[str, dict[int, Record]]]:
    """The records that people linked to conversations, and those that hold their numbers: by row id, by number."""
    spellings = {spelling: row.number for row in rows for spelling in phones.match_keys(row.number)}
    linked = select(ConversationLink.record_id, ConversationLink.conversation_id, cast(null(), String).label("e164"))
    holding = select(PhoneKey.record_id, cast(null(), Integer), PhoneKey.e164)
    found = union_all(
        linked.where(ConversationLink.conversation_id.in_([row.id for row in rows])),
        holding.where(PhoneKey.e164.in_(list(spellings))),
    ).subquery()
    by_hand: dict[int, dict[int, Record]] = defaultdict(dict)
    by_number: dict[str, dict[int, Record]] = defaultdict(dict)
    query = select(Record, found.c.conversation_id, found.c.e164).join(found, found.c.record_id == Record.id)
    for record, talk, e164 in db.session.execute(query):
        if talk is not None:
            by_hand[talk][record.id] = record
        else:
            by_number[spellings[e164]][record.id] = record
    return by_hand, by_number


def facts(found: Sequence[Record], user: User) -> list[Facts]:
    """Each record with what its fields hold beside its title, its open cases, and live runs that the user may see."""
    if not found:
        return []
    ids: gathering.Ids = {
        FieldDefinition: fields.ids_in_use(*{record.kind for record in found}),
        Record: _newest_of_each(Record.id, [Record.about_id == record.id for record in found]),
        Run: _newest_of_each(Run.id, [and_(Run.record_id == record.id, *_live_for(user)) for record in found]),
    }
    query = gathering.query(ids).outerjoin(Run.rule).options(contains_eager(Run.rule).load_only(Rule.name))
    there = gathering.rows(query, ids)
    return [_facts(record, there) for record in found]


def _live_for(user: User) -> list[ColumnElement[bool]]:
    return [Run.state.in_(LIVE), access.runs(user)]


def _newest_of_each(row_id: Any, conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """The newest NEIGHBOURS rows that fit each condition."""
    return gathering.all_of(select(row_id).where(one).order_by(row_id.desc()).limit(NEIGHBOURS) for one in conditions)


def _facts(record: Record, there: Mapping[Any, list[Any]]) -> Facts:
    shown = [each for each in there[FieldDefinition] if each.kind == record.kind]
    told = fieldwords.told(record, sorted(shown, key=fields.place))
    titling = records.titled_by(record)
    return Facts(
        record,
        fields=[(each, words) for each, words in told if words and each.name not in titling][:FACTS],
        cases=[case for case in reversed(there[Record]) if case.about_id == record.id and case.is_open_case],
        runs=[run for run in reversed(there[Run]) if run.record_id == record.id],
    )
