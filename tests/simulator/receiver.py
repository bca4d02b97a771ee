"""A tiny webhook receiver on loopback: keeps what was posted and answers as told."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> dict:
        return json.loads(self.raw)


class Receiver:
    """Listens from construction until `close`. `answers` holds statuses for the next requests; then 200."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.answers: deque[int] = deque()
        self.arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = receiver.note(Received(self.path, dict(self.headers), raw))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def note(self, request: Received) -> int:
        with self.arrived:
            self.requests.append(request)
            self.arrived.notify_all()
            return self.answers.popleft() if self.answers else 200

    def wait_for(self, count: int, seconds: float = 10) -> list[dict]:
        """The events once there are `count` of them; fails the test when they do not come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, seconds), self.events
        return self.events

    @property
    def events(self) -> list[dict]:
        return [request.event for request in self.requests]

    @property
    def statuses(self) -> list[str]:
        return [event["status"] for event in self.events if event["type"] == "status"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
