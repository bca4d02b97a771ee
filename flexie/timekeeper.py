"""Step 7: the clock process. It sleeps until the earliest due moment, rings, and runs the reconciler and the survey.

Safe in several copies: ringing twice is ringing once, and every change it makes is decided by the row it changes.
"""

import logging
import threading
import time
from typing import cast

from flask import Flask

from flexie import batches, bell, db, reconciler, survey

LONGEST_SLEEP = 0.25  # seconds; a moment that becomes due meanwhile is found at the next look
SHORTEST_SLEEP = 0.01
SLEEP_AFTER_RINGING = 0.05  # the next moment hides behind those that are due until somebody has worked
RECONCILE_EVERY = 5.0  # seconds
SURVEY_EVERY = 3_600.0  # seconds

log = logging.getLogger(__name__)


class Timekeeper:
    """Rings for what becomes due."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stopped = threading.Event()
        self._next_reconcile = 0.0
        self._next_survey = 0.0

    def run(self) -> None:
        """Until stopped. A database or a Redis that is away is met with patience."""
        pause = SHORTEST_SLEEP
        while not self.stopped.wait(pause):
            try:
                with self.app.app_context():
                    pause = self.tick()
            except Exception:
                log.exception("tick failed, trying again")
                pause = 1.0

    def tick(self) -> float:
        """One look: ring for due work, and reconcile or survey when it is time.

        Returns the seconds to sleep until the next look.
        """
        if time.monotonic() >= self._next_reconcile:
            self._next_reconcile = time.monotonic() + RECONCILE_EVERY
            reconciler.reconcile()
            reconciler.seen("clock")
        if time.monotonic() >= self._next_survey:
            self._next_survey = time.monotonic() + SURVEY_EVERY
            survey.look()
        with db.reading(), db.transaction():
            now = db.now()
            due = reconciler.due_since()
        waits = [LONGEST_SLEEP]
        for kind, moment in due.items():
            seconds = (moment - now).total_seconds()
            if seconds <= 0:
                bell.ring(cast(batches.Work, kind))
            waits.append(seconds if seconds > 0 else SLEEP_AFTER_RINGING)
        return max(SHORTEST_SLEEP, min(waits))

    def stop(self) -> None:
        """End after the present look."""
        self.stopped.set()
