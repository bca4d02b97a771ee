"""P2: texts a second that one worker matches and starts runs for ÷ no-op jobs a second of RQ's SimpleWorker.

The texts are stored as the webhook stores them; half of their numbers belong to contacts, and each text starts one of
80 rules. A text is done when its run is committed as started. Rounds of the limit and of the worker alternate.
"""

import subprocess
import sys
import time
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import func, select

from benchmarks import accounts
from benchmarks.installations import ENGINES, ROOT, Engine, Installation, installation, waited
from benchmarks.reporting import Result, arguments, show
from flexie import bell, intake
from flexie.db import db, reading, transaction
from flexie.models import Line, Run, RunLog
from flexie.providers import InboundEvent

GOAL = 10.0
WARM_UP = 200  # texts, not counted
PATIENCE = 120.0  # seconds


class TooSlow(Exception):
    """The worker did not get through its texts."""


def measure(engine: Engine, rounds: int, texts: int, jobs: int) -> list[Result]:
    """Run the rounds on one database engine."""
    with installation(engine) as made:
        with made.app.app_context():
            accounts.prepare()
        made.valkey()
        made.worker()
        started, carried, limits = [], [], []
        _round(made, range(WARM_UP))
        for turn in range(rounds):
            limits.append(_limit(made, jobs))
            begun, over = _round(made, range(turn * texts, (turn + 1) * texts))
            started.append(texts / begun)
            carried.append(texts / over)
    ratios = [ours / limit for ours, limit in zip(started, limits, strict=True)]
    details = {
        "texts a second, stored → run started": median(started),
        "texts a second, stored → run started and carried to its wait": median(carried),
        "no-op jobs a second of RQ's SimpleWorker": median(limits),
        "lowest ratio of a round": min(ratios),
        "highest ratio of a round": max(ratios),
    }
    return [Result(f"P2 inbound, {engine}", median(ratios), GOAL, "higher", details=details)]


def _limit(made: Installation, jobs: int) -> float:
    command = [sys.executable, "-m", "benchmarks.rq_limit", str(made.redis_socket), str(jobs)]
    done = subprocess.run(command, cwd=ROOT, env=made.environment, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _round(made: Installation, places: range) -> tuple[float, float]:
    """Store texts at once, ring, and wait. Returns the seconds until all were started, and all were carried on."""
    with made.app.app_context():
        with reading(), transaction():
            last = db.session.scalar(select(func.max(Run.id))) or 0
        store(places)
        rung = datetime.now(UTC)
        bell.ring("inbound")
        if not waited(lambda: _unfinished(last, len(places)) == 0, PATIENCE, pause=0.1):
            raise TooSlow(
                f"{_unfinished(last, len(places))} texts were not worked through:\n{made.log('worker')[-2000:]}"
            )
        return _moments(last, rung)


def store(places: range) -> None:
    """Store a text for each place, as the webhook would, but in one transaction."""
    line = db.session.scalars(select(Line)).one()
    origin = intake.Origin(line.id, "twilio", accounts.ACCOUNT)
    db.session.rollback()
    with transaction():
        cursor = db.session.connection().connection.cursor()
        for place in places:
            text = accounts.text(place)
            sender = accounts.number(place % (2 * accounts.KNOWN))
            event = InboundEvent(f"SM{time.time_ns():x}{place:x}", sender, accounts.LINE, text, segments=1)
            row = intake._text_row(origin, event)
            if db.engine.dialect.name == "sqlite":
                intake.intake_sql.TEXT.in_sqlite(cursor, row)
            else:
                cursor.execute(intake.intake_sql.TEXT.postgresql, row)


def _unfinished(last: int, texts: int) -> int:
    with reading(), transaction():
        return (
            texts - db.session.execute(select(func.count()).where(Run.id > last, Run.state == "waiting")).scalar_one()
        )


def _moments(last: int, rung: datetime) -> tuple[float, float]:
    """Seconds from the ring until the last run was inserted, and until the last was carried on to its wait."""
    with reading(), transaction():
        begun = db.session.execute(select(func.max(Run.started_at)).where(Run.id > last)).scalar_one()
        over = db.session.execute(select(func.max(RunLog.at)).where(RunLog.run_id > last)).scalar_one()
    return (begun - rung).total_seconds(), (over - rung).total_seconds()


def main() -> None:
    """Measure and print."""
    parser = arguments("Texts matched and runs started by one worker, against RQ's own rate of jobs.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--texts", type=int, default=2_000, help="texts in a round")
    parser.add_argument("--jobs", type=int, default=500, help="RQ jobs in a round")
    given = parser.parse_args()
    engines = (given.engine,) if given.engine else ENGINES
    show([r for engine in engines for r in measure(engine, given.rounds, given.texts, given.jobs)], given.json)


if __name__ == "__main__":
    main()
