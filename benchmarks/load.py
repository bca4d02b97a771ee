"""Posts signed texts over many kept-alive connections, as fast as they are answered: one thread, raw sockets."""

import base64
import hashlib
import hmac
import re
import secrets
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks import accounts, installations

CONNECTIONS = 16
LONGEST_SILENCE = 20.0  # seconds; a process that still starts may take some
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


class BadAnswer(Exception):
    """A request was not answered with 200: there is nothing to measure."""


@dataclass(frozen=True)
class Load:
    """What came of a volley: requests answered a second, the seconds that each took, sorted, and when the last was
    answered (time.perf_counter()).
    """

    rate: float
    seconds: list[float]
    ended: float

    def percentile(self, percent: float) -> float:
        """Seconds within which so many of a hundred were answered."""
        return self.seconds[min(len(self.seconds) - 1, int(len(self.seconds) * percent / 100))]


def twilio_requests(path: str, places: Sequence[int]) -> list[bytes]:
    """One whole HTTP request for each place: a text as Twilio posts it, with a MessageSid of its own."""
    return [_request(path, place) for place in places]


def _request(path: str, place: int) -> bytes:
    sid = f"SM{secrets.token_hex(16)}"
    fields = {
        "ToCountry": "US", "ToState": "DC", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "WASHINGTON",
        "FromZip": "80202", "SmsSid": sid, "FromState": "CO", "SmsStatus": "received", "FromCity": "DENVER",
        "Body": accounts.text(place), "FromCountry": "US", "To": accounts.LINE, "ToZip": "20001", "NumSegments": "1",
        "MessageSid": sid, "AccountSid": accounts.ACCOUNT, "From": accounts.number(place % (2 * accounts.KNOWN)),
        "ApiVersion": "2010-04-01",
    }  # fmt: skip
    signed = installations.PUBLIC_URL + path + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(accounts.TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: sms.example.com\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: {len(body)}\r\n"
        f"X-Home-Region: us1\r\nI-Twilio-Idempotency-Token: {secrets.token_hex(16)}\r\n"
        f"X-Twilio-Signature: {base64.b64encode(digest).decode()}\r\n\r\n{body}"
    ).encode()


def volley(port: int, requests: Sequence[bytes], connections: int = CONNECTIONS) -> Load:
    """Post all requests, one at a time on each connection.

    Raises:
        BadAnswer: one was answered with anything but 200.
    """
    waiting = iter(requests)
    selector = selectors.DefaultSelector()
    started = time.perf_counter()
    posters = [_Poster(port, selector, waiting) for _ in range(min(connections, len(requests)))]
    while selector.get_map():
        heard = selector.select(LONGEST_SILENCE)
        if not heard:
            raise BadAnswer(f"{len(selector.get_map())} requests were not answered in {LONGEST_SILENCE:g} seconds")
        for key, _ in heard:
            key.data.hear()
    ended = time.perf_counter()
    seconds = sorted(taken for poster in posters for taken in poster.seconds)
    return Load(len(seconds) / (ended - started), seconds, ended)


class _Poster:
    """One connection: posts the next request when the one before is answered."""

    def __init__(self, port: int, selector: selectors.BaseSelector, waiting: Iterator[bytes]) -> None:
        self.seconds: list[float] = []
        self._selector, self._waiting = selector, waiting
        self._answer = b""
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(self._socket, selectors.EVENT_READ, self)
        self._post()

    def hear(self) -> None:
        """Something came in."""
        received = self._socket.recv(65_536)
        self._answer += received
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not received or not head.startswith(b"HTTP/1.1 200"):
            raise BadAnswer(self._answer[:500].decode(errors="replace") or "the connection was closed")
        length = _LENGTH.search(head + b"\r\n")
        if end and length is not None and len(body) >= int(length[1]):
            self.seconds.append(time.perf_counter() - self._posted)
            self._answer = b""
            self._post()

    def _post(self) -> None:
        request = next(self._waiting, None)
        if request is None:
            self._selector.unregister(self._socket)
            self._socket.close()
            return
        self._posted = time.perf_counter()
        self._socket.sendall(request)
