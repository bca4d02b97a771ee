"""A network whose clock the test moves, its courier, and a real server where a socket matters."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from flexie.simulator.app import create_app
from flexie.simulator.courier import Courier
from flexie.simulator.network import Network

from .receiver import Receiver

START = 1_800_000_000.0
LINE = "+14155550100"
PHONE = "+14155550101"
KEY = {"Authorization": "Bearer key-one"}


class Clock:
    """Seconds since the epoch that stand still until moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        pass


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "network.sqlite3"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def network(path: Path, clock: Clock, receiver: Receiver) -> Iterator[Network]:
    """One account, one line whose texts go to the receiver, one phone."""
    network = Network(path, clock)
    account = network.add_account("key-one", "secret-one")
    network.set_line(account, LINE, f"{receiver.url}/inbound")
    network.add_phone(PHONE, "Ana")
    yield network
    network.close()


@pytest.fixture
def courier(network: Network) -> Courier:
    return Courier(network)


@pytest.fixture
def api(network: Network) -> Iterator[httpx.Client]:
    """A client with the account's key, of a real server on loopback."""
    server = make_server("127.0.0.1", 0, create_app(network), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}/simulator/v1"
    with httpx.Client(base_url=base, headers=KEY, timeout=5, trust_env=False) as client:
        yield client
    server.shutdown()
    server.server_close()


@pytest.fixture
def send(api: httpx.Client, receiver: Receiver):
    """Posts a text to the phone, as the application does; fields may be overridden."""

    def post(**fields: object) -> httpx.Response:
        body = {"id": "out-1", "to": PHONE, "from": LINE, "text": "Hello", "media": []}
        body["status_callback"] = f"{receiver.url}/status"
        return api.post("/messages", json={**body, **fields})

    return post


@pytest.fixture
def behave(api: httpx.Client):
    """Changes the phone's behaviour through the API."""

    def put(**settings: object) -> dict:
        answer = api.put(f"/phones/{PHONE}/behaviour", json=settings)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return put
