"""The account that a crash run works on: a line at the stand-in, contacts, and the rules in force."""

from collections.abc import Sequence
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import select

from app import create_app
from flexie import connections, fields, records, rulebook
from flexie.db import db, transaction
from flexie.models import FieldDefinition, Line, Settings
from tests.house import AUTH_TOKEN, LINE_NUMBER, SID

WAIT, LONG_WAIT = 3, 8  # seconds
RULES = f"""version 1

rule "Order":
  for contact
  when incoming sms matches "ORDER *"
  if already running, run both

  send sms "First: {{{{ __data.incoming_sms.text }}}}"
  wait {WAIT} seconds
  send sms "Second: {{{{ __data.incoming_sms.text }}}}"

rule "Later":
  for contact
  when incoming sms matches "LATER *"
  if already running, run both

  send sms "First: {{{{ __data.incoming_sms.text }}}}"
  wait {LONG_WAIT} seconds
  send sms "Second: {{{{ __data.incoming_sms.text }}}}"

rule "Delivered":
  for contact
  when sms delivered matches "First: *"
  if already running, run both

  send sms "Third: {{{{ __data.delivered_sms.text }}}}"
"""


def application(data: Path, database: str | None, public_url: str) -> Flask:
    """The application as the harness itself uses it, to set up and to look at the rows; migrated."""
    settings: dict[str, object] = {"FLEXIE_DATA": data, "PUBLIC_URL": public_url}
    if database:
        settings["SQLALCHEMY_DATABASE_URI"] = database
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
    return app


def furnish(app: Flask, provider_url: str, numbers: Sequence[str]) -> tuple[str, str]:
    """A line, a contact for each number, and the rules. Returns the inbound and the status address."""
    with app.app_context(), transaction():
        Settings.get().prefix = "+1"
        _fields({"mobile": "phone", "allow_sms": "yes/no"})
        connections.add(
            "twilio", "Main", {"account_sid": SID, "auth_token": AUTH_TOKEN}, [LINE_NUMBER], provider_url, paced=False
        )
        for number in numbers:
            records.create("contact", {"mobile": number})
        saved = rulebook.save("crash", RULES, None)
        if not saved.in_force:
            raise ValueError("\n".join(finding.render(RULES) for finding in saved.findings))
    with app.app_context():
        line = db.session.scalars(select(Line)).one()
        return connections.webhook_url(line, "inbound"), connections.webhook_url(line, "status")


def _fields(wanted: dict[str, str]) -> None:
    """The fields that contacts need, unless a new account has them anyway."""
    known = {definition.name for definition in fields.definitions("contact")}
    for name, kind in wanted.items():
        if name not in known:
            db.session.add(FieldDefinition(kind="contact", name=name, label=name, type=kind))


def let_go(app: Flask) -> None:
    """Close the harness's own connections, so that the database can be dropped."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["intake"].engine.dispose()
