"""What tests of pages set up: people, lines, and conversations with texts in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from flexie import clock, passwords
from flexie.db import db, transaction
from flexie.models import Connection, Conversation, Group, Line, LineAccess, Message, User
from tests.house import ANA, House
from tests.moving_clock import MovingClock
from tests.web.browser import Browser

PASSWORD = "correct horse battery"
DIGEST = passwords.hashed(PASSWORD)


class Desk:
    """An account with an administrator; its methods name what a test needs."""

    def __init__(self, house: House, moving_clock: MovingClock) -> None:
        self.house = house
        self.clock = moving_clock
        self.app = house.app
        self.mira_id = self.person("mira@example.com", "Mira Okafor", "admin")
        self.mira = Browser(self.app, self.mira_id)

    def person(self, email: str, name: str = "Tom Field", role: str = "agent", groups: tuple[str, ...] = ()) -> int:
        """A person who may sign in; returns the row's id."""
        with self.rows():
            user = User(email=email, name=name, role=role, password_hash=DIGEST, created_at=clock.now())
            user.groups = [Group(name=group) for group in groups]
            db.session.add(user)
            db.session.flush()
            return user.id

    def agent(self) -> Browser:
        """An agent, Tom, at his browser."""
        return Browser(self.app, self.person("tom@example.com"))

    @contextmanager
    def rows(self) -> Iterator[None]:
        """Work on rows, committed at the end."""
        with self.app.app_context(), transaction():
            yield

    def line(self, name: str, number: str, **grant: Any) -> int:
        """Another line; with a grant (role, user_id or group_id) it is open to nobody else."""
        with self.rows():
            connection = db.session.scalars(select(Connection)).first()
            line = Line(connection=connection, name=name, number=number, created_at=clock.now(), open_to_all=not grant)
            if grant:
                line.access = [LineAccess(**grant)]
            db.session.add(line)
            db.session.flush()
            return line.id

    def talk(self, number: str = ANA, text: str = "Hello", *, unread: int = 1, line_id: int | None = None) -> str:
        """A conversation with one incoming text; returns its public id."""
        with self.rows():
            line = (
                db.session.get(Line, line_id) if line_id else db.session.scalars(select(Line).order_by(Line.id)).first()
            )
            talk = Conversation(line=line, number=number, last_at=clock.now(), opened_at=clock.now())
            db.session.add(talk)
            db.session.flush()
            self._add(talk, "in", text, "received")
            talk.unread = unread
            return talk.public_id

    def message(self, talk: str, text: str, status: str = "received", **more: Any) -> str:
        """One more message in a conversation: incoming when it is "received". Returns its public id."""
        with self.rows():
            row = db.session.scalars(select(Conversation).where(Conversation.public_id == talk)).one()
            return self._add(row, "in" if status == "received" else "out", text, status, **more).public_id

    def _add(self, talk: Conversation, direction: str, text: str, status: str, **more: Any) -> Message:
        ours, theirs = talk.line.number, talk.number
        sender, to = (theirs, ours) if direction == "in" else (ours, theirs)
        more = {"segments": 1, "created_at": clock.now(), **more}
        message = Message(
            conversation=talk, line_id=talk.line_id, direction=direction, text=text, status=status,
            sender_number=sender, to_number=to, **more,
        )  # fmt: skip
        talk.last_at, talk.last_text, talk.last_direction = clock.now(), text, direction
        talk.unread = (talk.unread or 0) + (direction == "in")
        db.session.add(message)
        db.session.flush()
        if direction == "out":
            talk.last_out_id = message.id
        return message

    def many(self, count: int) -> list[str]:
        """Conversations a minute apart, oldest first."""
        made = []
        for number in range(count):
            self.clock.move(minutes=1)
            made.append(self.talk(f"+1415555{3000 + number}", f"text {number}", unread=number % 2))
        return made

    def unread(self, talk: str) -> int:
        """How many texts of a conversation are unread."""
        with self.app.app_context():
            return db.session.scalars(select(Conversation.unread).where(Conversation.public_id == talk)).one()

    @staticmethod
    def row(message: str) -> Message:
        """A message's row, inside `rows()`."""
        return db.session.scalars(select(Message).where(Message.public_id == message)).one()
