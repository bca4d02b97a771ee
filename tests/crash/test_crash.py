"""The crash test, short: the promises hold through kills, and builds that break one are found out.

`python -m tests.crash` runs it as long as you like.
"""

from dataclasses import replace

import pytest

from tests import databases
from tests.crash import redis_away
from tests.crash.plan import Plan, Times
from tests.crash.scenario import play

DATABASES = ["sqlite", *(["postgresql"] if databases.postgresql() else [])]
HASTY = Times(lease=2.5, timeout=0.5, hold_after=3.0)
TRIES = 3
LATEST = 30.0  # seconds that a wait may fire late while Redis is away


@pytest.mark.parametrize("database", DATABASES)
def test_no_text_is_lost_or_sent_twice_while_everything_is_being_killed(database: str) -> None:
    report = play(Plan(database=database, faults=10, sends=100, seconds=7.0, seed=7))

    assert report.wrongs == []
    assert sum(report.faults.values()) == 10
    assert report.sent > 60
    assert report.statuses["delivered"] > 40
    assert report.statuses["suppressed"] > 0, "nobody was spared a text after STOP: the run proved nothing about it"


def found_out(plan: Plan, by: str) -> None:
    """One of a few plays must find the broken build out: on a busy machine, a fault may meet nothing to destroy."""
    for seed in range(1, TRIES + 1):
        report = play(replace(plan, seed=seed))
        if any(by in wrong for wrong in report.wrongs):
            return
    raise AssertionError(f"a broken build went through: the crash test proves nothing ({report})")


def test_a_build_that_sends_again_after_a_time_out_is_found_out() -> None:
    plan = Plan(faults=0, sends=60, seconds=2.0, times=HASTY, broken="resend_on_timeout", until_wrong=True)

    found_out(plan, "was posted 2 times")


def test_a_build_that_sends_again_after_a_crash_is_found_out() -> None:
    plan = Plan(
        faults=3,
        sends=60,
        seconds=3.0,
        times=Times(lease=6.0, timeout=2.0, hold_after=3.0),
        broken="resend_after_crash",
        only=("worker in mid-send",),
        receipts=(8.0, 9.0),
        until_wrong=True,
    )

    found_out(plan, "was posted 2 times")


def test_a_build_that_keeps_work_in_redis_alone_is_found_out() -> None:
    plan = Plan(faults=5, sends=80, seconds=3.0, times=HASTY, broken="job_without_row", only=("flushall",))

    found_out(plan, "started 0 runs")


def test_waits_fire_within_half_a_minute_while_redis_hangs_or_is_gone() -> None:
    away = redis_away.play(Plan(sends=120, times=HASTY), seconds=4.0)

    assert away.wrongs == []
    assert away.hanging, "no wait was over while Redis hung"
    assert away.killed, "no wait was over while Redis was gone"
    assert max(away.hanging + away.killed) <= LATEST
