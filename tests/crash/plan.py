"""What a crash run is to be: how many faults and sends, over which database, how long things may take."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import timedelta

SENDS_A_TEXT = 2.6  # an answer, a later text, and mostly one more when the answer was delivered


@dataclass(frozen=True)
class Times:
    """Seconds that the application's own constants are shortened to, so that a run ends within its minute.

    `lease` and `timeout` are those of a send, `hold_after` is how long an outcome may stay unknown.
    """

    lease: float = 8.0
    timeout: float = 2.0
    hold_after: float = 12.0

    def as_environment(self) -> dict[str, str]:
        """How a process of the application is told."""
        return {"CRASH_TIMES": json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> "Times":
        """What this process was told."""
        return cls(**json.loads(os.environ["CRASH_TIMES"]))

    def apply(self) -> None:
        """Shorten the constants of this process."""
        from flexie import outbound
        from flexie.providers import transport

        outbound.LEASE = timedelta(seconds=self.lease)
        outbound.TIMEOUT = self.timeout
        outbound.HOLD_AFTER = timedelta(seconds=self.hold_after)
        transport.CONNECT_SECONDS = self.timeout


SHORT = Times(lease=4.0, timeout=1.0, hold_after=4.0)


@dataclass(frozen=True)
class Plan:
    """One run. `seconds` is how long texts come in and faults happen; waiting for quiet comes on top.

    `patience` is how many seconds that may take before the run counts as stuck. SQLite's files wait for a disk if
    `on_disk`; that a process is killed needs none. `broken` names a deliberately broken build, `only` the kinds of
    faults to draw from, `receipts` and `late_receipts` how many seconds after a send they come; with `until_wrong`
    the run ends as soon as a text went out twice.
    """

    database: str = "sqlite"
    faults: int = 10
    sends: int = 100
    seconds: float = 10.0
    seed: int = 1
    workers: int = 1
    web_processes: int = 1
    times: Times = SHORT
    patience: float = 180.0
    broken: str | None = None
    until_wrong: bool = False
    on_disk: bool = False
    only: tuple[str, ...] = ()
    receipts: tuple[float, float] = (0.0, 1.5)
    late_receipts: tuple[float, float] = (3.0, 7.0)

    @property
    def texts(self) -> int:
        """How many texts customers send."""
        return max(4, round(self.sends / SENDS_A_TEXT))
