"""The harness that every adapter goes through: its table of cases, and a provider that misbehaves on request."""

import importlib
import socket
import struct
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from flexie import connections
from flexie.db import transaction
from flexie.providers import OutboundText, adapter, names, new_client
from tests.providers.arriving import SECOND

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(params=names())
def provider(request):
    """Each adapter with its table: a provider without a `cases_<name>` module fails here."""
    cases = importlib.import_module(f"tests.providers.cases_{request.param}")
    return SimpleNamespace(adapter=adapter(request.param), cases=cases, now=NOW)


@pytest.fixture
def text():
    return OutboundText("m-1", "+14135550122", "+12025550111", "hi", (), "https://sms.example.test/s")


@pytest.fixture
def client():
    with new_client() as client:
        yield client


class FaultServer:
    """A server on loopback that counts whole POSTs and then does what `misbehave` says."""

    def __init__(self):
        self.posts = 0
        self.arrived = threading.Event()
        self.requests = []
        self.misbehave = lambda connection: None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._talking = self._socket
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        for known in (self._socket, self._talking):
            with suppress(OSError):
                known.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection):
        self._talking = connection
        connection.settimeout(5)
        try:
            while self._receive(connection):
                self.posts += 1
                self.arrived.set()
                if self.misbehave(connection) != "stay":
                    return
        except OSError:
            return

    def _receive(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                return False
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append((head.decode(), body))
        return True


def respond(status, body=b"{}", headers=(), then=None):
    """Answer in full, then close the connection, or keep it with then="stay"."""

    def answer(connection):
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return then

    return answer


def reset(connection):
    """Close with a TCP reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection):
    """Say nothing until the client has gone."""
    connection.recv(1)


def drip(connection):
    """Begin an answer and never end it."""
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n")
    end = time.monotonic() + 5
    while time.monotonic() < end:
        connection.sendall(b"{")
        threading.Event().wait(0.02)


@pytest.fixture
def faults():
    server = FaultServer()
    server.respond, server.reset, server.silence, server.drip = respond, reset, silence, drip
    yield server
    server.close()


@pytest.fixture
def connected(house, provider, faults, moving_clock):
    """The provider's account with two lines, at the moment that its table of cases is signed for."""
    moving_clock.moment = provider.cases.NOW
    (status, _, body), _ = provider.cases.RESPONSES["accepted"]
    faults.misbehave = faults.respond(status, body.encode())
    with house.app.app_context(), transaction():
        numbers = [provider.cases.LINE, SECOND]
        made = connections.add(provider.adapter.name, "Tested", provider.cases.CREDENTIALS, numbers, faults.url)
        provider.addresses = {kind: connections.webhook_url(made.lines[0], kind) for kind in ("inbound", "status")}
    house.provider, house.faults = provider, faults
    return house
