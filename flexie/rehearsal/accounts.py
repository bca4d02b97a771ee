"""The account that a rehearsal happens in: what a schema describes, or a likeness of the real one without records."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from flexie import clock, connections, rulebook
from flexie.db import db
from flexie.models import (
    KINDS,
    FieldDefinition,
    Group,
    Rule,
    RuleFile,
    Settings,
    User,
    WebhookAddress,
)
from rules import Schema

LINE_NUMBERS = "+1415555{:04}"
"""Numbers for lines; those that records are given are of another area."""

_FIRST_LINE = "Main"
_revisions = count(0, 1_000)  # no two rehearsals of a process have one, so that none is given another's compiled rules
_OF_ITS_OWN = {"id", "rules_revision", "business_hours", "quiet_from", "quiet_until"}
_USUAL: dict[str, Any] = {
    "time_zone": "UTC",
    "prefix": "+1",
    "stop_words": ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT"],
    "start_words": ["START", "UNSTOP"],
    "help_words": ["HELP", "INFO"],
    "stop_answer": "You will get no more texts from us. Reply START to get them again.",
    "start_answer": "You will get our texts again. Reply STOP for no more texts.",
    "help_answer": "Reply STOP for no more texts. A person reads every other answer.",
}


@dataclass(frozen=True)
class Account:
    """What is known of an account: its schema, and values of its settings."""

    schema: Schema
    settings: dict[str, Any]

    @property
    def time_zone(self) -> str:
        """The account's zone, by its IANA name."""
        return self.settings["time_zone"]


def of_schema(schema: Schema) -> Account:
    """An account with the fields and names of a schema, in UTC, with the usual words of consent."""
    return Account(schema, dict(_USUAL))


def of_this_one() -> Account:
    """A likeness of the account of the current application: fields, names and settings, no records."""
    kept = Settings.get()
    names = set(Settings.__table__.columns.keys()) - _OF_ITS_OWN
    return Account(rulebook.account_schema(), {name: getattr(kept, name) for name in names})


def fresh_revision() -> int:
    """A revision of rules that no other rehearsal of this process has."""
    return next(_revisions)


def furnish(account: Account, without_rules: Iterable[str]) -> None:
    """Put the account into the empty database of the current application, in the session.

    Rules of other files are there by name only, except `without_rules`: those that the rehearsed file brings.
    Business hours are Monday to Friday, 09:00 to 17:00, and there are no quiet hours.
    """
    schema = account.schema
    db.session.add(Settings(id=1, **account.settings, rules_revision=fresh_revision()))
    for kind in KINDS:
        for position, (name, about) in enumerate(schema.fields.get(kind, {}).items()):
            db.session.add(
                FieldDefinition(
                    kind=kind,
                    name=name,
                    label=name,
                    type=about.type,
                    choices=list(about.choices) or None,
                    typical=about.typical,
                    position=position,
                )
            )
    db.session.flush()
    _people(schema)
    _lines(schema)
    _rules_of_other_files(set(schema.rules) - set(without_rules))
    db.session.flush()


def _people(schema: Schema) -> None:
    now = clock.now()
    db.session.add_all(Group(name=name) for name in schema.groups)
    for number, name in enumerate(schema.users):
        email = f"user{number}@rehearsal.invalid"
        db.session.add(User(email=email, name=name, role="agent", password_hash="", created_at=now))
    for name in schema.webhooks:
        url = "https://rehearsal.invalid/"
        db.session.add(WebhookAddress(name=name, url=url, secret="", created_at=now))


def _lines(schema: Schema) -> None:
    names = schema.lines or (_FIRST_LINE,)
    numbers = [LINE_NUMBERS.format(place) for place in range(100, 100 + len(names))]
    credentials = {"account": "rehearsal", "api_key": "rehearsal", "webhook_secret": "rehearsal"}
    connections.add("simulator", "Rehearsal", credentials, numbers, line_names=names)


def _rules_of_other_files(names: Iterable[str]) -> None:
    now = clock.now()
    file = RuleFile(name="Rules of other files", text="", created_at=now, updated_at=now)
    for name in sorted(names):
        db.session.add(Rule(name=name, file=file, is_on=False, created_at=now))
