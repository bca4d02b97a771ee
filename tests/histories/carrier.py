"""What is outside, on a loopback port: a carrier that speaks Twilio's and the Simulator's protocol, and an endpoint.

It takes every text; its own reports and texts of customers are made here too, signed as those providers sign.
"""

import hashlib
import hmac
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import RequestValidator

SID = "AC" + "a" * 32
AUTH_TOKEN = "1234567890" * 3 + "12"
KEY, SECRET = "pretend-key", "pretend-secret"
ERROR_CODE = "30003"


@dataclass(frozen=True)
class Post:
    """A text that was handed over: to whom, from which number, and where its reports are to go."""

    to: str
    sender: str
    text: str
    callback: str
    provider_id: str


@dataclass(frozen=True)
class Webhook:
    """A signed request to us."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Carrier:
    """Everything that reached the outside, in order."""

    posts: list[Post] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    _ids: Any = field(default_factory=lambda: itertools.count(1))

    def twilio(self, body: bytes) -> dict[str, Any]:
        """Take a form, as Twilio does."""
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        sid = f"SM{next(self._ids):032x}"
        self.posts.append(Post(form["To"], form["From"], form["Body"], form["StatusCallback"], sid))
        return {"sid": sid, "status": "sent", "num_segments": "1", "error_code": None}

    def simulator(self, body: bytes) -> dict[str, Any]:
        """Take JSON, as the Simulator does."""
        sent = json.loads(body)
        found = f"sim-{next(self._ids)}"
        self.posts.append(Post(sent["to"], sent["from"], sent["text"], sent["status_callback"], found))
        return {"id": found, "status": "sent", "segments": 1}

    def endpoint(self, body: bytes) -> dict[str, Any]:
        """Take a webhook of a rule."""
        self.calls.append(json.loads(body))
        return {}

    def text_in(self, url: str, sender: str, to: str, text: str, moment: float) -> Webhook:
        """What is posted to a line's inbound address when somebody texts it."""
        number = next(self._ids)
        if "/twilio/" in url:
            form = {"MessageSid": f"SM{number:032x}", "AccountSid": SID, "From": sender, "To": to, "Body": text}
            return _form(url, {**form, "NumMedia": "0", "NumSegments": "1"})
        event = {"type": "inbound", "id": f"in-{number}", "from": sender, "to": to, "text": text}
        return _signed_json(url, event, moment)

    def report(self, post: Post, *, delivered: bool, moment: float) -> Webhook:
        """What is posted to the callback address of a text."""
        said = "delivered" if delivered else "undelivered"
        if "/twilio/" in post.callback:
            form = {"MessageSid": post.provider_id, "AccountSid": SID, "MessageStatus": said, "To": post.to}
            return _form(post.callback, {**form, **({} if delivered else {"ErrorCode": ERROR_CODE})})
        event = {"type": "status", "id": f"report-{next(self._ids)}", "status": said, "to": post.to}
        return _signed_json(post.callback, {**event, **({} if delivered else {"error_code": ERROR_CODE})}, moment)


def _form(url: str, form: dict[str, str]) -> Webhook:
    signature = RequestValidator(AUTH_TOKEN).compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return Webhook(url, urlencode(form).encode(), headers)


def _signed_json(url: str, event: dict[str, Any], moment: float) -> Webhook:
    body, timestamp = json.dumps(event).encode(), str(int(moment))
    signature = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Simulator-Timestamp": timestamp, "X-Simulator-Signature": signature}
    return Webhook(url, body, {**headers, "Content-Type": "application/json"})


@contextmanager
def listening() -> Iterator[Carrier]:
    """A carrier that listens for the block."""
    carrier = Carrier()
    server = HTTPServer(("127.0.0.1", 0), _handler(carrier))
    carrier.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield carrier
    finally:
        server.shutdown()
        server.server_close()


def _handler(carrier: Carrier) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            takes = {"hook": carrier.endpoint, "messages": carrier.simulator}
            raw = json.dumps(takes.get(self.path.rpartition("/")[2], carrier.twilio)(body)).encode()
            self.send_response(200 if self.path == "/hook" else 201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
