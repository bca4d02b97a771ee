"""One account that is asked for pages: by an administrator and by an agent, with a stop-watch and a count."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from benchmarks.plenty.account import ADMIN, AGENT
from benchmarks.plenty.samples import Samples, found
from benchmarks.plenty.variants import Variant
from flexie import signin, tokens
from flexie.db import db
from flexie.models import User
from flexie.web.login import BROWSER

PEOPLE = {"admin": ADMIN, "agent": AGENT}


class NoPage(Exception):
    """A page could not be shown."""


@dataclass(frozen=True)
class Shown:
    """A page that was shown: in how many seconds of the server, by how many statements."""

    status: int
    seconds: float
    statements: int


class Side:
    """The account; its application's WSGI callable is wrapped for the stop-watch."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._seconds = 0.0
        self._inner: Any = app.wsgi_app
        app.wsgi_app = self._timed  # type: ignore[method-assign]
        self.clients: dict[str, FlaskClient] = {}
        self.tokens: dict[str, str] = {}
        with app.app_context():
            self.samples: Samples = found()
            for person, email in PEOPLE.items():
                self._sign_in(person, db.session.scalars(select(User).where(User.email == email)).one())
            db.session.commit()
            self.engine = db.engine

    def _sign_in(self, person: str, user: User) -> None:
        self.clients[person] = self.app.test_client()
        self.tokens[person] = tokens.issue(user)
        with self.clients[person].session_transaction(base_url=self.app.config["PUBLIC_URL"]) as session:
            session[BROWSER] = signin.begin(user)

    def _timed(self, environ: Any, start_response: Any) -> Any:
        begun = time.perf_counter()
        answer = self._inner(environ, start_response)
        self._seconds = time.perf_counter() - begun
        return answer

    def show(self, variant: Variant, turn: int = 0) -> Shown | None:
        """Ask for a page; None where the account has nothing of that sort.

        Raises:
            NoPage: the server had an error, or found the question wrong.
        """
        address = variant.address(self.app, self.samples, turn)
        if address is None:
            return None
        headers = {"HX-Request": "true"} if variant.is_fragment else {}
        if address.startswith("/api/"):
            headers["Authorization"] = f"Bearer {self.tokens[variant.person]}"
        with self._counted() as statements:
            base = self.app.config["PUBLIC_URL"]
            answer = self.clients[variant.person].get(address, base_url=base, headers=headers)
        if answer.status_code in (400, 422, 429) or answer.status_code >= 500:
            raise NoPage(f"{variant}: {answer.status_code} at {address}")
        return Shown(answer.status_code, self._seconds, len(statements))

    @contextmanager
    def _counted(self) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
