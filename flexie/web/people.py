"""Who is on the other side of a conversation: the records that its number or a person linked to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from flexie import fields, records
from flexie.db import db
from flexie.models import KINDS, Conversation, FieldDefinition, Record, Run, User
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
    by_hand = records.linked_by_hand([row.id for row in rows])
    by_number = records.with_numbers({row.number for row in rows})
    wanted = {row.id: list(dict.fromkeys(by_hand.get(row.id, []) + by_number.get(row.number, []))) for row in rows}
    ids = {record_id for found in wanted.values() for record_id in found}
    loaded = {record.id: record for record in db.session.scalars(select(Record).where(Record.id.in_(ids)))}
    return {
        row.id: sorted(
            (loaded[record_id] for record_id in wanted[row.id]),
            key=lambda record: (record.id not in by_hand.get(row.id, []), KINDS.index(record.kind), record.id),
        )
        for row in rows
    }


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
