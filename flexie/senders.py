"""The threads of a worker that call others (providers, webhooks), so that a slow one holds up no rule and no text."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from flask import Flask

from flexie import bell, callouts, outbound, providers, pulling
from flexie.media import fetching

SEND_THREADS = 8
CALL_THREADS = 4
FETCH_THREADS = 2
MOST_TO_ONE_ADDRESS = 2  # of the threads for calls: a slow endpoint leaves the others to the rest

log = logging.getLogger(__name__)
Claim = TypeVar("Claim")


class Senders(Generic[Claim]):
    """Up to `threads` at a time. `wake()` returns at once; each thread claims and carries out until nothing is due.

    `claim` takes what is longest due, or None; `carry_out` does it and writes down what came of it; `let_go` is called
    at the end.
    """

    def __init__(
        self,
        app: Flask,
        name: str,
        threads: int,
        claim: Callable[[], Claim | None],
        carry_out: Callable[[Claim], None],
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        self.app = app
        self.threads = threads
        self._claim, self._carry_out, self._let_go = claim, carry_out, let_go
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._busy = 0
        self._again = False
        self._lock = threading.Lock()

    def wake(self) -> None:
        """There may be something to do. A wake while all threads work makes one of them look once more."""
        with self._lock:
            self._again = True
            if self._busy >= self.threads:
                return
            self._busy += 1
        self._pool.submit(self._work)

    def close(self) -> None:
        """Finish the calls that are under way, start no new ones, and close the connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._let_go()

    def _work(self) -> None:
        try:
            with self.app.app_context():
                while self._one_more():
                    pass
        except Exception:
            log.exception("sender stopped; its rows stay due")
        finally:
            with self._lock:
                self._busy -= 1

    def _one_more(self) -> bool:
        """Carry out one. Returns whether to look for another."""
        with self._lock:
            self._again = False
        claimed = self._claim()
        if claimed is None:
            with self._lock:
                return self._again
        self.wake()
        self._carry_out(claimed)
        return True


def of_texts(app: Flask) -> Senders[outbound.Claim]:
    """The threads that hand texts to providers."""
    client = providers.new_client(SEND_THREADS)

    def send(claimed: outbound.Claim) -> None:
        outbound.finish(claimed, outbound.call(claimed, client))

    return Senders(app, "sender", SEND_THREADS, outbound.claim, send, client.close)


def of_calls(app: Flask) -> Senders[callouts.Claim]:
    """The threads that call webhooks for rules."""
    lanes = _Lanes()
    return Senders(app, "caller", CALL_THREADS, lanes.claim, lanes.carry_out)


def of_media(app: Flask) -> Senders[fetching.Claim]:
    """The threads that fetch what came with texts."""

    def fetch(claimed: fetching.Claim) -> None:
        fetching.finish(claimed, fetching.fetch(claimed))

    return Senders(app, "fetcher", FETCH_THREADS, fetching.claim, fetch)


def of_lists(app: Flask) -> Senders[pulling.Claim]:
    """The thread that reads providers' lists."""
    client = providers.new_client(1)

    def pull(claimed: pulling.Claim) -> None:
        for kind in pulling.carry_out(claimed, client):
            bell.ring(kind)

    return Senders(app, "puller", 1, pulling.claim, pull, client.close)


class _Lanes:
    """Claims calls so that no more than MOST_TO_ONE_ADDRESS go to one address at a time."""

    def __init__(self) -> None:
        self._under_way: Counter[int] = Counter()
        self._lock = threading.Lock()

    def claim(self) -> callouts.Claim | None:
        with self._lock:
            full = [address for address, count in self._under_way.items() if count >= MOST_TO_ONE_ADDRESS]
            claimed = callouts.claim(full)
            if claimed is not None:
                self._under_way[claimed.address_id] += 1
            return claimed

    def carry_out(self, claimed: callouts.Claim) -> None:
        try:
            callouts.finish(claimed, callouts.call(claimed))
        finally:
            with self._lock:
                self._under_way[claimed.address_id] -= 1
