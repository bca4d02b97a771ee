"""Receipts: which ones come, when, in which order, and how the text's own status follows."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from flexie.simulator.behaviour import OUTCOMES, RECEIPTS, Behaviour, planned_receipts

from .conftest import PHONE, START


def status_of(api) -> str:
    return api.get("/messages").json()["messages"][-1]["status"]


def test_sent_then_delivered_within_a_second(api, send, courier, receiver) -> None:
    send()
    assert courier.deliver_due(START) == 0
    assert courier.deliver_due(START + 0.5) == 1
    assert (receiver.statuses, status_of(api)) == (["sent"], "sent")
    assert courier.deliver_due(START + 1) == 1
    assert (receiver.statuses, status_of(api)) == (["sent", "delivered"], "delivered")


def test_a_receipt_names_the_message_and_is_signed(send, courier, receiver) -> None:
    send()
    courier.deliver_due(START + 0.5)
    (request,) = receiver.requests
    assert request.path == "/status"
    assert request.event == {
        "type": "status",
        "id": request.event["id"],
        "message": "out-1",
        "status": "sent",
        "error_code": None,
        "to": PHONE,
    }
    timestamp = request.headers["X-Simulator-Timestamp"]
    expected = hmac.new(b"secret-one", f"{timestamp}.".encode() + request.raw, hashlib.sha256)
    assert timestamp == str(int(START))
    assert request.headers["X-Simulator-Signature"] == expected.hexdigest()


CASES = [
    ({"receipts": "late", "seconds": 30}, 29, []),
    ({"receipts": "late", "seconds": 30}, 31, ["sent", "delivered"]),
    ({"receipts": "twice"}, 2, ["sent", "sent", "delivered", "delivered"]),
    ({"receipts": "reversed"}, 2, ["delivered", "sent"]),
    ({"receipts": "never"}, 99999, []),
    ({"outcome": "fail", "error_code": "30005"}, 2, ["failed"]),
    ({"outcome": "undelivered"}, 2, ["sent", "undelivered"]),
    ({"outcome": "error"}, 2, ["sent", "delivered"]),
]


@pytest.mark.parametrize(("settings", "seconds", "expected"), CASES)
def test_receipts_follow_the_behaviour(send, behave, courier, receiver, settings, seconds, expected) -> None:
    behave(**settings)
    send()
    courier.deliver_due(START + seconds)
    assert receiver.statuses == expected


def test_receipts_follow_a_send_whose_answer_was_lost(api, behave, send, courier, receiver) -> None:
    behave(outcome="drop")
    with pytest.raises(Exception, match="disconnected"):
        send()
    courier.deliver_due(START + 1)
    assert [event["message"] for event in receiver.events] == ["out-1", "out-1"]


def test_a_receipt_that_comes_twice_is_the_same_event(send, behave, courier, receiver) -> None:
    behave(receipts="twice")
    send()
    courier.deliver_due(START + 2)
    ids = [event["id"] for event in receiver.events]
    assert len(ids) == 4
    assert ids[0] == ids[1] != ids[2] == ids[3]


def test_a_failed_text_never_arrives_and_says_why(api, send, behave, courier, receiver) -> None:
    behave(outcome="fail", error_code="30005")
    assert send().status_code == 201
    courier.deliver_due(START + 2)
    assert receiver.events[0]["error_code"] == "30005"
    assert api.get(f"/phones/{PHONE}/texts").json()["texts"] == []
    assert status_of(api) == "failed"


def test_a_late_sent_does_not_undo_delivered(api, send, behave, courier) -> None:
    behave(receipts="reversed")
    send()
    courier.deliver_due(START + 2)
    assert status_of(api) == "delivered"


def test_without_a_callback_address_the_status_moves_all_the_same(api, send, courier, receiver) -> None:
    send(status_callback=None)
    courier.deliver_due(START + 2)
    assert (status_of(api), receiver.requests) == ("delivered", [])


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("receipts", RECEIPTS)
def test_every_combination_has_a_plan_in_time_order_and_words(outcome: str, receipts: str) -> None:
    behaviour = Behaviour(outcome, receipts, 5)
    moments = [receipt.after for receipt in planned_receipts(behaviour)]
    assert moments == sorted(moments)
    assert Behaviour.from_mapping(behaviour.as_mapping()) == behaviour
    assert OUTCOMES[outcome] in behaviour.in_words() or behaviour.is_ordinary
