"""P7: texts a second that one worker hands to a provider which answers in 100 ms ÷ the pace that the line is allowed.

The line's queue is filled first; then a worker and a clock run, and the provider notes the first byte of each text.
"""

from sqlalchemy import select

from benchmarks import accounts
from benchmarks.installations import ENGINES, Engine, Installation, installation, waited
from benchmarks.provider import Provider
from benchmarks.reporting import Result, arguments, show
from flexie import outbox
from flexie.db import db
from flexie.models import Line

GOAL = 0.95
ANSWERS_IN = 0.1  # seconds


class TooSlow(Exception):
    """The queue was not sent."""


def measure(engine: Engine, pace: float, count: int) -> list[Result]:
    """Measure on one database engine."""
    provider = Provider(ANSWERS_IN)
    try:
        with installation(engine) as side:
            _fill(side, provider.url, pace, count)
            side.valkey()
            side.worker()
            side.clock()
            if not waited(lambda: len(provider.moments) == count, 60 + 3 * count / pace, pause=0.2):
                raise TooSlow(f"{len(provider.moments)} of {count} were sent:\n{side.log('worker')[-2000:]}")
    finally:
        provider.stop()
    moments = sorted(provider.moments.values())
    rate = (count - 1) / (moments[-1] - moments[0])
    fastest = max(_in_a_second(moments))
    details = {"texts a second": rate, "allowed": pace, "most in any second": fastest, "texts": count}
    return [Result(f"P7 pace of a line, {engine}", rate / pace, GOAL, "higher", details=details)]


def _in_a_second(moments: list[float]) -> list[int]:
    """For each text, how many began within the second after it."""
    return [sum(begin <= other < begin + 1.0 for other in moments) for begin in moments]


def _fill(side: Installation, url: str, pace: float, count: int) -> None:
    with side.app.app_context():
        accounts.prepare(url)
        line = db.session.scalars(select(Line)).one()
        line.texts_per_second = pace
        for place in range(count):
            number = f"+1404{place:07d}"
            outbox.queue(outbox.Draft(line=line, number=number, text=f"Text {place}", intent=f"p7:{place}"))
        db.session.commit()


def main() -> None:
    """Measure and print."""
    parser = arguments("Pace of a line's queue against what is allowed.")
    parser.add_argument("--pace", type=float, default=50.0, help="segments a second that the line is allowed")
    parser.add_argument("--count", type=int, default=1_000, help="texts in the queue")
    given = parser.parse_args()
    engines = (given.engine,) if given.engine else ENGINES
    show([r for engine in engines for r in measure(engine, given.pace, given.count)], given.json)


if __name__ == "__main__":
    main()
