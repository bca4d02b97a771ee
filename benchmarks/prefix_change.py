"""Another prefix over a million records: how usable the inbox stays, and whether it ends with the keys of an import.

The median time of the inbox page is taken while nothing happens and while the numbers are read anew, by the same
rhythm and with the same processes running; the worker is killed with SIGKILL several times on the way. At the end,
every key is compared with what reading it anew gives.
"""

import signal
import time
from statistics import median
from subprocess import Popen

from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from benchmarks import accounts
from benchmarks.installations import ENGINES, Engine, Installation, installation
from benchmarks.reporting import Result, arguments, show
from flexie import passwords, records, renumbering, signin
from flexie.clock import now
from flexie.db import db, is_postgresql
from flexie.models import PhoneKey, PrefixChange, User
from flexie.web.login import BROWSER

GOAL = 2.0
PAGES = 100  # taken while nothing happens
RHYTHM = 0.25  # seconds from one page to the next
SERIES = {
    "postgresql": "generate_series(1, :count) AS place(n)",
    "sqlite": "(WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < :count)"
    " SELECT n FROM place) AS place",
}


class NotTheSame(Exception):
    """A key is not what an import would have written."""


def measure(engine: Engine, count: int, kills: int) -> list[Result]:
    """Measure on one database engine."""
    with installation(engine) as side:
        side.valkey()
        with side.app.app_context():
            accounts.prepare()
            _fill(count)
            client = _signed_in(side)
        side.clock()
        worker = side.worker()
        quiet = [_page_of(side, client) for _ in range(PAGES)]
        with side.app.app_context():
            renumbering.start(renumbering.begin("+44"))
            db.session.commit()
        busy, seconds, states = _while_it_changes(side, client, worker, kills)
        with side.app.app_context():
            checked = _compare()
    details = {
        "page while nothing happens, ms": median(quiet) * 1e3,
        "page meanwhile, ms": median(busy) * 1e3,
        "seconds in all": seconds,
        "numbers a second": checked / seconds,
        "keys compared": checked,
        "workers killed": kills,
        "states of progress seen": states,
    }
    return [Result(f"Prefix change, {engine}", median(busy) / median(quiet), GOAL, "lower", details=details)]


def _fill(count: int) -> None:
    series = SERIES["postgresql" if is_postgresql() else "sqlite"]
    base = db.session.scalar(select(func.max(PhoneKey.record_id))) or 0
    db.session.execute(
        text(
            "INSERT INTO records (id, public_id, kind, title, fields, created_at, updated_at)"
            f" SELECT :base + n, 'p' || n, 'contact', 'Contact ' || n, '{{}}', :now, :now FROM {series}"
        ),
        {"count": count, "base": base, "now": now()},
    )
    raw = (
        "CASE WHEN n % 10 = 0 THEN '0' || (7700000000 + n % 900000) WHEN n % 97 = 0 THEN '12'"
        " ELSE '' || (2025000000 + n) END"
    )
    db.session.execute(
        text(
            "INSERT INTO phone_keys (record_id, field, raw, e164, how)"
            f" SELECT :base + n, 'mobile', {raw}, NULL, 'not read yet' FROM {series}"
        ),
        {"count": count, "base": base},
    )
    db.session.commit()


def _signed_in(side: Installation) -> FlaskClient:
    user = User(email="a@example.com", name="A", role="admin", created_at=now())
    user.password_hash = passwords.hashed("benchmark password")
    db.session.add(user)
    db.session.flush()
    token = signin.begin(user)
    db.session.commit()
    client = side.app.test_client()
    with client.session_transaction(base_url=side.environment["PUBLIC_URL"]) as session:
        session[BROWSER] = token
    client.environ_base["base"] = side.environment["PUBLIC_URL"]
    return client


def _page(client: FlaskClient) -> float:
    started = time.perf_counter()
    answer = client.get("/inbox", base_url=client.environ_base["base"])
    assert answer.status_code == 200
    return time.perf_counter() - started


def _page_of(side: Installation, client: FlaskClient) -> float:
    time.sleep(RHYTHM)
    with side.app.app_context():
        return _page(client)


def _while_it_changes(
    side: Installation, client: FlaskClient, worker: Popen[bytes], kills: int
) -> tuple[list[float], float, int]:
    started, busy, seen = time.monotonic(), [], set()
    killed = 0
    while True:
        busy.append(_page_of(side, client))
        with side.app.app_context():
            change = db.session.scalars(select(PrefixChange)).one()
            state, done, total = change.state, change.looked_at, change.total
            db.session.remove()
        seen.add(done)
        if state == "done":
            return busy, time.monotonic() - started, len(seen)
        if killed < kills and done > total * (killed + 1) / (kills + 1):
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker, killed = side.worker(), killed + 1


def _compare() -> int:
    """Every key against what an import would write. Returns how many. Raises NotTheSame."""
    count = 0
    for key in db.session.scalars(select(PhoneKey).execution_options(yield_per=5_000)):
        (fresh,) = records.phone_keys({key.field: key.raw}, "+44")
        if (key.e164, key.how) != (fresh.e164, fresh.how):
            raise NotTheSame(f"{key.raw}: {key.e164} ({key.how}), but {fresh.e164} ({fresh.how})")
        count += 1
    return count


def main() -> None:
    """Measure and print."""
    parser = arguments("Another prefix over many records.")
    parser.add_argument("--count", type=int, default=1_000_000, help="records")
    parser.add_argument("--kills", type=int, default=3, help="how often the worker is killed")
    given = parser.parse_args()
    engines = (given.engine,) if given.engine else ENGINES
    show([r for engine in engines for r in measure(engine, given.count, given.kills)], given.json)


if __name__ == "__main__":
    main()
