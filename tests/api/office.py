"""An account for tests of the API: three people with tokens, an open line and a closed one, and what tests add."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from flexie import clock, connections, library, media, outbox, records, tokens
from flexie.db import db, transaction
from flexie.models import ApiToken, Conversation, FieldDefinition, Line, Message, Record, Settings, User
from tests.api.fitting import refuse_undocumented

ANA = "+14155552671"
FIELDS = {
    "contact": {
        "name": "text",
        "mobile": "phone",
        "age": "number",
        "plan": "choice",
        "allow_sms": "yes/no",
        "born": "date",
    },
    "case": {"name": "text", "status": "text"},
}


class Caller:
    """A program that calls the API. Every answer must be one that the document promises."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.client = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Call it."""
        given = {**self.headers, **(headers or {})}
        response = self.client.open(f"/api/v1{path}", method=method, headers=given, **more)
        refuse_undocumented(method, path, response)
        return response

    def get(self, path: str, **query: Any) -> TestResponse:
        """Ask for something."""
        return self("GET", path, query_string=query)

    def ids(self, path: str, **query: Any) -> list[str]:
        """The ids of a list's first page."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json["items"]]

    def send(self, key: str | None = None, **body: Any) -> TestResponse:
        """Ask for a message to be sent."""
        return self("POST", "/messages", json=body, headers={"Idempotency-Key": key} if key is not None else {})


@contextmanager
def counted_queries(app: Flask) -> Iterator[list[str]]:
    """The statements that are executed inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


class Office:
    """The account. `admin`, `writer` and `agent` call the API as these people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context(), transaction():
            self._furnish()
            issued = {role: tokens.issue(self._user(role)) for role in ("admin", "rule writer", "agent")}
            db.session.execute(update(ApiToken).values(last_used_at=clock.now()))  # so that no test's first call writes
        self.admin, self.writer, self.agent = (Caller(app, token) for token in issued.values())
        self.nobody = Caller(app, None)

    def _furnish(self) -> None:
        Settings.get().prefix = "+1"
        for kind, fields in FIELDS.items():
            for position, (name, kind_of_field) in enumerate(fields.items()):
                db.session.add(_definition(kind, name, kind_of_field, position))
        credentials = {"account_sid": "AC" + "a" * 32, "auth_token": "b" * 32}
        numbers = ["+14155550100", "+14155550101"]
        made = connections.add(
            "twilio", "Main", credentials, numbers, line_names=["Main", "Closed"], paced=False, pulled=False
        )
        made.lines[1].open_to_all = False

    def _user(self, role: str) -> User:
        user = User(
            email=f"{role.replace(' ', '.')}@example.com",
            name=role.title(),
            role=role,
            password_hash="-",
            created_at=clock.now(),
            last_seen_at=clock.now(),
        )
        db.session.add(user)
        db.session.flush()
        return user

    def record(self, kind: str = "contact", **fields: Any) -> str:
        """A record; returns its id."""
        with self.app.app_context(), transaction():
            return records.create(kind, fields).public_id

    def template(self, text: str, name: str = "Hours", folder: str = "") -> str:
        """A template of the administrator's; returns its id."""
        with self.app.app_context(), transaction():
            author = db.session.scalars(select(User).where(User.role == "admin")).one()
            return library.create(author, folder, name, text).public_id

    def message(self, text: str = "Hello", line: str = "Main", number: str = ANA, status: str = "delivered") -> str:
        """A message that went out; returns its id."""
        with self.app.app_context(), transaction():
            draft = outbox.Draft(
                line=_line(line), number=number, text=text, intent=f"test:{clock.now().timestamp()}:{text}"
            )
            message = outbox.queue(draft)
            message.status = status
            return message.public_id

    def incoming(self, text: str = "Hi", line: str = "Main", number: str = ANA) -> str:
        """A text that came in; returns its id."""
        with self.app.app_context(), transaction():
            conversation = outbox.open_conversation(_line(line), number)
            conversation.unread += 1
            conversation.last_at, conversation.last_text, conversation.last_direction = clock.now(), text, "in"
            message = Message(
                conversation=conversation, line=conversation.line, direction="in", text=text, status="received",
                sender_number=number, to_number=conversation.line.number, segments=1, created_at=clock.now(),
                media=[{"url": "https://example.com/cat.png", "content_type": "image/png"}],
            )  # fmt: skip
            db.session.add(message)
            db.session.flush()
            media.expect([message])
            return message.public_id

    def change(self, model: Any, public_id: str, **values: Any) -> None:
        """Change columns of a row behind the API's back."""
        with self.app.app_context(), transaction():
            row = db.session.scalars(select(model).where(model.public_id == public_id)).one()
            for name, value in values.items():
                setattr(row, name, value)

    def conversation(self, message: str) -> str:
        """The id of a message's conversation."""
        with self.app.app_context():
            query = select(Conversation.public_id).join(Message, Message.conversation_id == Conversation.id)
            return db.session.scalars(query.where(Message.public_id == message)).one()

    def count(self, model: Any) -> int:
        """How many rows there are."""
        with self.app.app_context():
            return len(db.session.scalars(select(model.id)).all())

    def reference(self, record: str) -> str:
        """A case's reference."""
        with self.app.app_context():
            found = db.session.scalars(select(Record.reference).where(Record.public_id == record)).one()
            assert found is not None
            return found


def later(**how_far: float) -> str:
    """A moment from now on, as a program writes it."""
    return (clock.now() + timedelta(**how_far)).isoformat()


def _line(name: str) -> Line:
    return db.session.scalars(select(Line).where(Line.name == name)).one()


def _definition(kind: str, name: str, kind_of_field: str, position: int) -> FieldDefinition:
    choices = ["Basic", "Plus"] if kind_of_field == "choice" else None
    return FieldDefinition(kind=kind, name=name, label=name, type=kind_of_field, choices=choices, position=position)
