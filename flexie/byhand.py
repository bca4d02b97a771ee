"""Rules that people and programs start: those with `when started`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from flexie import events, ruleset
from flexie.db import db
from flexie.models import Record, Rule, Run, User
from flexie.ruleset import RuleInForce
from rules import syntax


def offered(kind: str) -> Sequence[RuleInForce]:
    """The rules in force that may be started for a record of this kind, by name."""
    found = [rule for rule in ruleset.current().rules if rule.is_for(kind) and _waits_for_people(rule.tree)]
    return sorted(found, key=lambda rule: rule.name.casefold())


def start(name: str, record: Record, data: dict[str, Any] | None, user: User) -> Run:
    """Start the rule of this name for a record, in the session. `data` becomes `__data.start`.

    Raises:
        events.CannotStart: the rule is not in force, not for such records, or not to be started by hand; or its
            conditions or limits say no. Commit then too: what kept it from starting was noted down.
    """
    rule = db.session.scalar(select(Rule).where(Rule.name == name))
    in_force = ruleset.current().by_id.get(rule.id) if rule else None
    if rule is None or in_force is None:
        raise events.CannotStart("This rule is not in force: it is off, or no longer in its file.")
    if not _waits_for_people(in_force.tree):
        raise events.CannotStart('This rule is not started by hand: it has no line "when started".')
    return events.start_by_hand(rule, record, data, user)


def _waits_for_people(tree: syntax.Rule) -> bool:
    return any(isinstance(trigger, syntax.Started) for trigger in tree.triggers)
