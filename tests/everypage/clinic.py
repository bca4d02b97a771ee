"""The demo account, served from this process: real pages on a real port, and work is done when somebody says so."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from flexie import batches, demo, jobs, outbound, providers
from flexie.db import db, transaction
from flexie.demo.account import PEOPLE
from flexie.models import Line, Record, User
from flexie.records import number_of
from flexie.simulator import texting
from tests.browser.installation import PASSWORD, free_port
from tests.house import Nobody
from tests.web.browser import Browser

DONE_HERE: tuple[batches.Work, ...] = (*jobs.DRAINS, "sends", "imports")
A_MINUTE = 60  # seconds; webhooks are signed for a moment within five minutes


class _Silent(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Requests are not news."""


class Clinic:
    """The demo over a data folder of its own, with the Simulator; no worker runs beside it."""

    def __init__(self, data: Path, redis_url: str) -> None:
        self.data, port = data, free_port()
        self.url = f"http://localhost:{port}"
        self.signed_in: dict[str, Any] = {}  # cookies by email
        settings = {"FLEXIE_DATA": data, "REDIS_URL": redis_url, "PUBLIC_URL": self.url, "PORT": port}
        self.app = create_app({**settings, "SIMULATOR": True, "TESTING": True})
        self.senders = providers.new_client()
        self.app.extensions["senders"] = self
        self.app.extensions |= dict.fromkeys(("callers", "fetchers", "pullers"), Nobody())
        with self.app.app_context():
            flask_migrate.upgrade()
            demo.seed({person[0]: PASSWORD for person in PEOPLE})
            db.session.commit()
            self.admin_id = db.session.scalars(select(User.id).where(User.role == "admin")).one()

    @contextmanager
    def open(self) -> Iterator[None]:
        """Answer requests inside the block."""
        server = make_server(
            "127.0.0.1", int(self.url.rpartition(":")[2]), self.app, threaded=True, request_handler=_Silent
        )
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            self.senders.close()

    def admin(self) -> Browser:
        """Ana at a browser that shows nothing: for filling in forms quickly."""
        return Browser(self.app, self.admin_id)

    @contextmanager
    def rows(self) -> Iterator[None]:
        """Work on rows, committed at the end."""
        with self.app.app_context(), transaction():
            yield

    @contextmanager
    def as_it_was(self) -> Iterator[None]:
        """What happens to the rows inside the block is undone after it."""
        with ExitStack() as stack:
            for name in ("flexie.db", "simulator.db"):
                live = stack.enter_context(closing(sqlite3.connect(self.data / name, timeout=30)))
                kept = stack.enter_context(closing(sqlite3.connect(":memory:")))
                live.backup(kept)
                stack.callback(kept.backup, live)
            yield

    def record(self, title: str) -> str:
        """The public id of the record of this name."""
        with self.app.app_context():
            return db.session.scalars(select(Record.public_id).where(Record.title == title)).one()

    def text_from(self, title: str, line: str, words: str) -> None:
        """Somebody writes from a pretend phone, and all that follows from it happens, up to what waits."""
        with self.app.app_context():
            number = number_of(db.session.scalars(select(Record).where(Record.title == title)).one(), "mobile")
            to = db.session.scalars(select(Line.number).where(Line.name == line)).one()
        texting.text_a_line(self.app.extensions["simulator"], number or "", to, words)
        self.work()

    def work(self) -> None:
        """Do what is due, and carry what the pretend network owes, receipts of the next minute included."""
        courier = self.app.extensions["courier"]
        carried = True
        while carried:
            with self.app.app_context():
                for kind in DONE_HERE:
                    jobs.look(kind)
            carried = bool(courier.deliver_due(datetime.now(UTC).timestamp() + A_MINUTE))

    def wake(self) -> None:
        """Stands in for the worker's sender threads: sends, one after the other, at once."""
        while claimed := outbound.claim():
            outbound.finish(claimed, outbound.call(claimed, self.senders))
