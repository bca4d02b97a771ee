"""`call webhook`: what is posted, how often, and what the run's log says about it."""

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flexie import bell, callouts, clock, db, jobs, reconciler, senders
from flexie.models import RunLog, WebhookAddress, WebhookCall
from tests.endpoint import Endpoint, listening
from tests.house import ANA, House, Nobody
from tests.moving_clock import MovingClock

RULE = 'rule "R":\n  for contact\n  when incoming sms\n\n  remember colour as "red"\n  call webhook "billing"\n'


class Callers:
    """Stands in for the worker's threads: calls, one after the other, at once."""

    def wake(self) -> None:
        while claimed := callouts.claim():
            callouts.finish(claimed, callouts.call(claimed))


@pytest.fixture
def endpoint(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An endpoint on loopback that is registered as "billing"; calls of private addresses are allowed."""
    monkeypatch.setitem(house.app.config, "WEBHOOKS_TO_PRIVATE_ADDRESSES", True)
    house.app.extensions["callers"] = Callers()
    with listening() as endpoint:
        register(house, endpoint.url)
        yield endpoint


def run(house: House, *words: str) -> Any:
    """What an administrator types after `flask webhook`."""
    with house.app.app_context():
        return house.app.test_cli_runner().invoke(args=["webhook", *words])


def register(house: House, url: str, name: str = "billing") -> str:
    """Register an address as an administrator does; returns its secret."""
    answer = run(house, "add", name, url, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)["secret"]


def go(house: House) -> None:
    """A rule runs that calls the webhook."""
    house.record(first_name="Ana", mobile=ANA)
    house.rules(RULE)
    house.text("hello")
    house.work()


def call(house: House) -> WebhookCall:
    with house.app.app_context():
        return db.db.session.scalars(select(WebhookCall)).one()


def log(house: House) -> list[str]:
    """What the run's log says about its calls."""
    with house.app.app_context():
        query = select(RunLog.words).where(RunLog.step == "call webhook").order_by(RunLog.id)
        return list(db.db.session.scalars(query))


def test_the_fixed_json_is_posted_once_with_its_key(house: House, endpoint: Endpoint) -> None:
    go(house)
    house.work()
    (posted,) = endpoint.posts
    run = house.runs()[0]
    body = json.loads(posted.body)
    assert sorted(body) == ["data", "record", "rule", "run"]
    assert (body["rule"], body["run"], body["data"]["colour"]) == ("R", run.public_id, "red")
    assert re.fullmatch("[0-9a-f]{32}", body["record"])
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["idempotency-key"] == posted.headers["webhook-id"] == call(house).public_id
    assert (run.state, call(house).state, call(house).due_at) == ("done", "done", None)
    assert log(house)[-1] == '"billing": answered 204'


def test_the_signature_is_what_standard_webhooks_ask_for(house: House, endpoint: Endpoint) -> None:
    run(house, "remove", "billing")
    secret = register(house, endpoint.url)
    go(house)
    (posted,) = endpoint.posts
    moment = posted.headers["webhook-timestamp"]
    assert int(moment) == int(clock.now().timestamp())
    signed = f"{posted.headers['webhook-id']}.{moment}.".encode() + posted.body
    digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    assert posted.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


def test_the_example_of_the_standard_signs_alike() -> None:
    """The vector that the libraries of https://github.com/standard-webhooks/standard-webhooks are tested with."""
    secret, public_id, moment = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert callouts.signature(secret, public_id, moment, b'{"test": 2432232314}') == wanted


def test_five_tries_within_an_hour_and_then_no_more(
    house: House, endpoint: Endpoint, moving_clock: MovingClock
) -> None:
    endpoint.answers = [500, 0, 302, 404, 503, 200]
    go(house)
    began = clock.now()
    tried = []
    for _ in range(90):
        house.work()
        if len(endpoint.posts) > len(tried):
            tried.append((clock.now() - began) // timedelta(minutes=1))
        moving_clock.move(minutes=1)
    assert tried == [0, 1, 5, 20, 60]
    assert len({posted.headers["idempotency-key"] for posted in endpoint.posts}) == 1
    assert len({posted.body for posted in endpoint.posts}) == 1
    assert len({posted.headers["webhook-signature"] for posted in endpoint.posts}) == 5
    assert (call(house).state, call(house).tries) == ("failed", 5)
    assert log(house)[-1] == '"billing" failed after 5 tries: answered 503'
    assert house.runs()[0].state == "done"


def test_a_later_try_that_succeeds_is_the_last(house: House, endpoint: Endpoint, moving_clock: MovingClock) -> None:
    endpoint.answers = [500]
    go(house)
    assert (call(house).state, call(house).error) == ("waiting", "answered 500")
    moving_clock.move(minutes=1)
    house.work()
    assert (call(house).state, call(house).tries, call(house).error) == ("done", 2, None)


def test_410_means_never_again(house: House, endpoint: Endpoint, moving_clock: MovingClock) -> None:
    endpoint.answers = [410]
    go(house)
    moving_clock.move(hours=2)
    house.work()
    assert (call(house).state, len(endpoint.posts)) == ("failed", 1)
    assert "failed after 1 try: answered 410" in log(house)[-1]


def test_a_private_address_is_not_called_unless_that_is_meant(
    house: House, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(house.app.config, "WEBHOOKS_TO_PRIVATE_ADDRESSES", False)
    go(house)
    assert (call(house).state, endpoint.posts) == ("failed", [])
    assert "private network" in log(house)[-1]


def test_a_call_that_a_worker_died_over_is_made_again(
    house: House, endpoint: Endpoint, moving_clock: MovingClock
) -> None:
    house.app.extensions["callers"] = Nobody()
    go(house)
    with house.app.app_context():
        dead = callouts.claim()
        assert dead is not None
        assert callouts.claim() is None
    moving_clock.move(seconds=61)
    with house.app.app_context():
        alive = callouts.claim()
        assert alive is not None
        assert alive.public_id == dead.public_id
        callouts.finish(dead, callouts.Outcome("done", "too late"))
        assert call(house).state == "waiting"
        callouts.finish(alive, callouts.call(alive))
    assert (call(house).state, call(house).tries) == ("done", 2)


def test_a_worker_that_dies_over_the_last_try_leaves_no_call_behind(
    house: House, endpoint: Endpoint, moving_clock: MovingClock
) -> None:
    house.app.extensions["callers"] = Nobody()
    go(house)
    for _ in range(5):
        with house.app.app_context():
            assert callouts.claim() is not None
        moving_clock.move(seconds=61)
    with house.app.app_context():
        assert callouts.claim() is None
    assert call(house).state == "failed"


def test_a_slow_endpoint_holds_up_no_text(house: House, endpoint: Endpoint) -> None:
    """Every thread for calls is busy with it; a text meanwhile is answered."""
    release, reached = threading.Event(), threading.Semaphore(0)

    def slow(claimed: callouts.Claim) -> None:
        reached.release()
        release.wait(20)
        callouts.finish(claimed, callouts.call(claimed))

    callers = senders.Senders(house.app, "caller", 2, callouts.claim, slow)
    house.app.extensions["callers"] = callers
    try:
        go(house)
        assert reached.acquire(timeout=10)
        house.rules(RULE + '  send sms "Thanks"\n')
        house.text("again")
        house.work()
        assert [message.status for message in house.messages()] == ["accepted"]
        assert endpoint.posts == []
        assert reached.acquire(timeout=10)
    finally:
        release.set()
        callers.close()
    assert len(endpoint.posts) == 2


def test_a_slow_endpoint_holds_up_no_calls_of_others(house: House, endpoint: Endpoint) -> None:
    with listening() as slow:
        slow.answers = [-2] * 6
        register(house, slow.url, "slow")
        callers = senders.of_calls(house.app)
        house.app.extensions["callers"] = callers
        house.record(first_name="Ana", mobile=ANA)
        house.rules(
            RULE.replace('  call webhook "billing"\n', '  call webhook "slow"\n' * 6 + '  call webhook "billing"\n')
        )
        try:
            house.text("hello")
            house.work()
            assert endpoint.arrived.acquire(timeout=10)
            assert slow.arrived.acquire(timeout=10)
            assert len(slow.posts) <= senders.MOST_TO_ONE_ADDRESS
        finally:
            slow.release.set()
            for _ in range(6 - 1):
                slow.arrived.acquire(timeout=10)
            callers.close()
        assert len({posted.headers["idempotency-key"] for posted in slow.posts}) == 6


def test_calls_are_work_that_is_found_when_nobody_rang(
    house: House, endpoint: Endpoint, moving_clock: MovingClock
) -> None:
    house.app.extensions["callers"] = Nobody()
    go(house)
    moving_clock.move(seconds=90)
    with house.app.app_context():
        assert reconciler.overdue(timedelta(seconds=2)) == ["calls"]
        assert reconciler.oldest_due_seconds() == 0
        house.app.extensions["callers"] = Callers()
        with bell.noting():
            jobs.for_rq("calls")
        assert reconciler.due_since() == {}
        with clock.rehearsed(clock.now):
            assert "calls" not in reconciler.due_since()
    assert len(endpoint.posts) == 1


def test_a_secret_under_another_key_fails_the_call_and_says_why(house: House, endpoint: Endpoint) -> None:
    with house.app.app_context(), db.transaction():
        db.db.session.scalars(select(WebhookAddress)).one().secret = "sealed elsewhere"
    go(house)
    assert (call(house).state, endpoint.posts) == ("failed", [])
    assert "SECRET_KEY" in log(house)[-1]


def test_removing_ends_the_calls_that_wait(house: House, endpoint: Endpoint) -> None:
    endpoint.answers = [500]
    go(house)
    assert "Calls that still waited: 1" in run(house, "remove", "BILLING").output
    assert log(house)[-1] == 'not called: the webhook "billing" was removed'
    with house.app.app_context():
        assert db.db.session.scalars(select(WebhookCall)).all() == []
    assert run(house, "remove", "billing").exit_code == 1
    assert run(house, "list").output == "None yet.\n"
