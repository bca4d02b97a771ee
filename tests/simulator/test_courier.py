"""Couriers: retries and backoff, restarts, one claim at a time, and the thread that does it all."""

from __future__ import annotations

import json
import threading
import time

import httpx
import pytest

from flexie.simulator.courier import Courier
from flexie.simulator.deliveries import LEASE_SECONDS, claim_next, finish, postpone
from flexie.simulator.network import Network
from flexie.simulator.records import Delivery
from flexie.simulator.sending import SendRequest, send
from flexie.simulator.texting import text_a_line

from .conftest import LINE, PHONE, START


def text(network: Network, words: str = "Hi") -> None:
    text_a_line(network, PHONE, LINE, words)


def post(network: Network, sender_id: str, callback: str | None = None) -> None:
    body = {"id": sender_id, "to": PHONE, "from": LINE, "text": "Hi", "status_callback": callback}
    send(network, network.any_account(), SendRequest.from_json(body))


def status(delivery: Delivery | None) -> str:
    assert delivery is not None
    return json.loads(delivery.body)["status"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_fails_is_tried_again_ever_more_slowly(network, receiver, status) -> None:
    courier = Courier(network, backoff=(1, 2, 5))
    receiver.answers.extend([status] * 4)
    text(network)
    tries = [courier.deliver_due(START + moment) for moment in (0, 0.9, 1, 2.9, 3, 7.9, 8, 12.9, 13, 99999)]
    assert tries == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert len({request.raw for request in receiver.requests}) == 1


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_a_refusal_is_not_tried_again(network, courier, receiver, status) -> None:
    receiver.answers.append(status)
    text(network)
    assert [courier.deliver_due(START + moment) for moment in (0, 99999)] == [1, 0]
    assert network.conversation(PHONE)[0].status == "refused"


def test_nobody_listening_is_tried_again(network, courier, receiver) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    deaf = Courier(network, client=httpx.Client(transport=httpx.MockTransport(refuse)))
    text(network)
    assert deaf.deliver_due(START) == 1
    assert network.conversation(PHONE)[0].status == "retrying"
    assert courier.deliver_due(START + 1) == 1
    assert network.conversation(PHONE)[0].status == "received"


def test_after_a_day_it_gives_up(network, courier, receiver) -> None:
    receiver.answers.extend([500, 500])
    text(network)
    tries = [courier.deliver_due(START + moment) for moment in (0, 86401, 999999)]
    assert (tries, network.conversation(PHONE)[0].status) == ([1, 1, 0], "lost")


def test_what_is_planned_survives_a_restart(network, path, clock, receiver) -> None:
    receiver.answers.append(503)
    text(network)
    assert Courier(network).deliver_due(START) == 1
    network.close()
    reopened = Network(path, clock)
    assert Courier(reopened).deliver_due(START + 2) == 1
    assert [event["text"] for event in receiver.events] == ["Hi", "Hi"]
    assert reopened.conversation(PHONE)[0].status == "received"
    reopened.close()


def test_a_claim_is_held_by_one_courier_until_its_lease_ends(network, path, clock) -> None:
    elsewhere = Network(path, clock)
    text(network)
    first = claim_next(network, START)
    assert first is not None
    assert claim_next(elsewhere, START) is None
    assert claim_next(elsewhere, START + LEASE_SECONDS - 0.1) is None
    second = claim_next(elsewhere, START + LEASE_SECONDS)
    assert second is not None
    assert (second.seq, second.attempts) == (first.seq, 2)
    postpone(network, first, START, START)
    finish(network, first, "refused", START)
    assert claim_next(network, START + LEASE_SECONDS) is None, "a courier whose lease ended changes nothing"
    assert network.conversation(PHONE)[0].status == "sending"
    elsewhere.close()


def test_receipts_of_one_text_are_never_under_way_together(network) -> None:
    post(network, "out-1")
    post(network, "out-2")
    first, second, third = (claim_next(network, START + 2) for _ in range(3))
    assert [status(first), status(second), third] == ["sent", "sent", None]
    finish(network, first, "received", START + 2)
    assert status(claim_next(network, START + 2)) == "delivered"


def test_racing_couriers_deliver_each_callback_once(network, path, clock, receiver) -> None:
    for number in range(60):
        text(network, f"Text {number}")
    networks = [Network(path, clock) for _ in range(3)]
    tried: list[int] = []
    ready = threading.Barrier(3)

    def race(own: Network) -> None:
        ready.wait()
        tried.append(Courier(own).deliver_due(START))

    threads = [threading.Thread(target=race, args=(own,)) for own in networks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(tried) == 60
    assert sorted(event["text"] for event in receiver.events) == sorted(f"Text {n}" for n in range(60))
    for own in networks:
        own.close()


def test_the_thread_delivers_what_this_and_another_process_plan(path, receiver) -> None:
    network, elsewhere = Network(path), Network(path)
    network.set_line(network.add_account("key", "secret"), LINE, receiver.url)
    network.add_phone(PHONE)
    courier = Courier(network)
    courier.start()
    courier.start()
    started = time.monotonic()
    text(network, "Here")
    receiver.wait_for(1)
    text(elsewhere, "There")
    assert [event["text"] for event in receiver.wait_for(2)] == ["Here", "There"]
    assert time.monotonic() - started < 5
    courier.stop()
    text(network, "Later")
    assert Courier(elsewhere).deliver_due() == 1
    assert len(receiver.events) == 3
    for own in (network, elsewhere):
        own.close()


def test_the_thread_waits_for_the_moment_of_a_receipt(path, receiver) -> None:
    network = Network(path)
    courier = Courier(network)
    courier.start()
    post(network, "out-1", receiver.url)
    receiver.wait_for(2)
    courier.stop()
    assert receiver.statuses == ["sent", "delivered"]
    network.close()
