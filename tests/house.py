"""A small furnished account for tests: a Twilio line, fields, records, rules, and texts that come and go."""

import itertools
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from flexie import batches, connections, jobs, outbound, providers, records, rulebook
from flexie.db import db, transaction
from flexie.models import FieldDefinition, Line, Message, Record, Run, Settings
from tests.standin import StandIn

SID = "AC" + "a" * 32
AUTH_TOKEN = "12345678901234567890123456789012"
LINE_NUMBER = "+14155550100"
ANA = "+14155552671"
SCHEMA = Path(__file__).parent / "rules" / "examples" / "schema.json"
_numbers = itertools.count(1)


class Nobody:
    """Stands in for a worker's threads that call others, in tests that are not about them."""

    def wake(self) -> None:
        """Calls stay due."""


class House:
    """One account over an application; its methods are what happens in a test."""

    def __init__(self, app: Flask, standin: StandIn) -> None:
        self.app = app
        self.standin = standin
        self.client = app.test_client()
        self.senders = providers.new_client()
        app.extensions.update(senders=self, callers=Nobody(), fetchers=Nobody(), pullers=Nobody())
        with app.app_context(), transaction():
            self._furnish()
        self.inbound_url, self.status_url = self._addresses()

    def _furnish(self) -> None:
        settings = Settings.get()
        settings.prefix, settings.name = "+1", "Test account"
        for kind, fields in json.loads(SCHEMA.read_text())["fields"].items():
            if kind != "unknown sender":
                for position, (name, told) in enumerate(fields.items()):
                    db.session.add(_definition(kind, name, told, position))
        credentials = {"account_sid": SID, "auth_token": AUTH_TOKEN}
        connections.add("twilio", "Main", credentials, [LINE_NUMBER], self.standin.url, paced=False, pulled=False)

    def _addresses(self) -> tuple[str, str]:
        with self.app.app_context():
            line = db.session.scalars(select(Line)).one()
            return connections.webhook_url(line, "inbound"), connections.webhook_url(line, "status")

    # what people set up

    def record(self, kind: str = "contact", **fields: Any) -> int:
        """A record; returns its id."""
        with self.app.app_context(), transaction():
            return records.create(kind, fields).id

    def rules(self, text: str) -> None:
        """Put rules into force; anything wrong with them fails the test."""
        with self.app.app_context(), transaction():
            saved = rulebook.save("test", text, None)
            assert saved.in_force, "\n".join(finding.render(text) for finding in saved.findings)

    # what happens

    def text(self, body: str, sender: str = ANA, sid: str | None = None) -> TestResponse:
        """A customer texts the line: a signed webhook."""
        sid = sid or f"SM{next(_numbers):032x}"
        return self.post(self.inbound_url, inbound_form(body, sender, sid))

    def picture(self, *paths: str, body: str = "", sender: str = ANA, sid: str | None = None) -> TestResponse:
        """A customer sends files: they stand at the provider under these paths (or whole addresses)."""
        sid = sid or f"MM{next(_numbers):032x}"
        form = inbound_form(body, sender, sid) | {"NumMedia": str(len(paths))}
        for at, path in enumerate(paths):
            form[f"MediaUrl{at}"] = f"{self.standin.url}{path}" if path.startswith("/") else path
            form[f"MediaContentType{at}"] = "image/jpeg"
        return self.post(self.inbound_url, form)

    def receipt(self, message: Message, status: str, **more: str) -> TestResponse:
        """The provider reports on a message, by its own id and by ours in the address."""
        form = {
            "MessageSid": message.provider_id or f"SM{message.id:032x}",
            "MessageStatus": status,
            "AccountSid": SID,
            "To": message.to_number,
            "From": message.sender_number,
            **more,
        }
        return self.post(f"{self.status_url}?message={message.public_id}", form)

    def post(self, url: str, form: dict[str, str], token: str = AUTH_TOKEN) -> TestResponse:
        """A signed form, as the provider posts it."""
        signature = RequestValidator(token).compute_signature(url, form)
        path = url.removeprefix(self.app.config["PUBLIC_URL"])
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return self.client.post(path, data=urlencode(form), headers=headers)

    def work(self) -> None:
        """Everything that is due now is worked through, sends included, until nothing is left."""
        with self.app.app_context():
            for kind in batches.KINDS:
                jobs.look(kind)

    def wake(self) -> None:
        """Stands in for the worker's sender threads: sends, one after the other, at once."""
        while claimed := outbound.claim():
            outbound.finish(claimed, outbound.call(claimed, self.senders))

    # what one sees

    def messages(self, direction: str = "out") -> list[Message]:
        """All messages of a direction, oldest first."""
        return self._all(select(Message).where(Message.direction == direction).order_by(Message.id))

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        return self._all(select(Run).order_by(Run.id))

    def fields(self, record_id: int) -> dict[str, Any]:
        """What a record holds."""
        with self.app.app_context():
            return db.session.get_one(Record, record_id).fields

    def _all(self, query: Any) -> list[Any]:
        with self.app.app_context():
            rows = list(db.session.scalars(query))
            for row in rows:
                db.session.expunge(row)
            return rows


def _definition(kind: str, name: str, told: dict[str, Any], position: int) -> FieldDefinition:
    label = name.replace("_", " ").capitalize()
    return FieldDefinition(
        kind=kind,
        name=name,
        label=label,
        type=told["type"],
        choices=told.get("choices"),
        typical=told.get("typical"),
        position=position,
    )


def inbound_form(body: str, sender: str, sid: str) -> dict[str, str]:
    """The parameters that Twilio posts for a text."""
    return {
        "MessageSid": sid,
        "AccountSid": SID,
        "From": sender,
        "To": LINE_NUMBER,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
    }
