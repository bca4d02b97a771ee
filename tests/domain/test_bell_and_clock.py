"""Steps 2 and 7: one ring for a kind of work, nothing lost when it is not heard, and the clock rings what is due."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from flexie import bell, jobs, reconciler
from flexie.timekeeper import LONGEST_SLEEP, Timekeeper
from flexie.worker import BellWorker, OnlyOurJobs, Patrol
from tests.house import ANA, House

CALLBACKS = ("success_callback_name", "failure_callback_name", "stopped_callback_name")
WAIT = 'rule "W":\n  for contact\n  when incoming sms matches "go"\n\n  wait 10 seconds\n  send sms "Hi"\n'


@pytest.fixture
def quiet(house: House, redis_url: str) -> House:
    """No jobs and no flags are left from before."""
    client = redis.Redis.from_url(redis_url)
    for key in client.scan_iter("flexie:*"):
        client.delete(key)
    for key in client.scan_iter("rq:*"):
        client.delete(key)
    return house


def pending(redis_url: str) -> int:
    return Queue(bell.QUEUE, connection=redis.Redis.from_url(redis_url), serializer=JSONSerializer).count


def burst(house: House, redis_url: str) -> BellWorker:
    """A real RQ worker, until the queue is empty."""
    connection = redis.Redis.from_url(redis_url)
    queue = Queue(bell.QUEUE, connection=connection, serializer=JSONSerializer, job_class=OnlyOurJobs)
    worker = BellWorker([queue], connection=connection, serializer=JSONSerializer)
    with house.app.app_context():
        worker.work(burst=True, logging_level="ERROR")
    return worker


def test_many_rings_are_one_job(quiet: House, redis_url: str) -> None:
    with quiet.app.app_context():
        for _ in range(20):
            bell.ring("inbound")
        assert pending(redis_url) == 1
        jobs.look("inbound")  # as the job starts, the flag goes
        bell.ring("inbound")

    assert pending(redis_url) == 2


def test_a_text_is_answered_by_a_worker_that_heard_the_bell(quiet: House, redis_url: str) -> None:
    quiet.record(first_name="Ana", mobile=ANA)
    quiet.rules('rule "A":\n  for contact\n  when incoming sms matches "go"\n\n  send sms "Hi"\n')
    quiet.text("go")
    with quiet.app.app_context():
        bell.ring("inbound")
    burst(quiet, redis_url)

    assert [post.one("Body") for post in quiet.standin.posts] == ["Hi"]
    assert pending(redis_url) == 0


@pytest.mark.parametrize("name", ["os.system", "flexie.jobs.look", "subprocess.call"])
def test_a_forged_job_is_refused(quiet: House, redis_url: str, name: str, tmp_path: Any) -> None:
    mark = tmp_path / "mark"
    queue = Queue(bell.QUEUE, connection=redis.Redis.from_url(redis_url), serializer=JSONSerializer)
    job = queue.enqueue(name, f"touch {mark}", failure_ttl=60)
    burst(quiet, redis_url)

    assert not mark.exists()
    assert job.get_status(refresh=True) == "failed"


@pytest.mark.parametrize("work", ["inbound", "everything"])
def test_a_forged_callback_is_not_called(
    quiet: House, redis_url: str, work: str, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = redis.Redis.from_url(redis_url)
    queue = Queue(bell.QUEUE, connection=connection, serializer=JSONSerializer)
    job = queue.enqueue(bell.JOB, work, failure_ttl=60)
    connection.hset(job.key, mapping=dict.fromkeys(CALLBACKS, "builtins.print"))
    burst(quiet, redis_url)

    assert job.get_status(refresh=True) == ("finished" if work == "inbound" else "failed")
    assert job.id not in capsys.readouterr().out


def test_a_job_may_ask_for_nothing_but_a_kind_of_work(house: House) -> None:
    with house.app.app_context(), pytest.raises(ValueError, match="no such work"):
        jobs.for_rq("everything")  # type: ignore[arg-type]


def test_without_redis_a_ring_is_lost_and_nothing_else(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(house.app.extensions, "bell", bell.Bell("redis://127.0.0.1:1"))
    house.record(first_name="Ana", mobile=ANA)
    house.rules(WAIT)

    assert house.text("go").status_code == 200
    house.work()
    assert len(house.runs()) == 1


def test_the_patrol_works_through_what_nobody_rang_for(house: House, moving_clock: Any) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(WAIT)
    house.text("go")
    with house.app.app_context():
        patrol = Patrol(house.app)
        patrol.one_round()
        assert house.runs() == []  # just arrived: the bell may yet be heard
        moving_clock.move(seconds=3)
        patrol.one_round()
        assert len(house.runs()) == 1
        moving_clock.move(seconds=13)
        patrol.one_round()
    assert [post.one("Body") for post in house.standin.posts] == ["Hi"]


def test_the_clock_sleeps_until_the_earliest_moment_and_rings_then(
    quiet: House, moving_clock: Any, redis_url: str
) -> None:
    quiet.record(first_name="Ana", mobile=ANA)
    quiet.rules(WAIT)
    quiet.text("go")
    quiet.work()
    with quiet.app.app_context():
        timekeeper = Timekeeper(quiet.app)
        assert timekeeper.tick() == LONGEST_SLEEP
        moving_clock.move(seconds=9.9)
        assert timekeeper.tick() == pytest.approx(0.1)
        before = pending(redis_url)
        moving_clock.move(seconds=0.1)
        timekeeper.tick()
    assert pending(redis_url) == before + 1


def test_health_tells_how_long_due_work_waits(house: House, moving_clock: Any) -> None:
    house.text("Hello")
    moving_clock.move(seconds=90)
    with house.app.app_context():
        reconciler.seen("worker")
        assert reconciler.overdue(timedelta(seconds=2)) == ["inbound"]
    answer = house.client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json
    assert (answer.json["database"], answer.json["oldest_due_seconds"]) == ("ok", 90.0)
    assert answer.json["worker_last_seen"].startswith("2030-01-07T10:01:30")
    house.work()
    assert house.client.get("/healthz").status_code == 200
