"""A few histories that together have most kinds of triggers, steps and conditions; see the package's docstring."""

from collections.abc import Iterator
from datetime import date
from datetime import time as clock_time
from typing import Any

import pytest

from flexie import clock, performing, records
from rules import effects
from tests import databases
from tests.histories import account, carrier
from tests.histories.comparing import both, shorter
from tests.histories.coverage import Coverage
from tests.histories.happenings import Changed, Given, History, Passed, Texted
from tests.histories.literals import Literal
from tests.histories.making import history
from tests.histories.running import Running

SEEDS = (118, 57, 117, 130, 146, 79, 86, 60, 103, 285)
"""The short ones of those that the long run names; all kinds together are its matter."""

KINDS_LEFT_OUT = 12
"""So many at the most, of the kinds of triggers, steps and conditions, are in none of them."""

THROUGH_REDIS = (4,)
SMALL = History(
    seed=1,
    zone="Europe/Tirane",
    settings=('time zone "Europe/Tirane"',),
    rules=(
        ("Other", 'rule "Other":\n  for contact\n  when city changes\n\n  set status to "Open"\n'),
        ("Tags", 'rule "Tags":\n  for contact\n  when incoming sms matches "go"\n\n  wait 1 hour\n  add tag "vip"\n'),
    ),
    begins=(date(2030, 3, 30), clock_time(22, 30)),
    given=(Given("contact", (("city", Literal("Paris")),)),),
    happened=(Changed("city", Literal("oslo")), Texted("go"), Passed(1, "hour")),
)


@pytest.fixture
def outside() -> Iterator[carrier.Carrier]:
    """Everybody outside."""
    with carrier.listening() as outside:
        yield outside


def test_the_running_system_and_a_test_of_its_file_never_differ(outside: carrier.Carrier, redis_url: str) -> None:
    covered = Coverage()
    with account.application(redis_url) as app:
        running = Running(app, outside)
        for seed in SEEDS:
            with covered.watching():
                outcome = both(running, history(seed))
                covered.add(outcome)
            assert outcome.difference is None, f"seed {seed}\n{outcome.text}\n{outcome.difference}"
    assert len(covered.missing(1)) <= KINDS_LEFT_OUT


def test_nor_do_they_on_the_other_database_with_jobs_of_rq(outside: carrier.Carrier, redis_url: str) -> None:
    with account.application(redis_url, databases.postgresql()) as app:
        running = Running(app, outside, redis_every=1)
        for seed in THROUGH_REDIS:
            outcome = both(running, history(seed))
            assert outcome.difference is None, f"seed {seed}\n{outcome.text}\n{outcome.difference}"


def test_a_step_that_does_something_else_in_rehearsals_is_found(
    outside: carrier.Carrier, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(effect: effects.AddTag, doing: Any) -> None:
        records.add_tag(doing.record, "it" if clock.is_rehearsed() else effect.tag, doing.run)

    monkeypatch.setitem(performing._PERFORMERS, effects.AddTag, add)
    with account.application(redis_url) as app:
        running = Running(app, outside)
        outcome = both(running, SMALL)
        assert outcome.difference is not None
        less = shorter(running, outcome)
    assert [name for name, _ in less.history.rules] == ["Tags"]
    assert "wait" not in less.history.text
    assert less.history.happened == (Texted("go"),)
    assert 'has tag "vip"' in (less.difference or "")
