"""`python -m tests.crash`: the crash test by itself, as long as you like."""

import argparse
import signal
import sys

from tests.crash import redis_away
from tests.crash.plan import Plan, Times
from tests.crash.scenario import Report, play

LATEST_WAIT = 30.0  # seconds


def main() -> int:
    """Run, print what happened, and return 1 when a promise was broken."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # everything that was started is stopped on the way out
    options = _options()
    if options.redis_away:
        return _redis_away(options)
    plan = Plan(
        database=options.database,
        faults=options.faults,
        sends=options.sends,
        seconds=options.seconds,
        seed=options.seed,
        workers=options.workers,
        web_processes=2,
        times=Times(),
        patience=300.0,
        on_disk=True,
        late_receipts=(10.0, 40.0),
        broken=options.broken,
    )
    return _print(play(plan))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--faults", type=int, default=150)
    parser.add_argument("--sends", type=int, default=1500, help="about how many texts go out")
    parser.add_argument("--seconds", type=float, default=300.0, help="how long texts come in and things go wrong")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--redis-away", type=float, metavar="SECONDS", help="only: let Redis hang, then stay killed")
    parser.add_argument("--broken", help="a deliberately broken build; see tests/crash/broken.py")
    return parser.parse_args()


def _redis_away(options: argparse.Namespace) -> int:
    plan = Plan(database=options.database, sends=round(options.redis_away * 8), seed=options.seed, times=Times())
    away = redis_away.play(plan, options.redis_away)
    for what, lates in (("hung", away.hanging), ("was gone", away.killed)):
        print(f"while Redis {what}, {len(lates)} waits were over; the latest fired {max(lates, default=0):.1f} s late")
    for wrong in away.wrongs:
        print(f"WRONG: {wrong}")
    return 1 if away.wrongs or max(away.hanging + away.killed, default=99) > LATEST_WAIT else 0


def _print(report: Report) -> int:
    print(f"{report.texts} texts in, {report.sent} out, {sum(report.faults.values())} faults, {report.wall:.0f} s")
    print(f"faults: {dict(report.faults)}")
    print(f"provider: {dict(report.behaviours)}")
    print(f"statuses: {dict(report.statuses)}")
    print(f"webhooks retried: {report.retried_webhooks}; refused: {report.refused_webhooks[:5]}")
    print(f"ended by themselves: {report.ended_by_themselves}")
    for wait in sorted(report.waits, key=lambda wait: -wait.posted)[:3]:
        print(f"a late wait: carried on after {wait.carried_on:.1f} s, posted after {wait.posted:.1f} s")
    for complaint, times in report.complaints.most_common():
        print(f"  {times} × {complaint}")
    for wrong in report.wrongs[:50]:
        print(f"WRONG: {wrong}")
    print(f"{len(report.wrongs)} promises broken" if report.wrongs else "every promise held")
    return 1 if report.wrongs else 0


if __name__ == "__main__":
    sys.exit(main())
