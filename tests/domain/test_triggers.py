"""What else starts rules: failures, changes of records, new conversations, and people."""

from typing import Any

import pytest
from sqlalchemy import select

from flexie import clock, events, rulebook
from flexie.db import db, transaction
from flexie.models import Notice, Record, Rule, User
from tests.domain.happening import change, not_started, rule, rules_of, runs_of
from tests.house import ANA, House


def test_a_new_record_starts_rules_of_its_kind_once(house: House) -> None:
    house.rules(rules_of(rule("C", "when created"), rule("L", "when created", kind="lead")))
    house.record(first_name="Ana")
    house.work()
    house.work()

    assert len(runs_of(house, "C")) == 1
    assert runs_of(house, "L") == []


def test_a_change_fits_from_and_to_by_the_values_meaning(house: House) -> None:
    house.rules(rule("R", 'when status changes from "new" to "HOT"', 'remember was as "{{ __data.changed.from }}"'))
    contact = house.record(status="New")
    change(house, contact, status="Hot")
    change(house, contact, status="Cold")
    change(house, contact, status="Hot")

    (run,) = runs_of(house, "R")
    assert run.data["changed"] == {"field": "status", "from": "New", "to": "Hot"}
    assert run.data["was"] == "New"


def test_setting_a_field_to_what_it_holds_is_no_change(house: House) -> None:
    house.rules(rule("R", "when status changes"))
    contact = house.record(status="New")
    change(house, contact, status="New")

    assert runs_of(house, "R") == []


def test_a_change_by_a_rule_starts_others_but_never_itself(house: House) -> None:
    house.rules(
        rules_of(
            rule("A", "when status changes", 'set status to "from A"', head="  at most 3 times per 1 day\n"),
            rule("B", "when status changes", 'set city to "B saw {{ __data.changed.to }}"'),
        )
    )
    contact = house.record(status="New")
    change(house, contact, status="Hot")
    house.work()

    assert len(runs_of(house, "A")) == 1
    assert sorted(run.depth for run in runs_of(house, "B")) == [0, 1]


def test_a_chain_of_rules_ends_at_its_depth(house: House) -> None:
    house.rules(
        rules_of(
            rule("A", "when status changes", 'set city to "{{ status }}{{ city }}"'),
            rule("B", "when city changes", 'set status to "{{ city }}{{ status }}"'),
        )
    )
    contact = house.record(status="x", city="y")
    change(house, contact, status="z")
    for _ in range(10):
        house.work()

    assert max(run.depth for run in house.runs()) == 5
    assert any("chain" in words for words in not_started(house))


def test_a_failed_text_starts_rules_once(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(
        rules_of(
            rule("Send", 'when incoming sms matches "go"', 'send sms "Hi"'),
            rule("Failed", "when sms failed", 'remember why as "{{ __data.failed_sms.text }}"'),
        )
    )
    house.text("go")
    house.work()
    (message,) = house.messages()
    for status in ("sent", "undelivered", "failed"):
        house.receipt(message, status, ErrorCode="30003")
        house.work()

    (run,) = runs_of(house, "Failed")
    assert run.data["why"] == "Hi"


def test_a_rule_for_new_conversations_hears_only_the_first_text(house: House) -> None:
    contact = house.record(mobile=ANA)
    house.rules(rule("New", "when new conversation", head="  if already running, run both\n"))
    house.text("one")
    house.work()
    house.text("two")
    house.work()
    assert len(runs_of(house, "New")) == 1
    with house.app.app_context(), transaction():
        db.session.connection().exec_driver_sql("UPDATE conversations SET state = 'closed'")
    house.text("three")
    house.work()

    assert [run.record_id for run in runs_of(house, "New")] == [contact, contact]


def test_a_person_starts_a_rule_and_its_limits_apply(house: House) -> None:
    house.rules(rule("R", "when started", head="  at most once per record\n"))
    contact, lead = house.record(), house.record("lead")
    with house.app.app_context():
        with transaction():
            wanted = db.session.scalars(select(Rule)).one()
            events.start_by_hand(wanted, db.session.get_one(Record, contact), {"ticket": 7})
        house.work()
        for record_id, why in ((contact, "at most"), (lead, "for contact")):
            with transaction(), pytest.raises(events.CannotStart, match=why):
                events.start_by_hand(db.session.scalars(select(Rule)).one(), db.session.get_one(Record, record_id))

    (run,) = runs_of(house, "R")
    assert (run.state, run.data["start"]) == ("done", {"ticket": 7})


def test_a_rule_that_changes_start_far_too_often_is_paused_and_its_author_told(house: House) -> None:
    with house.app.app_context(), transaction():
        author = User(email="a@example.com", name="A", role="admin", password_hash="x", created_at=clock.now())
        db.session.add(author)
        rulebook.save("test", rule("R", "when created"), author)
        db.session.connection().exec_driver_sql("UPDATE settings SET starts_before_pause = 3")
    for _ in range(5):
        house.record()
    house.work()

    assert len(runs_of(house, "R")) == 3
    assert sum("paused" in words for words in not_started(house)) == 2
    with house.app.app_context():
        assert "paused" in db.session.scalars(select(Notice)).one().text


def test_records_know_when_they_last_wrote_and_were_written_to(house: House, moving_clock: Any) -> None:
    case = house.record("case", mobile=ANA, status="Open")
    house.rules(
        rule(
            "Nobody answered",
            "when 1 day after last_incoming_at",
            kind="case",
            head="  only if last_outgoing_at is empty or last_outgoing_at is before 1 day ago\n",
        )
    )
    house.text("hello?")
    house.work()
    assert house.fields(case)["last_incoming_at"] == "2030-01-07T10:00:00+00:00"
    moving_clock.move(days=1)
    house.work()
    house.work()

    assert len(runs_of(house, "Nobody answered")) == 1
