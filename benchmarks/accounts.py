"""The account that is measured: a Twilio line, contacts whose numbers are known, and rules for some words."""

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import select

from flexie import connections, records, rulebook
from flexie.db import db
from flexie.models import FieldDefinition, Settings

ACCOUNT = "AC" + "0" * 32
TOKEN = "benchmark-auth-token"
LINE = "+12025550100"
WORDS = 40
"""For so many first words there are two rules each: one for contacts, one for unknown senders."""

KNOWN = 500
"""So many numbers belong to contacts; as many again write without being known."""


@dataclass(frozen=True)
class Account:
    """What a generator of texts has to know."""

    inbound_path: str


def prepare(base_url: str | None = None, step: str = "wait 1 day") -> Account:
    """Make the account in the current application. `step` is what each rule does first.

    Raises:
        ValueError: the rules are not as this application wants them; the findings are quoted.
    """
    Settings.get().prefix = "+1"
    known = set(db.session.scalars(select(FieldDefinition.name).where(FieldDefinition.kind == "contact")))
    for position, (name, kind) in enumerate({"name": "text", "mobile": "phone", "allow_sms": "yes/no"}.items()):
        if name not in known:
            db.session.add(FieldDefinition(kind="contact", name=name, label=name, type=kind, position=position))
    db.session.flush()
    credentials = {"account_sid": ACCOUNT, "auth_token": TOKEN}
    made = connections.add("twilio", "Main", credentials, [LINE], base_url, paced=False, pulled=False)
    for place in range(KNOWN):
        records.create("contact", {"name": f"Contact {place}", "mobile": number(place)})
    saved = rulebook.save("benchmark", _rules(step), None)
    if not saved.in_force:
        raise ValueError("\n".join(map(str, saved.findings)))
    db.session.commit()
    address = connections.webhook_url(made.lines[0], "inbound")
    return Account(address.removeprefix(current_app.config["PUBLIC_URL"]))


def number(place: int) -> str:
    """The number at a place; the first KNOWN are those of contacts."""
    return f"+1303{place:07d}"


def text(place: int) -> str:
    """A text that starts exactly one rule."""
    return f"word{place % WORDS} please, this is text {place}"


def _rules(step: str) -> str:
    blocks = [
        f'rule "Word {place}, {who}":\n  for {who}\n  when incoming sms matches "word{place} *"\n'
        f"  if already running, run both\n\n  {step}\n"
        for place in range(WORDS)
        for who in ("contact", "unknown sender")
    ]
    return 'version 1\n\nsettings:\n  from line "Main"\n\n' + "\n".join(blocks)
