"""What tests of rule files share: small files, saving them, and what came of it."""

from typing import Any

from sqlalchemy import select

from flexie import rulebook
from flexie.db import db, transaction
from flexie.models import Rule, RuleVersion, RunLog
from tests.house import ANA, House


def rule(name: str = "R", steps: str = 'wait 1 hour\nsend sms "Old"', tail: str = "", pattern: str = "go") -> str:
    body = "".join(f"  {line}\n" for line in steps.splitlines())
    return f'rule "{name}"{tail}:\n  for contact\n  when incoming sms matches "{pattern}"\n\n{body}'


def text(*rules: str) -> str:
    return "version 1\n\n" + "\n".join(rules)


def save(house: House, written: str, name: str = "test", **how: Any) -> Any:
    """Save and keep what the save told; who saved is nobody in particular."""
    with house.app.app_context(), transaction():
        saved = rulebook.save(name, written, None, **how)
        assert saved.in_force, "\n".join(finding.render(written) for finding in saved.findings)
        return saved


def waiting_run(house: House, written: str | None = None) -> None:
    """A contact, a rule that waits an hour, and a text that starts it."""
    house.record(first_name="Ana", mobile=ANA)
    save(house, written or text(rule()))
    house.text("go")
    house.work()
    assert [run.state for run in house.runs()] == ["waiting"]


def reasons(house: House) -> list[str]:
    with house.app.app_context():
        query = select(RunLog.words).where(RunLog.step == "cancelled").order_by(RunLog.id)
        return list(db.session.scalars(query))


def versions(house: House) -> dict[str, int]:
    with house.app.app_context():
        return {row.name: row.version.number for row in db.session.scalars(select(Rule)) if row.version}


def sent(house: House) -> list[str]:
    return [post.one("Body") for post in house.standin.posts]


def version(name: str = "R") -> RuleVersion:
    """The version of a rule that new runs begin with."""
    found = db.session.scalars(select(Rule).where(Rule.name == name)).one().version
    assert found is not None
    return found


NEW = text(rule(steps='send sms "New"'))
