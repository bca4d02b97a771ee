"""Who is on the other side of a conversation: the records that its number or a person linked to it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Integer, String, cast, null, select, union_all

from flexie import fields, phones, records
from flexie.db import db
from flexie.models import KINDS, Conversation, ConversationLink, FieldDefinition, PhoneKey, Record, Run, User
from flexie.models.rules import LIVE
from flexie.web import access

FACTS = 8  # fields of a record that stand beside a conversation
NEIGHBOURS = 20  # open cases and waiting runs that stand there


@dataclass(frozen=True)
class Facts:
    """What stands beside a conversation about one record."""

    record: Record
    fields: list[tuple[FieldDefinition, str]]
    cases: list[Record] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def records_of(conversations: Iterable[Conversation]) -> dict[int, list[Record]]:
    """For each conversation (by row id) its records: those linked by hand first, then people before cases."""
    rows = list(conversations)
    by_hand, by_number = _found(rows) if rows else ({}, {})
    return {
        row.id: sorted(
            (by_number.get(row.number, {}) | by_hand.get(row.id, {})).values(),
            key=lambda record: (record.id not in by_hand.get(row.id, {}), KINDS.index(record.kind), record.id),
        )
        for row in rows
    }


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
    return [Facts(record, _filled(record), _open_cases(record), _live_runs(record, user)) for record in found]


def _filled(record: Record) -> list[tuple[FieldDefinition, str]]:
    titling = records.titled_by(record)
    return [(each, words) for each, words in fields.told(record) if words and each.name not in titling][:FACTS]


def _open_cases(record: Record) -> list[Record]:
    query = select(Record).where(Record.about_id == record.id).order_by(Record.id.desc()).limit(NEIGHBOURS)
    return [case for case in db.session.scalars(query) if case.is_open_case]


def _live_runs(record: Record, user: User) -> list[Run]:
    query = select(Run).where(Run.record_id == record.id, Run.state.in_(LIVE), access.runs(user))
    return list(db.session.scalars(query.order_by(Run.id.desc()).limit(NEIGHBOURS)))
