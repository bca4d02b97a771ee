"""Consent: the words that say no, the ledger, and the one gate before every send."""

import pytest
from sqlalchemy import select

from flexie import consent
from flexie.db import db, transaction
from flexie.models import ConsentChange, OptOut, Settings
from tests.house import ANA, House

ANSWER_ALL = 'rule "All":\n  for contact\n  when incoming sms\n  at most 99 times per 1 day\n\n  send sms "Answer"\n'


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("STOP", "stop"), ("stop", "stop"), (" Stop. ", "stop"), ("STOP!!", "stop"), ("Stop texting me", "stop"),
        ("unsubscribe", "stop"), ("STOPALL", "stop"), ("opt-out", "stop"), ("OPTOUT", "stop"), ("Revoke", "stop"),
        ("END", "stop"), ("cancel", "stop"), ("quit", "stop"), ("“STOP”", "stop"), ("ＳＴＯＰ", "stop"),
        ("Cancel my appointment", None), ("end of the month works", None), ("Please don't stop", None),
        ("stopped by today", None), ("yes", None), ("", None), ("👍", None),
        ("START", "start"), ("unstop", "start"), ("start now please", None), ("HELP", "help"), ("info", "help"),
    ],
)  # fmt: skip
def test_words_of_consent(house: House, text: str, word: str | None) -> None:
    with house.app.app_context():
        assert consent.word_in(text, Settings.get()) == word


def test_stop_opts_out_flips_allow_sms_and_is_confirmed_once(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA)
    house.text("STOP")
    house.text("stop")
    house.work()

    with house.app.app_context():
        assert list(db.session.scalars(select(OptOut.number))) == [ANA]
        assert [change.change for change in db.session.scalars(select(ConsentChange))] == ["out"]
    assert house.fields(contact)["allow_sms"] is False
    assert [post.one("To") for post in house.standin.posts] == [ANA]


def test_a_rule_on_the_same_text_runs_but_its_text_is_not_sent(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER_ALL)
    house.text("Stop")
    house.work()

    assert [run.state for run in house.runs()] == ["done"]
    suppressed = [message for message in house.messages() if message.status == "suppressed"]
    assert [message.text for message in suppressed] == ["Answer"]
    assert "opted out" in (suppressed[0].error or "")
    assert len(house.standin.posts) == 1  # the confirmation alone


def test_a_pending_wait_does_not_text_after_stop(house: House, moving_clock) -> None:  # type: ignore[no-untyped-def]
    house.record(first_name="Ana", mobile=ANA)
    house.rules('rule "W":\n  for contact\n  when incoming sms matches "HI"\n\n  wait 1 hour\n  send sms "Later"\n')
    house.text("hi")
    house.work()
    house.text("STOP")
    house.work()
    moving_clock.move(hours=1)
    house.work()

    assert [message.status for message in house.messages() if message.text == "Later"] == ["suppressed"]


def test_stop_between_queueing_and_sending_still_holds_the_text_back(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER_ALL)
    house.text("hello")
    wake, house.wake = house.wake, lambda: None  # type: ignore[method-assign]
    house.work()
    with house.app.app_context(), transaction():
        consent.change(ANA, "out", "test")
    house.wake = wake  # type: ignore[method-assign]
    house.work()

    assert [message.status for message in house.messages()] == ["suppressed"]
    assert house.standin.posts == []


def test_start_lets_texts_through_again(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER_ALL)
    for said in ("STOP", "START", "hello"):
        house.text(said)
        house.work()

    assert house.fields(contact)["allow_sms"] is True
    assert house.standin.posts[-1].one("Body") == "Answer"


def test_yes_never_opts_in(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    for said in ("STOP", "YES"):
        house.text(said)
        house.work()

    with house.app.app_context():
        assert consent.opted_out([ANA]) == {ANA}


def test_help_is_answered_unless_a_rule_answers_it(house: House) -> None:
    house.text("HELP")
    house.work()
    assert len(house.standin.posts) == 1

    house.record(first_name="Ana", mobile=ANA)
    house.rules('rule "H":\n  for contact\n  when incoming sms matches "HELP"\n\n  send sms "Call us"\n')
    house.text("HELP")
    house.work()
    assert [post.one("Body") for post in house.standin.posts[1:]] == ["Call us"]


def test_allow_sms_no_stops_rules_and_people(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA, allow_sms=False)
    house.rules(ANSWER_ALL)
    house.text("hello")
    house.work()

    assert [message.status for message in house.messages()] == ["suppressed"]


def test_the_same_words_for_two_records_of_one_person_go_out_once(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER_ALL)
    house.text("hello")
    house.work()

    assert sorted(message.status for message in house.messages()) == ["accepted", "suppressed"]


def test_two_machines_that_answer_each_other_stop_at_the_limit(house: House, moving_clock) -> None:  # type: ignore[no-untyped-def]
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER_ALL)
    for _ in range(12):
        house.text("I am away")
        house.work()
        moving_clock.move(seconds=5)

    assert len(house.standin.posts) == 5
    assert "limit reached" in (house.messages()[-1].error or "")


def test_a_provider_that_reports_an_opt_out_opts_out(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER_ALL)
    house.standin.answers.append((400, {"code": 21610, "message": "unsubscribed recipient", "status": 400}))
    house.text("hello")
    house.work()

    (message,) = house.messages()
    assert (message.status, message.error_code) == ("failed", "21610")
    with house.app.app_context():
        assert consent.opted_out([ANA]) == {ANA}
