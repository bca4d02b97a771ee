"""P6: a tick of the clock with a million waits pending ÷ with a thousand, and how late a due wait is carried on.

Two installations of one database engine differ in nothing but the number of waiting runs; ticks with nothing due are
taken on both in turn. Then a worker and a clock run on the large one, and some of its waits become due one by one.
"""

import time
from collections.abc import Callable
from statistics import median

from benchmarks import accounts, pending
from benchmarks.installations import ENGINES, Engine, Installation, installation, waited
from benchmarks.reporting import Result, arguments, show
from flexie import reconciler
from flexie.timekeeper import Timekeeper

GOAL_COST = 1.5
GOAL_LATE = 1.0  # seconds, p99
FEW = 1_000  # pending waits on the small side
TICKS = 40  # in a round and on a side
APART = 0.1  # seconds between two waits that become due


class TooSlow(Exception):
    """Due waits were not carried on."""


def measure(engine: Engine, many: int, rounds: int, due: int) -> list[Result]:
    """Measure the cost and the lateness on one database engine."""
    with installation(engine) as small, installation(engine) as large:
        real = {side: _fill(side, count, due) for side, count in ((small, FEW), (large, many))}
        ticks: dict[Installation, list[float]] = {small: [], large: []}
        looks: dict[Installation, list[float]] = {small: [], large: []}
        for _ in range(rounds):
            for side in (small, large):
                with side.app.app_context():
                    ticks[side] += _timed(_tick_of(side), TICKS)
                    looks[side] += _timed(reconciler.reconcile, 3)
        late = _lateness(large, real[large])
    return [_cost(engine, many, ticks[small], ticks[large], looks[small], looks[large]), _late(engine, late)]


def _fill(side: Installation, count: int, real: int) -> list[int]:
    """Prepare the account, let some runs come to their wait, and multiply one of them. Returns the real ones."""
    with side.app.app_context():
        accounts.prepare()
        side.valkey()
        ids = pending.waiting_runs(real)
        pending.multiply(ids[0], count - real)
    return ids


def _tick_of(side: Installation) -> Callable[[], object]:
    """A tick that does not reconcile: that happens once in many ticks and is timed by itself."""
    keeper = Timekeeper(side.app)
    keeper.tick()
    return keeper.tick


def _timed(what: Callable[[], object], times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        what()
        seconds.append(time.perf_counter() - started)
    return seconds


def _lateness(side: Installation, ids: list[int]) -> list[float]:
    side.worker()
    side.clock()
    with side.app.app_context():
        due = pending.spread_due(ids, after=3.0, apart=APART)
        if not waited(lambda: len(pending.lateness(due)) == len(ids), 60 + len(ids) * APART, pause=0.5):
            raise TooSlow(f"Some waits were not carried on:\n{side.log('worker')[-2000:]}\n{side.log('clock')[-500:]}")
        return sorted(pending.lateness(due))


def _cost(
    engine: Engine,
    many: int,
    small: list[float],
    large: list[float],
    looks_small: list[float],
    looks_large: list[float],
) -> Result:
    details = {
        f"a tick with {many:,} waits, ms": median(large) * 1e3,
        f"a tick with {FEW:,} waits, ms": median(small) * 1e3,
        f"reconciling (every 5 s) with {many:,} waits, ms": median(looks_large) * 1e3,
        f"reconciling (every 5 s) with {FEW:,} waits, ms": median(looks_small) * 1e3,
    }
    return Result(f"P6 cost of a tick, {engine}", median(large) / median(small), GOAL_COST, "lower", details=details)


def _late(engine: Engine, late: list[float]) -> Result:
    """The p99 of the lateness. A wait that went on early would be worse than any: it makes the measure infinite."""
    p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
    details = {"earliest, s": late[0], "median, s": median(late), "latest, s": late[-1], "waits": len(late)}
    value = p99 if late[0] >= 0 else float("inf")
    return Result(f"P6 lateness of a due wait, p99, {engine}", value, GOAL_LATE, "lower", "s", details)


def main() -> None:
    """Measure and print."""
    parser = arguments("Cost of a clock's tick by the number of pending waits, and lateness of due ones.")
    parser.add_argument("--many", type=int, default=1_000_000, help="pending waits on the large side")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--due", type=int, default=100, help="waits that become due")
    given = parser.parse_args()
    engines = (given.engine,) if given.engine else ENGINES
    show([r for engine in engines for r in measure(engine, given.many, given.rounds, given.due)], given.json)


if __name__ == "__main__":
    main()
