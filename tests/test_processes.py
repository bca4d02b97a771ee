"""The processes themselves: each ends when it is asked to, whatever is away just then."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

ROOT = Path(__file__).parents[1]
PATIENCE = 30  # seconds; supervisors kill after as long


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    environment = kept | {"FLEXIE_DATA": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([*flask(), "db", "upgrade"], env=environment, check=True, capture_output=True, cwd=ROOT)
    return environment


@pytest.fixture
def valkey(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    folder = tmp_path / "valkey"
    server = subprocess.Popen([sys.executable, "-m", "flexie.embedded"], env=environment, cwd=ROOT, text=True)
    while not (folder.parent / "valkey.sock").is_socket():
        assert server.poll() is None, "no Valkey started"
        os.sched_yield()
    yield server
    server.kill()
    server.wait()


def flask() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", f"{ROOT / 'app.py'}:create_app"]


def wait_for_jobs(client: redis.Redis) -> None:
    """Until the worker listens."""
    while not any(str(each["cmd"]).startswith(("blpop", "blmove", "lmove")) for each in client.client_list()):
        os.sched_yield()


def test_a_worker_ends_when_asked_although_redis_went_before_it(
    environment: dict[str, str], valkey: subprocess.Popen[str]
) -> None:
    worker = subprocess.Popen([*flask(), "worker"], env=environment, cwd=ROOT)
    try:
        with redis.Redis(unix_socket_path=environment["FLEXIE_DATA"] + "/valkey.sock") as client:
            wait_for_jobs(client)
        valkey.send_signal(signal.SIGSTOP)
        worker.send_signal(signal.SIGTERM)  # it now takes leave of a Redis that does not answer
        valkey.kill()
        assert worker.wait(timeout=PATIENCE) == 0
    finally:
        worker.kill()
