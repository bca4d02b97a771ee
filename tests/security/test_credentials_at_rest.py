"""A copy of the whole database holds no secret that can be read."""

from sqlalchemy import select

from flexie import callouts, clock, invitations, passwords, signin, tokens
from flexie.db import Base, db, transaction
from flexie.models import User
from tests.house import AUTH_TOKEN, LINE_NUMBER, House

PASSWORD = "canary horse battery"


def dump() -> str:
    """Every value of every table."""
    tables = Base.metadata.sorted_tables
    return "\n".join(repr(tuple(row)) for table in tables for row in db.session.execute(select(table)))


def test_a_dump_holds_no_secret(house: House) -> None:
    with house.app.app_context():
        with transaction():
            digest = passwords.hashed(PASSWORD)
            user = User(email="ana@example.com", name="Ana", role="admin", password_hash=digest, created_at=clock.now())
            db.session.add(user)
            db.session.flush()
            secrets = [AUTH_TOKEN, PASSWORD, tokens.issue(user), signin.begin(user), house.app.config["SECRET_KEY"]]
            secrets += [invitations.issue(user), callouts.register("crm", "https://crm.example.com/hook")[1]]
        held = dump()
    assert LINE_NUMBER in held  # what is no secret is found
    assert [secret for secret in secrets if secret in held] == []
