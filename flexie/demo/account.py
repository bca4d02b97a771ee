"""The demo's account: its settings, groups, fields and people."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from flexie import clock, passwords
from flexie.db import db
from flexie.models import KINDS, FieldDefinition, Group, Settings, User

NAME = "Rosewood Clinic"
TIME_ZONE = "America/New_York"
PREFIX = "+1"
PEOPLE = (
    ("admin@example.com", "Ana Hoxha", "admin", "Front desk"),
    ("agent@example.com", "Ben Smith", "agent", "Duty"),
)

_LABELS = {"allow_sms": "Allow SMS"}
_FIRST = ("first_name", "last_name", "mobile", "appointment_status", "appointment_at", "status", "stage", "priority")
"""The fields that people look at most, and see first."""

_OF_EXAMPLES = frozenset({"a", "b", "c", "created", "from", "has", "line", "new", "tag"})
"""Fields of contacts that only examples of rules name: they are there for those, and on no page."""


@dataclass(frozen=True)
class Person:
    """A person of the demo. `password` is None when the person was there before: nobody can read it again."""

    user: User
    password: str | None


def settings() -> None:
    """Name, time zone and country prefix of the account."""
    kept = Settings.get()
    kept.name, kept.time_zone, kept.prefix = NAME, TIME_ZONE, PREFIX


def groups(names: list[str]) -> dict[str, Group]:
    """The groups of these names, made where they are missing."""
    known = {group.name: group for group in db.session.scalars(select(Group).where(Group.name.in_(names)))}
    for name in names:
        if name not in known:
            known[name] = Group(name=name)
            db.session.add(known[name])
    return known


def fields(schema: dict[str, dict[str, dict[str, Any]]]) -> None:
    """The fields of each kind of record, made or brought to what the demo needs; those of `_FIRST` come first."""
    known = {(field.kind, field.name): field for field in db.session.scalars(select(FieldDefinition))}
    for kind in KINDS:
        ordered = sorted(schema[kind], key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
        for position, name in enumerate(ordered):
            field = known.get((kind, name)) or FieldDefinition(kind=kind, name=name)
            _describe(field, position, schema[kind][name])
            db.session.add(field)
    db.session.flush()


def _describe(field: FieldDefinition, position: int, facts: dict[str, Any]) -> None:
    field.label = _LABELS.get(field.name) or field.name.replace("_", " ").capitalize()
    field.type, field.choices, field.typical = facts["type"], facts.get("choices"), facts.get("typical")
    field.position, field.is_retired = position, field.kind == "contact" and field.name in _OF_EXAMPLES


def people(given: dict[str, str | None], known_groups: dict[str, Group]) -> list[Person]:
    """The administrator and the agent. Passwords are `given` by email address, or else random."""
    return [_person(*facts, given.get(facts[0]), known_groups) for facts in PEOPLE]


def _person(
    email: str, name: str, role: str, group: str, password: str | None, known_groups: dict[str, Group]
) -> Person:
    user = db.session.scalar(select(User).where(User.email == email))
    if user is not None:
        return Person(user, None)
    password = password or secrets.token_urlsafe(12)
    user = User(
        email=email,
        name=name,
        role=role,
        password_hash=passwords.hashed(password),
        created_at=clock.now(),
        groups=[known_groups[group]],
    )
    db.session.add(user)
    db.session.flush()
    return Person(user, password)
