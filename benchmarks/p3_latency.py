"""P3: from a text's arrival until the reply's first byte is at the provider, with the real processes and nothing else.

One text at a time, each from another number, with pauses in between: web, worker, clock and Valkey run as `bin/run`
runs them, and the provider is a stand-in on loopback. The moment counts at which the reply's first byte is there, so
the provider's own time is not in it. Two beginnings are told apart: when the webhook was answered (the text is
accepted), and when its request was written.
"""

import random
import time
from dataclasses import dataclass, field

from benchmarks import accounts, load
from benchmarks.installations import ENGINES, Engine, installation
from benchmarks.provider import Provider
from benchmarks.reporting import Result, arguments, show

GOALS = {50: 15.0, 99: 40.0}  # milliseconds
WARM_UP = 10  # texts, not counted
PATIENCE = 20.0  # seconds


@dataclass
class Trips:
    """Milliseconds of each trip, from the webhook's answer and from its request."""

    from_answer: list[float] = field(default_factory=list)
    from_request: list[float] = field(default_factory=list)


def measure(engine: Engine, texts: int) -> list[Result]:
    """Send the texts, one after the other, through an idle installation."""
    provider = Provider()
    try:
        with installation(engine) as made:
            with made.app.app_context():
                account = accounts.prepare(provider.url, step='send sms "Thank you, we will call you."')
            made.valkey()
            web = made.web()
            made.worker()
            made.clock()
            trips = Trips()
            for place in range(WARM_UP + texts):
                if place == WARM_UP:
                    trips = Trips()
                _trip(web.port, account.inbound_path, place, provider, trips)
    finally:
        provider.stop()
    return _results(engine, trips)


def _trip(port: int, path: str, place: int, provider: Provider, trips: Trips) -> None:
    request = load.twilio_requests(path, [place])
    posted = load.volley(port, request)
    arrived = provider.wait_for(accounts.number(place), PATIENCE)
    trips.from_answer.append((arrived - posted.ended) * 1e3)
    trips.from_request.append((arrived - posted.ended + posted.seconds[0]) * 1e3)
    time.sleep(random.uniform(0.03, 0.09))  # so that nothing beats in time with the processes' own pauses


def _results(engine: Engine, trips: Trips) -> list[Result]:
    return [
        Result(
            f"P3 text accepted → reply at the provider, p{percent}, {engine}",
            _percentile(trips.from_answer, percent),
            goal,
            "lower",
            "ms",
            {
                "from the webhook's request, ms": _percentile(trips.from_request, percent),
                "slowest from the answer, ms": max(trips.from_answer),
                "texts": len(trips.from_answer),
            },
        )
        for percent, goal in GOALS.items()
    ]


def _percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def main() -> None:
    """Measure and print."""
    parser = arguments("From a text's arrival to the reply's first byte at the provider, idle system.")
    parser.add_argument("--texts", type=int, default=300, help="texts for each database")
    given = parser.parse_args()
    if given.texts + WARM_UP > 2 * accounts.KNOWN:
        parser.error(f"At most {2 * accounts.KNOWN - WARM_UP} texts: each number writes once.")
    engines = (given.engine,) if given.engine else ENGINES
    show([result for engine in engines for result in measure(engine, given.texts)], given.json)


if __name__ == "__main__":
    main()
