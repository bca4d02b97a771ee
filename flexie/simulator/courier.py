"""Carries due callbacks to webhook addresses, signed, and tries again where a provider would."""

from __future__ import annotations

import hashlib
import hmac
import logging
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from flexie.simulator.deliveries import claim_next, finish, next_due, postpone
from flexie.simulator.network import Network
from flexie.simulator.records import Delivery

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""How often the file is looked at for callbacks that another process planned."""

ATTEMPT = httpx.Timeout(10.0, connect=5.0, write=5.0)
"""How long, in seconds, one attempt may take for each of its parts: in all less than the lease of a claim."""

BACKOFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
"""The pauses after failed attempts, the last one for good: quick at first, for this network is for trying things."""

GIVE_UP_SECONDS = 24 * 3600.0
"""A callback that nobody took for this long is lost, as at several real providers."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the timestamp, a dot and the raw body, under the account's secret."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class Courier:
    """Delivers what is due. `deliver_due` does it by hand; `start` does it from a thread until `stop`.

    Several may work on one file, in one process or in many: each callback is claimed by one of them. Start
    it after a fork, not before.
    """

    def __init__(
        self,
        network: Network,
        client: httpx.Client | None = None,
        workers: int = 8,
        backoff: Sequence[float] = BACKOFF_SECONDS,
    ) -> None:
        self.network = network
        self.backoff = tuple(backoff)
        self._client = client or httpx.Client(timeout=ATTEMPT, trust_env=False, follow_redirects=False)
        self._workers = workers
        self._free = threading.Semaphore(workers)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver in the background. A second call does nothing."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="simulator-courier", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Finish the attempts that are under way, then rest. What is still owed stays in the file."""
        thread, self._thread = self._thread, None
        self._stopping.set()
        self.network.bell.set()
        if thread is not None:
            thread.join()

    def deliver_due(self, now: float | None = None) -> int:
        """Make every callback that is due at `now` (seconds since the epoch), in order; how many were tried."""
        moment = self.network.clock() if now is None else now
        tried = 0
        while (delivery := claim_next(self.network, moment)) is not None:
            self._deliver(delivery, moment)
            tried += 1
        return tried

    def _run(self) -> None:
        with ThreadPoolExecutor(self._workers, "simulator-delivery") as pool:
            while not self._stopping.is_set():
                self.network.bell.clear()
                if not self._hand_out(pool):
                    self.network.bell.wait(self._pause())

    def _hand_out(self, pool: ThreadPoolExecutor) -> bool:
        """Claim one callback and give it to a free worker; False when there is nothing to do or nobody free."""
        if not self._free.acquire(timeout=POLL_SECONDS):
            return False
        delivery = self._claim()
        if delivery is None:
            self._free.release()
            return False
        pool.submit(self._work, delivery)
        return True

    def _claim(self) -> Delivery | None:
        try:
            return claim_next(self.network, self.network.clock())
        except sqlite3.OperationalError:
            # Another process holds the file for long; what is due stays due.
            logger.warning("The simulator's file is busy; its callbacks wait.")
            return None

    def _work(self, delivery: Delivery) -> None:
        try:
            self._deliver(delivery, self.network.clock())
        finally:
            self._free.release()
            self.network.bell.set()

    def _pause(self) -> float:
        due = next_due(self.network)
        ahead = due - self.network.clock() if due is not None else POLL_SECONDS
        # What is overdue but not to be had is in another courier's hands: look again at the usual pace.
        return ahead if 0 < ahead < POLL_SECONDS else POLL_SECONDS

    def _deliver(self, delivery: Delivery, now: float) -> None:
        answer = self._post(delivery, now) if delivery.url else 200
        if answer is not None and 200 <= answer < 300:
            finish(self.network, delivery, "received", now)
        elif answer is not None and answer < 500 and answer != 429:
            finish(self.network, delivery, "refused", now)
        else:
            self._try_later(delivery, now)

    def _post(self, delivery: Delivery, now: float) -> int | None:
        """The HTTP status of the answer, or None when there was none."""
        body, timestamp = delivery.body.encode(), str(int(now))
        headers = {
            "Content-Type": "application/json",
            "X-Simulator-Timestamp": timestamp,
            "X-Simulator-Signature": signature(delivery.secret, timestamp, body),
        }
        try:
            return self._client.post(str(delivery.url), content=body, headers=headers).status_code
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            return None

    def _try_later(self, delivery: Delivery, now: float) -> None:
        if now - delivery.planned_at > GIVE_UP_SECONDS:
            finish(self.network, delivery, "lost", now)
        else:
            pause = self.backoff[min(delivery.attempts, len(self.backoff)) - 1]
            postpone(self.network, delivery, now + pause, now)
