"""A back-test tells what rules would have done with what really happened, and does nothing."""

import json
from datetime import date
from typing import Any

import pytest

from flexie import backtest, outbox, records
from flexie.db import Base, db, transaction
from flexie.models import Line, Message, Record
from tests.house import ANA, House
from tests.moving_clock import MovingClock

BEN = "+14155552672"
RULES = """version 1

rule "Confirm":
  for contact
  when incoming sms matches "YES*"
  only if city is "Vlora"

  set city to "Tirana"
  send sms "Thanks {{ first_name }}"

rule "Afterwards":
  for contact
  when sms delivered matches "Thanks*"

  wait 1 hour
  send sms "Did it help?"
"""


def replay(house: House, text: str, name: str = "test", **how: Any) -> backtest.Report:
    with house.app.app_context():
        return backtest.backtest(name, text, **how)


def figures(report: backtest.Report) -> dict[str, tuple[int, int]]:
    return {rule.name: (rule.edited.starts, rule.edited.texts) for rule in report.rules}


def report_delivered(house: House) -> None:
    for message in house.messages():
        if message.delivered_at is None:
            house.receipt(message, "delivered")
    house.work()


@pytest.fixture
def lived(house: House, moving_clock: MovingClock) -> House:
    """Three days of an account: Ana says yes on the first and on the second, Ben nearly."""
    house.record(first_name="Ana", mobile=ANA, city="Vlora")
    house.record(first_name="Ben", mobile=BEN, city="Vlora")
    house.rules(RULES)
    for text, sender, hours in (("yes!", ANA, 2), ("Oh, yes.", BEN, 22), ("Yes again", ANA, 2), ("thanks", BEN, 20)):
        house.text(text, sender)
        house.work()
        report_delivered(house)
        moving_clock.move(hours=hours)
        house.work()
    return house


def rows(house: House) -> dict[str, int]:
    with house.app.app_context():
        return {
            table.name: db.session.execute(db.select(db.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def test_the_saved_rules_do_again_what_they_did(lived: House) -> None:
    before = rows(lived)
    report = replay(lived, RULES)

    assert figures(report) == {"Confirm": (1, 1), "Afterwards": (1, 1)}
    assert len(lived.runs()) == 2
    assert [len(rule.gained) + len(rule.lost) for rule in report.rules] == [0, 0]
    confirm, afterwards = report.rules
    assert confirm.saved == confirm.edited
    assert [text.text for text in confirm.matched] == ["yes!"]
    assert confirm.refused == {"only if: city is Tirana, not Vlora": 1}
    assert [(text.text, pattern) for text, pattern in confirm.near_misses] == [("Oh, yes.", "YES*")]
    assert confirm.busiest == afterwards.busiest == (date(2030, 1, 7), 1)
    assert rows(lived) == before


def test_what_an_edit_gains_and_loses_is_told(lived: House) -> None:
    report = replay(lived, RULES.replace('"YES*"', '"*yes.", "thank*"').replace("Did it", "Did this"))

    assert figures(report) == {"Confirm": (1, 1), "Afterwards": (1, 1)}
    confirm = report.rules[0]
    assert [text.text for text in confirm.gained] == ["Oh, yes."]
    assert [text.text for text in confirm.lost] == ["yes!"]
    assert confirm.refused == {"only if: city is Tirana, not Vlora": 1}


def test_fields_have_the_values_of_their_time(lived: House) -> None:
    edited = RULES.replace('only if city is "Vlora"', 'only if city is "Tirana"')
    assert figures(replay(lived, edited)) == {"Confirm": (0, 0), "Afterwards": (0, 0)}

    with lived.app.app_context(), transaction():
        ana = db.session.scalars(db.select(Record).where(Record.title == "Ana")).one()
        records.update(ana, {"city": "Durrës"})
    assert figures(replay(lived, RULES)) == {"Confirm": (1, 1), "Afterwards": (1, 1)}


def test_what_people_changed_and_made_in_the_period_happens_again(house: House, moving_clock: MovingClock) -> None:
    ana = house.record(first_name="Ana", mobile=ANA, city="Vlora")
    house.rules('version 1\n\nrule "Old":\n  for lead\n  when created\n\n  add tag "old"\n')
    moving_clock.move(days=40)
    with house.app.app_context(), transaction():
        records.update(db.session.get_one(Record, ana), {"city": "Tirana"})
        records.add_tag(db.session.get_one(Record, ana), "vip")
        records.create("lead", {"first_name": "Cora", "city": "Berat"})
    moving_clock.move(days=1)
    edited = """version 1

rule "Moved":
  for contact
  when city changes from "Vlora" to "Tirana"

  send sms "Welcome to {{ city }}"

rule "New":
  for lead
  when created
  only if city is "Berat"

  add tag "new"
"""
    report = replay(house, edited, name="another")
    assert figures(report) == {"Moved": (1, 1), "New": (1, 0)}
    assert [rule.saved for rule in report.rules] == [None, None]


def test_limits_count_starts_before_the_period_and_delays_are_the_real_ones(
    house: House, moving_clock: MovingClock
) -> None:
    house.record(first_name="Ana", mobile=ANA)
    rules = """version 1

rule "Hello":
  for contact
  when incoming sms matches "hello"
  at most once per 3 days

  send sms "Hello {{ first_name }}"
"""
    house.rules(rules)
    house.text("hello")
    house.work()
    moving_clock.move(days=2)
    house.text("hello")
    house.work()
    moving_clock.move(days=2)
    house.text("hello")
    house.work()
    moving_clock.move(hours=1)

    assert figures(replay(house, rules, days=3)) == {"Hello": (1, 1)}
    assert figures(replay(house, rules, days=30)) == {"Hello": (2, 2)}
    assert figures(replay(house, rules.replace("3 days", "1 day"), days=3)) == {"Hello": (2, 2)}


def test_a_text_that_two_rules_answer_is_told_and_a_person_s_own_text_counts(
    house: House, moving_clock: MovingClock
) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.text("hello there")
    house.work()
    with house.app.app_context(), transaction():
        line = db.session.scalars(db.select(Line)).one()
        outbox.queue(outbox.Draft(line=line, number=ANA, text="By hand", intent="hand"))
    house.work()
    report_delivered(house)
    moving_clock.move(days=1)
    edited = """version 1

rule "One":
  for contact
  when incoming sms matches "hello*"

  send sms "One"

rule "Two":
  for contact
  when incoming sms matches "*there"

  send sms "Two"

rule "Three":
  for contact
  when sms delivered matches "By hand"

  add tag "told"
"""
    report = replay(house, edited)
    assert figures(report) == {"One": (1, 1), "Two": (1, 1), "Three": (1, 0)}
    assert [(text.text, names) for text, names in report.doubly] == [("hello there", ["One", "Two"])]
    assert 'by "One", "Two"' in backtest.in_words(report)


def test_who_had_opted_out_then_gets_nothing_and_stop_is_heard_again(house: House, moving_clock: MovingClock) -> None:
    house.record(first_name="Ana", mobile=ANA)
    rules = 'version 1\n\nrule "Hi":\n  for contact\n  when incoming sms matches "hi"\n\n  send sms "Hi"\n'
    house.rules(rules)
    for text in ("hi", "STOP", "hi", "START", "hi"):
        house.text(text)
        house.work()
        moving_clock.move(days=1)
    report = replay(house, rules)
    assert figures(report) == {"Hi": (3, 2)}
    assert list(report.rules[0].stopped.values()) == [1]
    later = replay(house, rules, days=3)
    assert figures(later) == {"Hi": (2, 1)}


def test_texts_on_somebody_elses_line_are_counted_and_not_quoted(lived: House) -> None:
    report = replay(lived, RULES, visible=Message.text != "yes!")
    assert figures(report)["Confirm"] == (1, 1)
    words = backtest.in_words(report)
    assert "yes!" not in words
    assert "a text on a line that is not yours" in words


def test_only_the_latest_texts_are_replayed_where_there_are_many(lived: House) -> None:
    report = replay(lived, RULES, most=2)
    assert [text.text for text in report.texts] == ["Yes again", "thanks"]
    assert "2 older texts of the period were left out." in backtest.in_words(report)


def test_a_file_with_errors_and_a_period_without_end_are_refused(lived: House) -> None:
    with pytest.raises(backtest.CannotBacktest, match="has errors") as refused:
        replay(lived, RULES.replace("city", "town"))
    assert [finding.code for finding in refused.value.findings] == ["R101", "R101"]
    with pytest.raises(backtest.CannotBacktest, match="between 1 and 366 days"):
        replay(lived, RULES, days=0)
    with pytest.raises(backtest.CannotBacktest, match="This back-test took too long"):
        replay(lived, RULES, seconds=0)


def test_the_command_says_it_in_words_and_in_json(lived: House, tmp_path: Any) -> None:
    path = tmp_path / "test.rules"
    path.write_text(RULES.replace('"YES*"', '"*yes*"'))

    def command(*more: str) -> Any:
        with lived.app.app_context():
            return lived.app.test_cli_runner().invoke(args=["rules", "backtest", str(path), *more])

    said = command()
    assert said.exit_code == 0, said.output
    assert "Confirm\n  2 starts (+1), 2 texts (+1), 2 segments (+1)\n" in said.output
    assert "would now start by:" in said.output

    plain = json.loads(command("--json").output)
    assert plain["rules"][0]["edited"] == {"starts": 2, "texts": 2, "segments": 2}

    path.write_text("version 1\n\nrule")
    broken = command()
    assert broken.exit_code == 1
    assert "Error R025" in broken.output
