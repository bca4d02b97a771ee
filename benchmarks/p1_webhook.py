"""P1: texts a second through the webhook route ÷ through a bare Flask route that stores the same rows.

Both stand behind gunicorn with the application's own settings and two processes, each on its own database of one
engine. Rounds alternate, and who comes first alternates too; the figure is the median of the rounds' ratios.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks import accounts, load
from benchmarks.installations import ENGINES, Engine, Web, cpu_seconds, installation
from benchmarks.reporting import Result, arguments, show

GOAL = 0.8
WARM_UP = 600  # requests, not counted


@dataclass
class Side:
    """One of the two servers, and what its rounds came to."""

    web: Web
    path: str
    loads: list[load.Load] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def volley(self, places: Sequence[int]) -> load.Load:
        """Post a text for each place."""
        return load.volley(self.web.port, load.twilio_requests(self.path, places))

    def round(self, places: Sequence[int]) -> None:
        """Post a text for each place, and note the rate and the processor time."""
        before = cpu_seconds(self.web.process)
        self.loads.append(self.volley(places))
        self.cpu.append((cpu_seconds(self.web.process) - before) / len(places))


def measure(engine: Engine, rounds: int, requests: int) -> Result:
    """Run the rounds on one database engine."""
    with installation(engine) as bare, installation(engine) as whole:
        with bare.app.app_context():
            accounts.prepare()
        with whole.app.app_context():
            account = accounts.prepare()
        whole.valkey()
        bare.environment["BARE_TOKEN"] = accounts.TOKEN
        limit, route = Side(bare.web("benchmarks.bare_app:app"), "/bare"), Side(whole.web(), account.inbound_path)
        for side in (limit, route):
            side.volley(range(WARM_UP))
        for turn in range(rounds):
            for side in (limit, route) if turn % 2 else (route, limit):
                side.round(range(turn * requests, (turn + 1) * requests))
    return _result(engine, route, limit)


def _result(engine: Engine, route: Side, limit: Side) -> Result:
    ratios = [ours.rate / best.rate for ours, best in zip(route.loads, limit.loads, strict=True)]
    details = {
        "route, texts a second": median(one.rate for one in route.loads),
        "bare, texts a second": median(one.rate for one in limit.loads),
        "route, ms at p50": median(one.percentile(50) for one in route.loads) * 1e3,
        "route, ms at p99": median(one.percentile(99) for one in route.loads) * 1e3,
        "bare, ms at p99": median(one.percentile(99) for one in limit.loads) * 1e3,
        "route, µs of CPU a text in the web processes": median(route.cpu) * 1e6,
        "bare, µs of CPU a text in the web processes": median(limit.cpu) * 1e6,
        "lowest ratio of a round": min(ratios),
        "highest ratio of a round": max(ratios),
    }
    return Result(f"P1 webhook, {engine}", median(ratios), GOAL, "higher", details=details)


def main() -> None:
    """Measure and print."""
    parser = arguments("Webhook route against a bare Flask route that stores the same rows.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=4_000, help="texts in a round and side")
    given = parser.parse_args()
    engines = (given.engine,) if given.engine else ENGINES
    show([measure(engine, given.rounds, given.requests) for engine in engines], given.json)


if __name__ == "__main__":
    main()
