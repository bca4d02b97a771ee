"""python -m tests.histories.long_runs COUNT [SEED] [sqlite|postgresql]

COUNT histories from SEED on. Of 20 one goes through Redis and RQ, if there is a Redis. A history that differs is made
shorter and printed with its seed; at the end, what was covered. Exit code 1 if one differed or a kind is missing.
"""

import logging
import sys
import time

from tests import databases
from tests.histories import account, carrier
from tests.histories.comparing import both, shorter
from tests.histories.coverage import Coverage
from tests.histories.making import history
from tests.histories.running import Running

REDIS_DATABASE = 15
NO_REDIS = "redis://127.0.0.1:1"  # nobody rings there: the workers of histories have a bell of their own
REDIS_EVERY = 20
LEAST = 500  # from so many histories on, every kind must have happened


def main(count: int, seed: int = 0, kind: str = "sqlite") -> int:
    """All of it. Returns the exit code."""
    logging.disable(logging.WARNING)
    server = databases.postgresql() if kind == "postgresql" else None
    assert server or kind == "sqlite", "there is no PostgreSQL"
    redis = databases.redis_server()
    url = f"{redis}/{REDIS_DATABASE}" if redis else NO_REDIS
    covered, began = Coverage(), time.monotonic()
    with carrier.listening() as outside, account.application(url, server) as app:
        running = Running(app, outside, redis_every=REDIS_EVERY if redis else 0)
        for number in range(seed, seed + count):
            _one(running, number, covered)
            if (number - seed + 1) % 100 == 0:
                print(f"{number - seed + 1} after {time.monotonic() - began:.0f} s", flush=True)
    print(covered.words())
    missing = covered.missing() if count >= LEAST else []
    print(f"{count:,} histories from seed {seed} on {kind} in {time.monotonic() - began:.0f} s, Redis: {bool(redis)}")
    print(f"differences: {covered.totals['differences']}; missing kinds: {', '.join(missing) or 'none'}")
    return int(bool(covered.totals["differences"] or missing))


def _one(running: Running, seed: int, covered: Coverage) -> None:
    with covered.watching():
        outcome = both(running, history(seed))
        covered.add(outcome)
    if outcome.difference is not None:
        less = shorter(running, outcome.history)
        print(f"--- seed {seed} ---\n{less.text}\n{less.difference}\n(at first: {outcome.difference})", flush=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    kinds = [one for one in arguments if not one.isdigit()]
    sys.exit(main(*(int(one) for one in arguments if one.isdigit()), *([kinds[0]] if len(arguments) == 3 else [])))
