"""Jobs, sends, calls of webhooks, files and lists: what workers do leaves no secret in the logs when it goes wrong."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text, update

from flexie import bell, clock, jobs
from flexie.db import db, transaction
from flexie.models import Connection
from tests.domain.test_bell_and_clock import burst, quiet
from tests.domain.test_callouts import Callers, register
from tests.domain.test_pulling import pull
from tests.endpoint import Endpoint, listening
from tests.fetchers import Fetchers
from tests.house import ANA, AUTH_TOKEN, LINE_NUMBER, SID, House

__all__ = ["quiet"]

CANARY = "zq9canary"
BASIC = base64.b64encode(f"{SID}:{AUTH_TOKEN}".encode()).decode()
RULE = f'rule "R":\n  for contact\n  when incoming sms\n\n  remember colour as "{CANARY}"\n  call webhook "billing"\n'


def rung(house: House, redis_url: str, monkeypatch: pytest.MonkeyPatch, work: Any) -> None:
    """A real worker of RQ hears the bell, and does this."""
    monkeypatch.setitem(jobs.LOOKS, "inbound", work)
    with house.app.app_context():
        bell.ring("inbound")
    burst(house, redis_url)


def test_a_job_that_fails_is_named_without_its_words(
    quiet: House, redis_url: str, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError(f"{CANARY} {ANA}")

    rung(quiet, redis_url, monkeypatch, broken)
    seen = logged.getvalue()
    assert "job failed" in seen
    assert "ValueError" in seen
    assert [word for word in (CANARY, ANA) if word in seen] == []


def test_what_redis_keeps_of_a_job_that_failed_has_no_values_of_statements(
    quiet: House, redis_url: str, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        db.session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": CANARY})

    rung(quiet, redis_url, monkeypatch, refused)
    kept = words_of_failed(redis_url)
    assert "INSERT INTO nowhere" in kept
    assert CANARY not in kept
    assert CANARY not in logged.getvalue()


def words_of_failed(redis_url: str) -> str:
    """What RQ keeps of the one job that failed."""
    queue = Queue(bell.QUEUE, connection=redis.Redis.from_url(redis_url), serializer=JSONSerializer)
    (job_id,) = queue.failed_job_registry.get_job_ids()
    job = queue.fetch_job(job_id)
    result = job.latest_result() if job else None
    assert result is not None
    return result.exc_string or ""


@pytest.fixture
def endpoint(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An endpoint on loopback that rules may call."""
    monkeypatch.setitem(house.app.config, "WEBHOOKS_TO_PRIVATE_ADDRESSES", True)
    house.app.extensions["callers"] = Callers()
    with listening() as endpoint:
        yield endpoint


def test_calls_of_webhooks_log_neither_secrets_nor_addresses_nor_what_they_carry(
    house: House, endpoint: Endpoint, logged: io.StringIO
) -> None:
    secret = register(house, f"{endpoint.url}?key={CANARY}")
    endpoint.answers = [500, 0]
    house.record(first_name="Ana", mobile=ANA)
    house.rules(RULE)
    for words in ("one", "two"):
        house.text(words)
        house.work()
    assert [CANARY in post.path and CANARY.encode() in post.body for post in endpoint.posts] == [True, True]
    seen = logged.getvalue()
    assert seen.count("call finished") == 2
    signatures = [post.headers["webhook-signature"] for post in endpoint.posts]
    assert [word for word in (secret, secret.removeprefix("whsec_"), CANARY, ANA, *signatures) if word in seen] == []


def test_files_and_lists_log_neither_credentials_nor_numbers(house: House, logged: io.StringIO) -> None:
    house.app.extensions["fetchers"] = Fetchers()
    house.standin.files[f"/{CANARY}/1"] = 401
    house.picture(f"/{CANARY}/1", body=CANARY)
    house.work()
    assert house.standin.gets[0].headers["Authorization"] == f"Basic {BASIC}"
    house.standin.auth_token = "another token"
    with house.app.app_context(), transaction():
        db.session.execute(update(Connection).values(pull_at=clock.now()))
    pull(house)
    seen = logged.getvalue()
    assert "file fetched" in seen
    assert "list not read" in seen
    assert [word for word in (CANARY, AUTH_TOKEN, BASIC, ANA, LINE_NUMBER) if word in seen] == []


def test_a_send_that_the_provider_refuses_logs_no_credentials(house: House, logged: io.StringIO) -> None:
    told = {"code": 20003, "message": f"{AUTH_TOKEN} {BASIC} {CANARY}", "status": 401}
    house.standin.answers = [(401, told), "drop", (400, told)]
    house.record(first_name="Ana", mobile=ANA)
    house.rules(f'rule "S":\n  for contact\n  when incoming sms\n\n  send sms "{CANARY}"\n')
    for words in ("one", "two", "three"):
        house.text(words)
        house.work()
    assert len(house.standin.posts) == 3
    seen = logged.getvalue()
    assert seen.count("send finished") == 3
    assert [word for word in (CANARY, AUTH_TOKEN, BASIC, ANA, LINE_NUMBER) if word in seen] == []
