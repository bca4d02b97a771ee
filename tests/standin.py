"""A stand-in for Twilio on a loopback port: counts what is posted to it and answers as a test wishes."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Post:
    """One send that arrived."""

    path: str
    form: dict[str, list[str]]
    headers: dict[str, str]

    def one(self, name: str) -> str:
        """The only value of a parameter."""
        (value,) = self.form[name]
        return value

    @property
    def our_id(self) -> str:
        """Our public id, from the status callback."""
        return parse_qs(urlsplit(self.one("StatusCallback")).query)["message"][0]


@dataclass
class Get:
    """One file that was asked for."""

    path: str
    headers: dict[str, str]


@dataclass
class StandIn:
    """What it received, and how it answers: a list of answers is used up, then it accepts everything.

    An answer is (status, JSON), or "drop": the request is read and the connection closed. What is asked for by GET is
    looked up in `files`: bytes, a status, or the address of a redirect; what is not there is answered 404.
    """

    posts: list[Post] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    files: dict[str, bytes | int | str] = field(default_factory=dict)
    gets: list[Get] = field(default_factory=list)
    url: str = ""

    def next_answer(self) -> Any:
        """How the present request is answered."""
        if self.answers:
            return self.answers.pop(0)
        number = len(self.posts)
        return 201, {"sid": f"SM{number:032x}", "status": "queued", "num_segments": "1", "error_code": None}


def _handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            standin.posts.append(Post(self.path, parse_qs(body, keep_blank_values=True), dict(self.headers)))
            answer = standin.next_answer()
            if answer == "drop":
                self.close_connection = True
                return
            status, content = answer
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            standin.gets.append(Get(self.path, dict(self.headers)))
            found = standin.files.get(self.path, 404)
            self.send_response(200 if isinstance(found, bytes) else found if isinstance(found, int) else 307)
            if isinstance(found, str):
                self.send_header("Location", found)
            body = found if isinstance(found, bytes) else b""
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def serve(standin: StandIn) -> ThreadingHTTPServer:
    """Serve from a thread of its own; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(standin))
    standin.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
