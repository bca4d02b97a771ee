"""So many requests are worked on at once, however many threads hold streams open: the others wait for their turn.

More at once would be no faster, and would ask for more connections to the database than there are.
"""

import threading
from collections.abc import Iterable
from typing import Any

STREAMS = "/live"


class Turns:
    """WSGI middleware: at most `at_once` requests inside, streams of news not counted."""

    def __init__(self, application: Any, at_once: int) -> None:
        self.application = application
        self._free = threading.BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == STREAMS:
            return self.application(environ, start_response)
        with self._free:
            return self.application(environ, start_response)
