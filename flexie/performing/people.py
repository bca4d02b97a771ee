"""Steps about colleagues: `assign to` and `notify`."""

from typing import TypeVar

from sqlalchemy import select

from flexie import notices, talks
from flexie.db import db
from flexie.models import Group, User
from flexie.performing.doing import Doing, StepFailed
from rules import effects

Somebody = TypeVar("Somebody", User, Group)


def assign(effect: effects.Assign, doing: Doing) -> str | None:
    """Give the record, and the conversation of its text, to a person or a group."""
    who = _find(effect.to, doing)
    if who is None:
        return "not assigned: the record has no owner"
    record, conversation = doing.run.record, doing.conversation
    if record is not None and effect.to.kind != "owner":
        record.owner = who if isinstance(who, User) else record.owner
        record.group = who if isinstance(who, Group) else None
    if conversation is not None:
        try:
            talks.assign(conversation, who, run=doing.run)
        except talks.CannotHandle as problem:
            return f"the conversation was not assigned: {problem}"
    return None


def notify(effect: effects.Notify, doing: Doing) -> str | None:
    """Tell a person, or everybody in a group, within the application."""
    who = _find(effect.to, doing)
    if who is None:
        return "nobody was told: the record has no owner"
    notices.tell(
        effect.text,
        user=who if isinstance(who, User) else None,
        group=who if isinstance(who, Group) else None,
        record=doing.run.record,
        run=doing.run,
    )
    return None


def _find(person: effects.Person, doing: Doing) -> User | Group | None:
    """Whom a step names; None when a record has no owner. Raises StepFailed when there is no such person any more."""
    if person.kind == "owner":
        return _owner(doing)
    found = _named(User, person, doing) if person.kind == "user" else _named(Group, person, doing)
    if found is None or (isinstance(found, User) and not found.is_active):
        raise StepFailed(f'There is no {person.kind} "{person.name}" any more. Name another one in the rule.')
    return found


def _named(model: type[Somebody], person: effects.Person, doing: Doing) -> Somebody | None:
    bound = doing.bound(person.kind, person.name or "")
    query = select(model).where(model.id == bound if bound else model.name == person.name)
    return db.session.scalars(query.limit(1)).first()


def _owner(doing: Doing) -> User | Group | None:
    record = doing.run.record
    if record is None:
        return doing.conversation.assignee if doing.conversation else None
    return record.owner or record.group
