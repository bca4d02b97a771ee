"""The running system's account: an application over its own database, furnished once, cleared in between."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import flask_migrate
from flask import Flask
from sqlalchemy import text, update

from app import create_app
from flexie import callouts, clock, connections, ruleset, tokens
from flexie.db import Base, db, transaction
from flexie.models import FieldDefinition, Group, Line, Settings, User
from tests import databases
from tests.histories import carrier
from tests.histories import vocabulary as v

FURNITURE = frozenset(
    ("settings", "field_definitions", "users", "groups", "lines", "connections", "webhook_addresses", "api_tokens",
     "sign_ins")
)  # fmt: skip
"""Tables that a history leaves as they are."""


def furnish(app: Flask, outside: carrier.Carrier) -> str:
    """Fields, lines at two providers, people, a webhook. Returns the token that an administrator calls the API with."""
    app.config["WEBHOOKS_TO_PRIVATE_ADDRESSES"] = True
    clear(app, but=frozenset(("settings",)))
    with app.app_context(), transaction():
        Settings.get().prefix = "+1"
        for kind in v.KINDS:
            for position, (name, about) in enumerate(v.FIELDS.items()):
                db.session.add(_definition(kind, name, about, position))
        db.session.add_all(Group(name=name) for name in v.GROUPS)
        people = [_person(f"user{number}@example.com", name, "agent") for number, name in enumerate(v.USERS)]
        admin = _person("admin@example.com", "Mira Okafor", "admin")
        db.session.add_all([*people, admin])
        twilio = {"account_sid": carrier.SID, "auth_token": carrier.AUTH_TOKEN}
        connections.add(
            "twilio", "Twilio", twilio, v.LINE_NUMBERS[:2], outside.url, v.LINES[:2], paced=False, pulled=False
        )
        simulator = {"account": "pretend", "api_key": carrier.KEY, "webhook_secret": carrier.SECRET}
        connections.add("simulator", "Pretend", simulator, v.LINE_NUMBERS[2:], outside.url, v.LINES[2:])
        for name in v.WEBHOOKS:
            callouts.register(name, f"{outside.url}/hook")
        return tokens.issue(admin)


def _person(email: str, name: str, role: str) -> User:
    return User(email=email, name=name, role=role, password_hash="-", created_at=clock.now())


def _definition(kind: str, name: str, about: dict[str, object], position: int) -> FieldDefinition:
    return FieldDefinition(kind=kind, name=name, label=name, position=position, **about)


def addresses(app: Flask) -> dict[str, tuple[str, str]]:
    """For each line by name: its number and its inbound address."""
    with app.app_context():
        return {
            line.name: (line.number, connections.webhook_url(line, "inbound")) for line in db.session.query(Line).all()
        }


def clear(app: Flask, but: frozenset[str] = FURNITURE) -> None:
    """Take away all that a history brought: records, texts, rules, runs. Furniture stays."""
    ruleset.forget()
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        circles = [
            "UPDATE messages SET run_id = NULL",
            "UPDATE runs SET asking_id = NULL, reply_id = NULL, answer_id = NULL",
            "UPDATE rules SET version_id = NULL",
        ]
        for statement in ["PRAGMA defer_foreign_keys = ON"] if is_sqlite else circles:
            db.session.execute(text(statement))
        for table in reversed(Base.metadata.sorted_tables):
            if table.name not in but:
                db.session.execute(table.delete())
        db.session.execute(update(Line).values(next_send_at=None))  # the next history begins at an earlier time
        db.session.commit()


@contextmanager
def application(redis_url: str, server: str | None = None) -> Iterator[Flask]:
    """A migrated application over a SQLite file, or over a database on a PostgreSQL server, for the block."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(dir=databases.quick_folder())))
        settings: dict[str, object] = {"REDIS_URL": redis_url, "TESTING": True, "FLEXIE_DATA": folder}
        settings["PUBLIC_URL"] = "https://sms.example.test"
        if server:
            settings["SQLALCHEMY_DATABASE_URI"] = stack.enter_context(databases.scratch(server))
        app = create_app(settings)
        stack.callback(_let_go, app)
        with app.app_context():
            flask_migrate.upgrade()
        yield app


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
    app.extensions["intake"].engine.dispose()
