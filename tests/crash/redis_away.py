"""Redis hangs, and then is killed: waits that become due meanwhile must fire all the same, and soon."""

import signal
import time
from dataclasses import dataclass
from datetime import datetime

from flexie import clock
from tests.crash import lateness
from tests.crash.customers import Customers
from tests.crash.plan import Plan
from tests.crash.scenario import House, count, house, wait_for_quiet

BEFORE = 2.0  # seconds of texts before Redis goes away


@dataclass(frozen=True)
class Away:
    """What came of it: how late (seconds) each wait fired that was over while Redis was away, and what went wrong."""

    hanging: list[float]
    killed: list[float]
    wrongs: list[str]
    wall: float


def play(plan: Plan, seconds: float) -> Away:
    """Let Redis hang for `seconds`, then stay killed for as long, under a load of texts."""
    began = time.monotonic()
    customers = Customers(plan.seed)
    customers.draw(plan.texts, BEFORE + 2 * seconds)
    with house(plan, customers, kind=True) as made:
        customers.start(made.poster, made.inbound_url)
        time.sleep(BEFORE)
        hanging, killed = _hang(made, seconds), _kill(made, seconds)
        left = wait_for_quiet(made)
        with made.app.app_context():
            waits = lateness.measured(made.provider)
        wrongs = count(made, left).wrongs
    return Away(_within(waits, hanging), _within(waits, killed), wrongs, time.monotonic() - began)


def _hang(made: House, seconds: float) -> tuple[datetime, datetime]:
    began = clock.now()
    made.processes["valkey"].signal(signal.SIGSTOP)
    time.sleep(seconds)
    made.processes["valkey"].signal(signal.SIGCONT)
    return began, clock.now()


def _kill(made: House, seconds: float) -> tuple[datetime, datetime]:
    began = clock.now()
    made.processes.kill(made.processes["valkey"], rest=seconds)
    time.sleep(seconds)
    return began, clock.now()


def _within(waits: list[lateness.Wait], window: tuple[datetime, datetime]) -> list[float]:
    return [wait.posted for wait in waits if window[0] <= wait.due <= window[1]]
