"""A stand-in for Twilio with bad days: it counts every POST, and answers well, late, wrongly or not at all."""

import hashlib
import json
import random
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.crash.reports import Reports

WEIGHTS = {
    "accepts": 58, "answers late": 14, "accepts, says 500": 5, "accepts, hangs up": 5, "accepts, resets": 3,
    "accepts, says nothing": 3, "throttles": 8, "says 500": 2, "hangs up": 2,
}  # fmt: skip
NOT_TAKEN = frozenset({"throttles", "says 500", "hangs up"})
_BUSY = {"code": 20429, "message": "Too Many Requests", "status": 429}
_BROKEN = {"code": 20500, "message": "Internal Server Error", "status": 500}
FAULTS = {"throttles": (429, _BUSY), "accepts, says 500": (500, _BROKEN), "says 500": (500, _BROKEN)}


@dataclass
class Post:
    """One POST that arrived: when (seconds since the epoch), and what the stand-in did with it."""

    public_id: str
    to: str
    body: str
    at: float
    behaviour: str

    @property
    def accepted(self) -> bool:
        """Whether the text goes out to the phone."""
        return self.behaviour not in NOT_TAKEN


@dataclass
class Held:
    """A POST that is under way: taken, and not answered before `released`. None has come yet while `post` is None."""

    post: Post | None = None
    released: threading.Event = field(default_factory=threading.Event)


@dataclass
class Provider:
    """What arrived, by our public id, and how it answers (seeded by the text itself, so that a run can be repeated)."""

    seed: int
    timeout: float
    reports: Reports
    kind: bool = False
    posts: dict[str, list[Post]] = field(default_factory=lambda: defaultdict(list))
    held: Held | None = None
    lock: threading.Condition = field(default_factory=threading.Condition)
    server: "ThreadingHTTPServer | None" = None
    port: int = 0

    def take(self, form: dict[str, list[str]]) -> Post:
        """Count a POST, decide what becomes of it, and plan its receipts."""
        callback = form["StatusCallback"][0]
        public_id = parse_qs(urlsplit(callback).query)["message"][0]
        to, body = form["To"][0], form["Body"][0]
        with self.lock:
            earlier = self.posts[public_id]
            draw = random.Random(f"{self.seed}:{to}:{body}:{len(earlier)}")
            chosen = "accepts" if self.kind else draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            post = Post(public_id, to, body, time.time(), chosen)
            earlier.append(post)
            if self.held is not None and self.held.post is None and post.accepted:
                self.held.post = post
            self.lock.notify_all()
        if post.accepted:
            self.reports.plan(callback, sid_of(public_id, len(earlier)), to, body)
        return post

    @contextmanager
    def one_under_way(self, seconds: float) -> Iterator[Post | None]:
        """The next POST whose text goes out to a phone, held for the block; None when none comes within `seconds`."""
        held = Held()
        with self.lock:
            self.held = held
            self.lock.wait_for(lambda: held.post is not None, seconds)
        try:
            yield held.post
        finally:
            with self.lock:
                self.held = None
            held.released.set()

    def wait_while_held(self, post: Post) -> None:
        """Keep the answer to a POST that is held."""
        held = self.held
        if held is not None and held.post is post:
            held.released.wait(60)

    @property
    def all(self) -> list[Post]:
        """Every POST."""
        with self.lock:
            return [post for posts in self.posts.values() for post in posts]

    def doubled(self) -> list[str]:
        """Public ids that were posted again although the first POST may have sent them."""
        with self.lock:
            return [key for key, posts in self.posts.items() if sum(p.behaviour != "throttles" for p in posts) > 1]

    def open(self) -> None:
        """Listen, on the same port as before."""
        self.server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Refuse connections; what is being answered goes on."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None


def sid_of(public_id: str, number: int) -> str:
    """The stand-in's own id of a text."""
    return "SM" + hashlib.md5(f"{public_id}:{number}".encode(), usedforsecurity=False).hexdigest()


class _Server(ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed is no news."""


def _handler(of: Provider) -> type["_Handler"]:
    return type("Handler", (_Handler,), {"provider": of})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    provider: ClassVar[Provider]

    def do_POST(self) -> None:
        """Take a text, and behave."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
        post = self.provider.take(form)
        self.provider.wait_while_held(post)
        self._behave(post)

    def _behave(self, post: Post) -> None:
        if post.behaviour in ("accepts", "answers late"):
            return self._accept(post)
        if post.behaviour in FAULTS:
            return self._answer(*FAULTS[post.behaviour])
        if post.behaviour == "accepts, says nothing":
            time.sleep(self.provider.timeout * 2)
        if post.behaviour == "accepts, resets":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True
        return None

    def _accept(self, post: Post) -> None:
        late = post.behaviour == "answers late"
        time.sleep(random.uniform(0.2, 0.7) * self.provider.timeout if late else random.uniform(0, 0.03))
        sid = sid_of(post.public_id, len(self.provider.posts[post.public_id]))
        self._answer(201, {"sid": sid, "status": "queued", "num_segments": "1", "error_code": None})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Nothing on the test's output."""
