"""Access tokens of providers that want one for each send: fetched when needed, kept while they are good.

A token is fetched before the one POST of an attempt, so where none can be had, nothing was sent.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flexie.providers.json_body import NotReadable, count_in, read_object, text_of
from flexie.providers.sending import HttpRequest, NotSent, Rejected, Throttled, pause

SPARE_SECONDS = 60.0
"""A token is not used any more when it is good for less than this."""

Fetch = Callable[[HttpRequest], tuple[int, dict[str, str], bytes]]
"""Carries a request and gives the status, the headers (names in lower case) and the body of its answer."""


class NoToken(Exception):
    """No token could be had; `outcome` is what that means for the send."""

    def __init__(self, outcome: NotSent | Rejected | Throttled) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


@dataclass(frozen=True)
class Token:
    """A token, until when it is good by this process's own clock, and whether it was fetched just now."""

    value: str
    good_until: float
    is_fresh: bool = True


class Tokens:
    """The tokens of one process, by the request that fetches each. Safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[str, Token] = {}
        self._lock = threading.Lock()

    def of(self, wanted: HttpRequest, label: str, fetch: Fetch) -> Token:
        """The token that this request fetches. Raises NoToken."""
        mark = _mark(wanted)
        kept = self._kept.get(mark)
        if kept is not None and kept.good_until > time.monotonic():
            return Token(kept.value, kept.good_until, is_fresh=False)
        token = _read(label, *fetch(wanted))
        with self._lock:
            self._kept[mark] = token
        return token

    def forget(self, wanted: HttpRequest) -> None:
        """The provider takes this token no more."""
        with self._lock:
            self._kept.pop(_mark(wanted), None)


def _mark(wanted: HttpRequest) -> str:
    words = "\0".join((wanted.url, wanted.headers.get("Authorization", "")))
    return hashlib.sha256(words.encode()).hexdigest()


def _read(label: str, status: int, headers: dict[str, str], body: bytes) -> Token:
    if status == 429:
        raise NoToken(pause(headers))
    if status in (400, 401, 403):
        refusal = f"{label} gives no access token: check the key and its secret on the connection's page."
        raise NoToken(Rejected(f"HTTP {status}", refusal, bad_credentials=True))
    try:
        found = read_object(body)
    except NotReadable:
        found = {}
    value, seconds = text_of(found, "access_token"), count_in(found, "expires_in") or 0
    if not 200 <= status < 300 or not value.isascii() or not value.isprintable() or not value:
        raise NoToken(NotSent(f"{label} gave no access token (HTTP {status})"))
    return Token(value, time.monotonic() + seconds - SPARE_SECONDS)
