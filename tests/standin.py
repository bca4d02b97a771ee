"""A stand-in for Twilio on a loopback port: counts what is posted to it and answers as a test wishes."""

import json
import re
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LISTS = re.compile(r"/(IncomingPhoneNumbers|Messages|Media)\.json")


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
    numbers: list[dict[str, Any]] = field(default_factory=list)  # what its list of numbers holds
    listed: list[dict[str, Any]] = field(default_factory=list)  # what its list of messages holds, newest first
    media: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # of listed messages, by their ids
    asked: list[str] = field(default_factory=list)  # addresses that were read
    auth_token: str = ""  # if set, reading needs it
    a_page: int = 50

    def next_answer(self) -> Any:
        """How the present request is answered."""
        if self.answers:
            return self.answers.pop(0)
        number = len(self.posts)
        return 201, {"sid": f"SM{number:032x}", "status": "queued", "num_segments": "1", "error_code": None}

    def forget(self) -> None:
        """As if it had just been started."""
        for kept in (
            self.posts,
            self.answers,
            self.numbers,
            self.listed,
            self.asked,
            self.gets,
            self.files,
            self.media,
        ):
            kept.clear()
        self.auth_token = ""

    def own_number(self, number: str, **more: Any) -> dict[str, Any]:
        """Let the account have a number."""
        sid = f"PN{len(self.numbers):032x}"
        entry = {"sid": sid, "phone_number": number, "friendly_name": "", "sms_url": "", "capabilities": {"sms": True}}
        self.numbers.append({**entry, **more})
        return self.numbers[-1]

    def read(self, path: str, authorization: str) -> tuple[int, Any]:
        """The answer to a GET: a page of numbers or of messages."""
        self.asked.append(path)
        if self.auth_token and f":{self.auth_token}" not in b64decode(authorization.removeprefix("Basic ")).decode():
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        parts = urlsplit(path)
        if parts.path.endswith("/Media.json"):
            return 200, {"media_list": self.media.get(parts.path.split("/")[-2], []), "next_page_uri": None}
        name, entries = (
            ("incoming_phone_numbers", self.numbers)
            if "IncomingPhoneNumbers" in parts.path
            else ("messages", self.listed)
        )
        at = int(parse_qs(parts.query).get("Page", ["0"])[0])
        begin, end = at * self.a_page, (at + 1) * self.a_page
        more = f"{parts.path}?Page={at + 1}" if end < len(entries) else None
        return 200, {name: entries[begin:end], "next_page_uri": more}

    def set_address(self, post: Post) -> tuple[int, Any]:
        """The answer to a change of a number's addresses."""
        for entry in self.numbers:
            if entry["sid"] in post.path:
                entry["sms_url"] = post.one("SmsUrl")
                return 200, entry
        return 404, {"code": 20404, "message": "not found", "status": 404}


def _handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if LISTS.search(self.path):
                return self._answer(*standin.read(self.path, self.headers["Authorization"]))
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
            return None

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            post = Post(self.path, parse_qs(body, keep_blank_values=True), dict(self.headers))
            if "IncomingPhoneNumbers" in self.path:
                return self._answer(*standin.set_address(post))
            standin.posts.append(post)
            answer = standin.next_answer()
            if answer == "drop":
                self.close_connection = True
                return None
            return self._answer(*answer)

        def _answer(self, status: int, content: Any) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def serve(standin: StandIn) -> ThreadingHTTPServer:
    """Serve from a thread of its own; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(standin))
    standin.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
