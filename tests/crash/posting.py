"""A provider that does not give up: webhooks are posted, signed, until they are answered with 2xx."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
from twilio.request_validator import RequestValidator

from tests.house import AUTH_TOKEN

THREADS = 6
RETRY = 0.5  # seconds
TIMEOUT = 8.0  # seconds that an answer may take


@dataclass
class Webhook:
    """One webhook."""

    url: str
    form: dict[str, str]
    acknowledged: Callable[[], None] = lambda: None
    attempts: int = 0


class Poster:
    """Posts webhooks at their moments, with a few threads."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Webhook]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._under_way = 0
        self._closed = False
        self.refused: list[tuple[int, str]] = []
        self.retries = 0
        self._client = httpx.Client(timeout=TIMEOUT, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def post(self, webhook: Webhook, after: float = 0.0) -> None:
        """Post it in `after` seconds, and again until it is acknowledged."""
        with self._wake:
            heapq.heappush(self._heap, (time.monotonic() + after, next(self._order), webhook))
            self._wake.notify()

    @property
    def pending(self) -> int:
        """How many are not acknowledged yet."""
        with self._wake:
            return len(self._heap) + self._under_way

    def close(self) -> None:
        """Drop what is pending and end the threads."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout=TIMEOUT + 1)
        self._client.close()

    def _work(self) -> None:
        while webhook := self._next():
            try:
                self._once(webhook)
            finally:
                with self._wake:
                    self._under_way -= 1

    def _next(self) -> Webhook | None:
        with self._wake:
            while not self._closed:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    self._under_way += 1
                    return heapq.heappop(self._heap)[2]
                self._wake.wait(wait)
        return None

    def _once(self, webhook: Webhook) -> None:
        webhook.attempts += 1
        try:
            status = self._answer(webhook)
        except httpx.HTTPError:
            status = 0
        if 200 <= status < 300:
            webhook.acknowledged()
            return
        if status not in (0, 503):
            self.refused.append((status, webhook.url))
        self.retries += 1
        self.post(webhook, RETRY)

    def _answer(self, webhook: Webhook) -> int:
        signature = RequestValidator(AUTH_TOKEN).compute_signature(webhook.url, webhook.form)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return self._client.post(webhook.url, content=urlencode(webhook.form), headers=headers).status_code
