"""python -m tests.histories.long_runs [COUNT] [SEED] [--database postgresql] [--redis-every N]

COUNT histories from SEED on. Of N one goes through Redis and RQ, if there is a Redis. A history that differs is made
shorter and printed with its seed; at the end, what was covered, and a few seeds that together cover all of it. Exit
code 1 if one differed or a kind was too rare.
"""

import argparse
import logging
import sys
import time

from tests import databases
from tests.histories import account, carrier
from tests.histories.comparing import both, shorter
from tests.histories.coverage import Coverage
from tests.histories.making import history
from tests.histories.running import Running
from tests.histories.workers import Storm

REDIS_DATABASE = 15
NO_REDIS = "redis://127.0.0.1:1"  # nobody rings there: the workers of histories have a bell of their own
ONE_OF = 200  # in one of so many histories, at least, every kind must have happened


def main() -> int:
    """All of it. Returns the exit code."""
    options = _options()
    logging.disable(logging.WARNING)
    server = databases.postgresql() if options.database == "postgresql" else None
    assert server or options.database == "sqlite", "there is no PostgreSQL"
    redis = databases.redis_server()
    url = f"{redis}/{REDIS_DATABASE}" if redis else NO_REDIS
    covered, began = Coverage(), time.monotonic()
    with carrier.listening() as outside, account.application(url, server) as app:
        running = Running(app, outside, redis_every=options.redis_every if redis else 0)
        done, seed = 0, options.seed
        while done < options.count:
            done += _one(running, seed, covered)
            seed += 1
            if done % 50 == 0:
                print(f"{done}, to seed {seed - 1}, after {time.monotonic() - began:.0f} s", flush=True)
    where = f"on {options.database}, through Redis: {_through_redis(options) if redis else 0:,}"
    print(f"{options.count:,} histories from seed {options.seed} in {time.monotonic() - began:.0f} s {where}")
    return _conclude(covered, options.count)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.histories.long_runs", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=2000)
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--redis-every", type=int, default=20, metavar="N", help="0: no history goes through Redis")
    return parser.parse_args()


def _one(running: Running, seed: int, covered: Coverage) -> bool:
    """Play one. Returns whether it counts."""
    try:
        with covered.watching():
            outcome = both(running, history(seed))
            covered.add(outcome)
    except Storm:
        return False
    if outcome.difference is not None:
        less = shorter(running, outcome)
        print(f"--- seed {seed} ---\n{less.text}\n{less.difference}\n(at first: {outcome.difference})", flush=True)
    return True


def _through_redis(options: argparse.Namespace) -> int:
    seeds = range(options.seed, options.seed + options.count)
    return sum(seed % options.redis_every == 0 for seed in seeds) if options.redis_every else 0


def _conclude(covered: Coverage, count: int) -> int:
    print(covered.words())
    print(f"seeds that cover all of it: {covered.few()}")
    rare = covered.missing(count // ONE_OF)
    print(f"differences: {covered.totals['differences']}; rare kinds: {', '.join(rare) or 'none'}")
    return int(bool(covered.totals["differences"] or rare))


if __name__ == "__main__":
    sys.exit(main())
