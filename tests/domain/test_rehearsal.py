"""Rehearsals: tests of rule files through the real verbs, without a trace in the account they are run from."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from click.testing import Result
from sqlalchemy import func, select

from flexie import clock, rehearsal, rulebook, ruleset
from flexie.db import Base, db, transaction
from flexie.models import Group, Line, Settings
from flexie.rehearsal.stage import Stage
from rules import Schema
from rules.testing import WorldProblem
from tests.house import ANA, House

RULES = """version 1

rule "Hello":
  for contact
  when incoming sms matches "hello"

  send sms "Hello {{ first_name }}"
  wait 1 day
  set city to "Tirana"
"""
TEST = """
test "Hello":
  given contact:
    first_name is "Ana"
  incoming sms "hello"
  expect sms "Hello Ana"
  after 1 day
  expect city is "Tirana"
"""


def rows() -> dict[str, int]:
    """How many rows each table of the current application has."""
    counts = {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in Base.metadata.sorted_tables}
    db.session.rollback()
    return counts


def rehearsed(text: str, limits: rehearsal.Limits | None = None) -> rehearsal.Rehearsed:
    """A rehearsal in a likeness of the current account."""
    with transaction():
        account = rehearsal.of_this_one()
    return rehearsal.rehearse(text, "a.rules", account, limits)


def test_a_likeness_of_the_account_passes_what_the_account_would_do(house: House) -> None:
    with house.app.app_context():
        (result,) = rehearsed(RULES + TEST).results
    assert result.failure is None


def test_nothing_is_left_in_the_account_and_nothing_is_sent(house: House) -> None:
    house.record(first_name="Ben", mobile=ANA)
    house.rules(RULES)
    with house.app.app_context():
        before, in_force = rows(), ruleset.current()
        assert rehearsed(RULES.replace("Hello {{", "Good day {{") + TEST.replace("Hello Ana", "Good day Ana")).passed
        assert (rows(), ruleset.current()) == (before, in_force)
    house.text("hello")
    house.work()
    assert [post.one("Body") for post in house.standin.posts] == ["Hello Ben"]


def test_the_rule_under_test_may_be_one_that_is_in_force(house: House) -> None:
    house.rules(RULES + TEST)
    with house.app.app_context():
        assert rehearsed(RULES + TEST).passed


def test_what_is_pending_in_the_session_stays_pending(house: House) -> None:
    with house.app.app_context():
        account = rehearsal.of_this_one()
        db.session.add(Group(name="Pending"))
        assert rehearsal.rehearse(RULES + TEST, "a.rules", account).passed
        assert [type(row) for row in db.session.new] == [Group]
        db.session.commit()
        assert db.session.scalar(select(Group.name)) == "Pending"


def test_the_clock_of_other_threads_is_the_real_one(house: House) -> None:
    seen: list[datetime] = []
    with house.app.app_context(), Stage.open(rehearsal.Limits()) as stage:
        stage.begin(datetime(2031, 1, 1, tzinfo=UTC))
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
        assert clock.now() == datetime(2031, 1, 1, tzinfo=UTC)
    assert seen == [clock.now()] == [datetime(2030, 1, 7, 10, tzinfo=UTC)]


def test_rehearsals_at_one_time_know_nothing_of_each_other(house: House) -> None:
    account = rehearsal.of_schema(_schema(house))
    ready, results = threading.Barrier(4), {}

    def run(number: int) -> None:
        ready.wait()
        text = (RULES + TEST).replace("Hello", f"Hello{number}").replace('"hello"', f'"hello{number}"')
        results[number] = [rehearsal.rehearse(text, "a.rules", account).passed for _ in range(2)]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [True, True] for number in range(4)}


def _schema(house: House) -> Schema:
    with house.app.app_context():
        return rulebook.account_schema()


def test_a_rehearsal_leaves_no_line_in_the_logs(house: House) -> None:
    lines: list[str] = []
    with house.app.app_context(), _listening(lines):
        assert rehearsed(RULES + TEST).passed
        assert lines == []
        logging.getLogger("flexie").info("afterwards")
    assert lines == ["afterwards"]


@contextmanager
def _listening(lines: list[str]) -> Iterator[None]:
    """The application's own handler, as `flexie.logs` sets it up, writing into a list."""

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    (real,) = [handler for handler in logging.getLogger().handlers if handler.filters]
    handler, logger = Kept(), logging.getLogger("flexie")
    handler.filters = list(real.filters)
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (rehearsal.Limits(moments=0), "did not come to rest: more than 0 things fell due"),
        (rehearsal.Limits(seconds_a_test=0.0), "took too long"),
        (rehearsal.Limits(rounds=0), "did not come to rest: one thing led to another"),
    ],
)
def test_a_test_that_does_not_come_to_rest_fails_in_words(house: House, limits: rehearsal.Limits, words: str) -> None:
    with house.app.app_context():
        (result,) = rehearsed(RULES + TEST, limits).results
    assert result.failure is not None
    assert words in result.failure.message


def test_the_accounts_own_words_of_consent_count(house: House) -> None:
    stop = TEST.replace('"hello"', '"ndal"').partition("  expect")[0] + "  expect no sms\n  expect allow_sms is no\n"
    with house.app.app_context():
        assert not rehearsed(RULES + stop).passed
        with transaction():
            Settings.get().stop_words = ["NDAL"]
        assert rehearsed(RULES + stop).passed
        with transaction():
            Settings.get().stop_words = ["STOP"]


def test_somebody_answers_where_they_last_heard_from_us_and_not_where_a_text_was_stopped(house: House) -> None:
    silent = 'rule "R":\n  for contact\n  when incoming sms matches "go"\n\n  send sms "Hi" from line "Main"\n'
    heard = 'rule "S":\n  for contact\n  when incoming sms on line "Other" matches "well"\n\n  add tag "heard"\n'
    given = 'test "T":\n  given contact:\n    allow_sms is no\n  incoming sms "go" on line "Other"\n'
    with house.app.app_context():
        with transaction():
            line = db.session.scalars(select(Line)).one()
            other = Line(connection=line.connection, name="Other", number="+14155550199", created_at=clock.now())
            db.session.add(other)
        text = f"version 1\n\n{silent}\n{heard}\n{given}"
        assert rehearsed(f'{text}  incoming sms "well"\n  expect has tag "heard"\n').passed


def test_a_stage_begins_empty_also_after_a_rehearsal_that_broke_off(house: House) -> None:
    with house.app.app_context():
        with pytest.raises(WorldProblem):
            _break_off()
        with Stage.open(rehearsal.Limits()):
            assert set(rows().values()) == {0}


def _break_off() -> None:
    with Stage.open(rehearsal.Limits()) as stage, transaction():
        stage.moment = datetime(2031, 1, 1, tzinfo=UTC)
        db.session.add(Group(name="Left"))
        db.session.flush()
        raise WorldProblem("It broke off.")


def test_the_command_runs_the_files_of_the_account(house: House) -> None:
    house.rules(RULES + TEST)
    passed = _command(house)
    assert (passed.exit_code, "passed  Hello" in passed.output) == (0, True), passed.exception
    house.rules(RULES + TEST.replace("Hello Ana", "Hello Ben"))
    failed = _command(house)
    assert (failed.exit_code, "FAILED  Hello" in failed.output) == (1, True)
    assert _command(house, "none.rules").exit_code == 2


def _command(house: House, *arguments: str) -> Result:
    with house.app.app_context():
        return house.app.test_cli_runner().invoke(args=["rules", "test", *arguments])
