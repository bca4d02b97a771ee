"""The stand-in's receipts: in random order, some twice, for a few texts never."""

import random
import threading
from dataclasses import dataclass, field

from tests.crash.posting import Poster, Webhook
from tests.house import LINE_NUMBER, SID

NEVER = 0.04  # of all texts
TWICE = 0.2  # of all receipts
LATE = 0.08  # of all texts have late receipts
FINALS = {"delivered": 85, "undelivered": 8, "failed": 7}


@dataclass
class Reports:
    """Receipts for accepted texts, and what each was told to have come to (None: nothing was told).

    `usual` and `late` are how many seconds after the POST they come, at least and at most.
    """

    seed: int
    poster: Poster
    usual: tuple[float, float]
    late: tuple[float, float]
    told: dict[str, str | None] = field(default_factory=dict)
    kind: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, callback: str, sid: str, to: str, body: str) -> None:
        """Plan the receipts of an accepted text; its own words decide, so that a run can be repeated."""
        draw = random.Random(f"{self.seed}:{to}:{body}:receipts")
        public_id = callback.rpartition("message=")[2]
        if draw.random() < NEVER and not self.kind:
            self._note(public_id, None)
            return
        final = "delivered" if self.kind else draw.choices(list(FINALS), list(FINALS.values()))[0]
        self._note(public_id, final)
        delay = self.late if draw.random() < LATE else self.usual
        for status in ("sent", final):
            form = _form(sid, status, to)
            for _ in range(2 if draw.random() < TWICE else 1):
                self.poster.post(Webhook(callback, form), draw.uniform(*delay))

    def _note(self, public_id: str, final: str | None) -> None:
        with self._lock:
            self.told[public_id] = final


def _form(sid: str, status: str, to: str) -> dict[str, str]:
    form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": SID, "To": to, "From": LINE_NUMBER}
    return {**form, "ErrorCode": "30003"} if status in ("undelivered", "failed") else form
