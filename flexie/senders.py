"""The threads of a worker that call providers, so that a slow provider holds up no rule and no inbound text."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from flask import Flask

from flexie import outbound, providers

THREADS = 8

log = logging.getLogger(__name__)


class Senders:
    """Up to THREADS sends at a time. `wake()` returns at once; each thread claims and sends until nothing is due."""

    def __init__(self, app: Flask, threads: int = THREADS) -> None:
        self.app = app
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="sender")
        self._client: httpx.Client = providers.new_client(threads)
        self._busy = 0
        self._again = False
        self._lock = threading.Lock()

    def wake(self) -> None:
        """There may be something to send. A wake while all threads work makes one of them look once more."""
        with self._lock:
            self._again = True
            if self._busy >= self.threads:
                return
            self._busy += 1
        self._pool.submit(self._work)

    def close(self) -> None:
        """Finish the calls that are under way, start no new ones, and close the connections."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._client.close()

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
        """Send one message. Returns whether to look for another."""
        with self._lock:
            self._again = False
        claimed = outbound.claim()
        if claimed is None:
            with self._lock:
                return self._again
        self.wake()
        outbound.finish(claimed, outbound.call(claimed, self._client))
        return True
