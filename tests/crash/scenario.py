"""A run from beginning to end: set up, let people text while things go wrong, wait for quiet, count."""

import contextlib
import json
import random
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from flask import Flask
from sqlalchemy import func, select

from flexie import db, reconciler
from flexie.models import Message, Run, WebhookEvent
from flexie.models.rules import LIVE
from tests import databases
from tests.crash import account, broken, faults, lateness, verdict
from tests.crash.customers import Customers
from tests.crash.faults import World
from tests.crash.plan import Plan
from tests.crash.posting import Poster
from tests.crash.processes import Processes, free_port
from tests.crash.provider import Provider
from tests.crash.reports import Reports

NAMES = re.compile(r"[0-9a-f]{8}-?[0-9a-f-]{20,}|/tmp/\S+")
LOOK_EVERY = 0.25  # seconds
UNFINISHED = ("scheduled", "queued", "sending", "unknown")


class CannotRun(Exception):
    """The run could not even begin, with the reason."""


@dataclass
class Report:
    """What a run came to. `wrongs` is empty when every promise held."""

    wrongs: list[str] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    behaviours: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    texts: int = 0
    sent: int = 0
    retried_webhooks: int = 0
    refused_webhooks: list[tuple[int, str]] = field(default_factory=list)
    ended_by_themselves: dict[str, list[int]] = field(default_factory=dict)
    complaints: Counter[str] = field(default_factory=Counter)
    waits: list[lateness.Wait] = field(default_factory=list)
    wall: float = 0.0


@dataclass
class House:
    """One installation under test, with the world around it."""

    plan: Plan
    app: Flask
    customers: Customers
    poster: Poster
    provider: Provider
    processes: Processes
    inbound_url: str

    def world(self) -> World:
        """What faults are done to."""
        waits_for = broken.LIST if self.plan.broken == "job_without_row" else None
        draw = random.Random(f"{self.plan.seed}:faults")
        return World(self.app, self.processes, self.provider, draw, 20.0 if self.plan.only else 5.0, waits_for)


@contextlib.contextmanager
def house(plan: Plan, customers: Customers, *, kind: bool = False) -> Iterator[House]:
    """Everything set up and started; everything stopped and deleted at the end, whatever happens.

    A `kind` provider accepts and delivers everything at once.
    """
    with contextlib.ExitStack() as stack:
        folder = None if plan.on_disk else databases.quick_folder()
        data = Path(stack.enter_context(tempfile.TemporaryDirectory("", "flexie-crash-", folder)))
        database = stack.enter_context(_database(plan.database))
        port = free_port()
        public_url = f"http://127.0.0.1:{port}"
        poster = Poster()
        stack.callback(poster.close)
        reports = Reports(plan.seed, poster, plan.receipts, plan.late_receipts, kind=kind)
        provider = Provider(plan.seed, plan.times.timeout, reports, kind)
        provider.open()
        stack.callback(provider.close)
        app = account.application(data, database, public_url)
        stack.callback(account.let_go, app)
        processes = Processes(plan, data, _environment(data, database, port, public_url))
        stack.callback(processes.close)
        processes.start()
        inbound_url, _ = account.furnish(app, f"http://127.0.0.1:{provider.port}", customers.numbers)
        made = House(plan, app, customers, poster, provider, processes, inbound_url)
        _wait_until_up(made, data)
        yield made


@contextlib.contextmanager
def _database(name: str) -> Iterator[str | None]:
    if name == "sqlite":
        yield None
        return
    server = databases.postgresql()
    if server is None:
        raise CannotRun("No PostgreSQL is reachable: set TEST_DATABASE_URL.")
    with databases.scratch(server) as url:
        yield url


def _environment(data: Path, database: str | None, port: int, public_url: str) -> dict[str, str]:
    environment = {"FLEXIE_DATA": str(data), "HOST": "127.0.0.1", "PORT": str(port), "PUBLIC_URL": public_url}
    environment |= {"FLEXIE_SIMULATOR": "0", "PYTHONPATH": "."}
    return {**environment, "DATABASE_URL": database or ""}


def _wait_until_up(made: House, data: Path) -> None:
    """The web answers, and worker and clock were seen."""
    give_up = time.monotonic() + 60
    with made.app.app_context():
        while not (_answers(made) and reconciler.last_seen("worker") and reconciler.last_seen("clock")):
            db.db.session.rollback()
            if time.monotonic() > give_up:
                logs = "\n".join(f"{log.name}: {log.read_text()[-2000:]}" for log in sorted(data.glob("*.log")))
                raise CannotRun(f"The processes did not come up.\n{logs}")
            time.sleep(LOOK_EVERY)
        db.db.session.remove()


def _answers(made: House) -> bool:
    try:
        return httpx.get(f"{made.app.config['PUBLIC_URL']}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def play(plan: Plan) -> Report:
    """One whole run."""
    began = time.monotonic()
    customers = Customers(plan.seed)
    customers.draw(plan.texts, plan.seconds)
    with house(plan, customers) as made:
        customers.start(made.poster, made.inbound_url)
        done = go_wrong(made)
        quiet = wait_for_quiet(made)
        report = count(made, quiet)
    report.faults, report.wall = done, time.monotonic() - began
    return report


def go_wrong(made: House) -> Counter[str]:
    """Let the faults of the plan happen at their moments. Returns how often each did."""
    world, plan, done = made.world(), made.plan, Counter[str]()
    start = time.monotonic()
    for moment, name in faults.drawn(world.draw, plan.faults, plan.seconds, plan.only):
        while (wait := start + moment - time.monotonic()) > 0:
            time.sleep(min(wait, LOOK_EVERY))
            if plan.until_wrong and made.provider.doubled():
                return done
        faults.ALL[name][0](world)
        done[name] += 1
    return done


def wait_for_quiet(made: House) -> str:
    """Wait until nothing is left to be done by anybody. Returns what is left after the plan's patience, or blank."""
    give_up = time.monotonic() + made.plan.patience
    while left := _left(made):
        if made.plan.until_wrong and made.provider.doubled():
            return ""
        if time.monotonic() > give_up:
            return left
        time.sleep(LOOK_EVERY)
    return ""


def _left(made: House) -> str:
    if waiting := made.poster.pending:
        return f"{waiting} webhooks are not acknowledged"
    queries = {
        "texts to be worked through": select(func.count()).where(Message.stage.in_(("stored", "matched"))),
        "receipts to be applied": select(func.count()).where(WebhookEvent.state == "received"),
        "runs that are not over": select(func.count()).where(Run.state.in_(LIVE)),
        "sends that are not over": select(func.count()).where(Message.status.in_(UNFINISHED)),
    }
    with made.app.app_context(), db.reading(), db.transaction():
        counts = {what: db.db.session.scalar(query) or 0 for what, query in queries.items()}
    return ", ".join(f"{number} {what}" for what, number in counts.items() if number)


def count(made: House, left: str) -> Report:
    """What the run came to."""
    provider, report = made.provider, Report()
    with made.app.app_context():
        report.wrongs = [f"not quiet: {left}"] if left else []
        report.wrongs += verdict.wrongs(made.customers, provider)
        report.waits = lateness.measured(provider)
        rows = db.db.session.scalars(select(Message.status).where(Message.direction == "out"))
        report.statuses = Counter(rows)
        db.db.session.remove()
    report.texts = sum(text.acknowledged for text in made.customers.texts)
    report.behaviours = Counter(post.behaviour for post in provider.all)
    report.sent = sum(post.accepted for post in provider.all)
    report.retried_webhooks, report.refused_webhooks = made.poster.retries, made.poster.refused
    for name, process in made.processes.all.items():
        if process.ended_by_itself:
            report.ended_by_themselves[name] = process.ended_by_itself
        report.complaints.update(_complaints(process.log))
    return report


def _complaints(log: Path) -> Iterator[str]:
    """The errors in a log, named by event, exception and place."""
    for line in log.read_text(errors="replace").splitlines():
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict) and entry.get("level") == "error":
                place = (entry.get("where") or ["?"])[-1].rpartition("/")[2]
                event = NAMES.sub("…", entry["event"].splitlines()[0])
                yield f"{log.stem}: {event} {entry.get('exception', '')} {place}"
