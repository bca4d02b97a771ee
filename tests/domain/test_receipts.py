"""Step 6: receipts in any order and number give the same final state, and one "delivered" event."""

from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from flexie import consent, outbound, statuses, wentwrong
from flexie.db import db
from flexie.models import WebhookEvent
from tests.house import ANA, House

FOLLOW_UP = """
rule "Hello":
  for contact
  when incoming sms matches "hi"

  send sms "Welcome {{ first_name }}"

rule "Follow-up":
  for contact
  when sms delivered matches "Welcome*"

  wait 10 minutes
  send sms "How was it? You got: {{ __data.delivered_sms.text }}"
"""


@pytest.fixture
def sent(house: House) -> House:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(FOLLOW_UP)
    house.text("hi")
    house.work()
    return house


@pytest.mark.parametrize("order", [*permutations(["queued", "sent", "delivered"])], ids=",".join)
def test_receipts_in_any_order_end_in_delivered_with_one_event(sent: House, order: tuple[str, ...]) -> None:
    (message,) = sent.messages()
    for status in (*order, *order):
        assert sent.receipt(message, status).status_code == 200
        sent.work()

    assert sent.messages()[0].status == "delivered"
    assert [run.cause.partition(":")[0] for run in sent.runs()] == ["incoming", "delivered"]


def test_receipts_that_come_together_are_applied_together(sent: House) -> None:
    (message,) = sent.messages()
    for status in ("delivered", "sent", "delivered", "queued"):
        sent.receipt(message, status)
    sent.work()

    assert sent.messages()[0].status == "delivered"
    assert len(sent.runs()) == 2


def test_the_follow_up_goes_ten_minutes_after_the_delivery(sent: House, moving_clock: Any) -> None:
    moving_clock.move(hours=3)
    sent.receipt(sent.messages()[0], "delivered")
    sent.work()
    moving_clock.move(minutes=9, seconds=59)
    sent.work()
    assert len(sent.standin.posts) == 1
    moving_clock.move(seconds=1)
    sent.work()

    assert sent.standin.posts[1].one("Body") == "How was it? You got: Welcome Ana"


@pytest.mark.parametrize("first", ["failed", "undelivered", "delivered"])
def test_contradicting_final_receipts_end_alike_in_either_order(sent: House, first: str) -> None:
    (message,) = sent.messages()
    finals = [first, *({"failed", "undelivered", "delivered"} - {first})]
    for status in finals:
        sent.receipt(message, status, ErrorCode="30003" if status != "delivered" else "")
        sent.work()

    assert sent.messages()[0].status == "delivered"


def test_a_receipt_that_comes_before_the_sends_own_answer_is_kept(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(FOLLOW_UP)
    house.text("hi")
    wake, house.wake = house.wake, lambda: None  # type: ignore[method-assign]
    house.work()
    house.wake = wake  # type: ignore[method-assign]
    with house.app.app_context():
        claimed = outbound.claim()
        assert claimed is not None
        (message,) = house.messages()
        house.receipt(message, "delivered")
        house.work()
        outbound.finish(claimed, outbound.call(claimed, house.senders))

    (message,) = house.messages()
    assert (message.status, message.provider_status) == ("delivered", "delivered")
    assert message.provider_id


def test_a_receipt_known_only_by_the_providers_id_waits_for_the_id(house: House, moving_clock: Any) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(FOLLOW_UP)
    sid = "SM" + "5" * 32
    form = {"MessageSid": sid, "MessageStatus": "delivered", "AccountSid": "AC" + "a" * 32, "To": ANA}
    assert house.post(house.status_url, form).status_code == 200
    house.work()
    house.standin.answers.append((201, {"sid": sid, "status": "queued", "num_segments": "1"}))
    house.text("hi")
    house.work()
    moving_clock.move(seconds=1)
    house.work()

    assert house.messages()[0].status == "delivered"


def test_an_orphan_receipt_is_given_up_in_the_end(house: House, moving_clock: Any) -> None:
    form = {"MessageSid": "SM" + "5" * 32, "MessageStatus": "sent", "AccountSid": "AC" + "a" * 32, "To": ANA}
    house.post(house.status_url, form)
    for _ in range(14):
        house.work()
        moving_clock.move(hours=1)

    with house.app.app_context():
        event = db.session.scalars(select(WebhookEvent)).one()
        assert (event.state, event.reason) == ("refused", "No message of ours has this id.")


def test_an_unknown_send_is_resolved_by_its_receipt(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(FOLLOW_UP)
    house.standin.answers.append("drop")
    house.text("hi")
    house.work()
    (message,) = house.messages()
    assert message.status == "unknown"

    house.receipt(message, "sent")
    house.work()

    (message,) = house.messages()
    assert (message.status, message.error) == ("sent", None)
    assert message.provider_id
    assert len(house.standin.posts) == 1


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_text_that_did_not_arrive_says_why_and_what_to_do(sent: House, status: str) -> None:
    sent.receipt(sent.messages()[0], status, ErrorCode="30005")
    sent.work()
    (message,) = sent.messages()
    assert (message.status, message.error_code) == (status, "30005")
    assert message.error == "The network could not deliver it (error 30005)."
    told = wentwrong.in_words("twilio", message.error, message.error_code)
    assert told == f"{message.error} The number is not in use any more: ask for another."


def test_a_failure_without_a_code_is_told_as_well_and_forgotten_when_the_text_arrives_after_all(sent: House) -> None:
    sent.receipt(sent.messages()[0], "failed")
    sent.work()
    assert sent.messages()[0].error == "The network could not deliver it."
    sent.receipt(sent.messages()[0], "delivered")
    sent.work()
    assert (sent.messages()[0].status, sent.messages()[0].error) == ("delivered", None)


def test_an_opt_out_reported_in_a_receipt_counts(sent: House) -> None:
    sent.receipt(sent.messages()[0], "failed", ErrorCode="21610")
    sent.work()

    with sent.app.app_context():
        assert consent.opted_out([ANA]) == {ANA}


def test_a_receipt_from_another_account_moves_nothing(sent: House) -> None:
    sent.receipt(sent.messages()[0], "delivered", AccountSid="AC" + "b" * 32)
    sent.work()

    assert sent.messages()[0].status == "accepted"


def test_no_status_ever_falls() -> None:
    for known, new in permutations(statuses.RANK, 2):
        if statuses.outranks(new, known):
            assert not statuses.outranks(known, new)
    assert not any(statuses.outranks("queued", later) for later in ("accepted", "sent", "delivered", "failed"))
    assert not any(statuses.outranks("delivered", over) for over in ("suppressed", "cancelled"))
