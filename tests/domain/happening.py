"""What tests of triggers share: rules in a line, changes of records, and what came of them."""

from typing import Any

from sqlalchemy import select

from flexie import records
from flexie.db import db, transaction
from flexie.models import NotStarted, Record, Rule, Run
from tests.house import House


def rules_of(*written: str) -> str:
    return "\n".join(written)


def rule(name: str, when: str, steps: str = 'add tag "it"', kind: str = "contact", head: str = "") -> str:
    lines = "".join(f"  {line}\n" for line in steps.splitlines())
    return f'rule "{name}":\n  for {kind}\n  {when}\n{head}\n{lines}'


def change(house: House, record_id: int, **fields: Any) -> None:
    with house.app.app_context(), transaction():
        records.update(db.session.get_one(Record, record_id), fields)
    house.work()


def runs_of(house: House, name: str) -> list[Run]:
    with house.app.app_context():
        found = db.session.scalars(select(Run).join(Rule, Rule.id == Run.rule_id).where(Rule.name == name)).all()
        for run in found:
            db.session.expunge(run)
        return list(found)


def not_started(house: House) -> list[str]:
    with house.app.app_context():
        return list(db.session.scalars(select(NotStarted.words).order_by(NotStarted.id)))


def look(house: House) -> None:
    """What the clock rings for."""
    house.work()
    house.work()
