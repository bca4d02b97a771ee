"""What stands beside a conversation: its records, and the rules that run for them or for its unknown sender."""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import live
from flexie.db import db, written_out
from flexie.models import Conversation, Run, User
from flexie.models.rules import LIVE
from flexie.web import access, people


def shown(conversation: Conversation, known: people.Known, user: User) -> dict[str, Any]:
    """What its templates need: facts, the runs that belong to no record, and a fingerprint of it all.

    `facts_marks` are the names by which news of changes call what stands here.
    """
    found = known.records[conversation.id]
    facts = people.facts(found, user)
    loose = [] if found else _of_an_unknown_sender(conversation, user)
    about: list[live.About] = [("conversation", conversation.id), *(("record", record.id) for record in found)]
    return {
        "conversation": conversation,
        "facts": facts,
        "loose_runs": loose,
        "unlinkable": known.by_hand[conversation.id],
        "facts_marks": " ".join(live.facts_mark(each) for each in about),
        "facts_seen": _fingerprint(facts, loose, known.by_hand[conversation.id]),
    }


def _of_an_unknown_sender(conversation: Conversation, user: User) -> list[Run]:
    """Spelled like the partial index on them."""
    query = select(Run).where(Run.conversation_id == conversation.id, Run.record_id.is_(None))
    query = query.where(written_out(Run.state, LIVE), access.runs(user)).options(joinedload(Run.rule))
    return list(db.session.scalars(query.order_by(Run.id.desc()).limit(people.NEIGHBOURS)))


def _fingerprint(facts: list[people.Facts], loose: list[Run], by_hand: set[int]) -> str:
    parts = [
        (
            each.record.id,
            each.record.title,
            [(definition.label, words) for definition, words in each.fields],
            [(case.id, case.title) for case in each.cases],
            [_of_run(run) for run in each.runs],
        )
        for each in facts
    ]
    return hashlib.sha256(repr((parts, [_of_run(run) for run in loose], sorted(by_hand))).encode()).hexdigest()[:20]


def _of_run(run: Run) -> tuple[object, ...]:
    return run.id, run.state, run.due_at, run.asks_until, run.rule.name
