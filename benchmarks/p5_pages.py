"""P5: the server's time for each page and each list of the API, with very many messages ÷ with a thousand.

The pages are those that the application has routes for, with what may be asked of them (`plenty/variants.py`). Both
accounts are asked in turn in one process; each figure is the median of many looks, at several rows of each sort. Lists
are cut to ten rows in both accounts, since a thousand messages do not fill a page: what is compared is how rows are
found, and not how many there are.
"""

import gc
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from benchmarks.installations import ENGINES, Engine
from benchmarks.plenty import Size
from benchmarks.plenty.kept import kept
from benchmarks.plenty.side import Side
from benchmarks.plenty.variants import ROWS, Variant, variants
from benchmarks.reporting import Result, arguments, show
from flexie import heldback, inbox, seeking, survey
from flexie.web import notices, records, runs, thread, timeline
from flexie.web.settings import audit
from flexie.web.settings.consent import heldback as held
from flexie.web.settings.consent import ledger

GOAL, GOAL_OF_SEARCH, MOST_STATEMENTS = 1.3, 3.0, 12
SMALL = Size(1_000, 100, 1_000)
LARGE = {"postgresql": Size(1_000_000, 100_000, 1_000_000), "sqlite": Size(100_000, 10_000, 100_000)}
ROWS_OF_RUNS = 2  # that have failed of one rule, where there are a thousand messages
WARM_UP = 3  # looks that are not counted
ONCE_MORE = 4  # times as many looks at what seems to miss the goal

CUT = [(inbox, "PAGE"), (inbox, "MOST_ROWS"), (records, "PAGE"), (timeline, "PAGE"), (runs, "PAGE"), (notices, "PAGE"),
       (thread, "MOST_NEWER"), (seeking, "MOST"), (seeking, "MOST_PEOPLE"), (audit, "PAGE"), (ledger, "PAGE"),
       (held, "PAGE"), (heldback, "MOST_WAITING")]  # fmt: skip


@dataclass
class Compared:
    """A page in both accounts."""

    variant: Variant
    small: list[float] = field(default_factory=list)
    large: list[float] = field(default_factory=list)
    statements: int = 0

    @property
    def ratio(self) -> float:
        """How many times as long it takes in the large account."""
        return median(self.large) / median(self.small)

    @property
    def goal(self) -> float:
        """What that may be."""
        return GOAL_OF_SEARCH if self.variant.is_search else GOAL

    def __str__(self) -> str:
        times = f"{median(self.small) * 1e3:.1f} → {median(self.large) * 1e3:.1f} ms"
        return f"{self.variant} [{times}, {self.statements} statements]"


def compare(small: Side, large: Side, rounds: int, only: str) -> list[Compared]:
    """Look at every page in both accounts, in turn."""
    compared = []
    for variant in variants(large.app):
        if only in str(variant) and (found := _look(small, large, Compared(variant), rounds)):
            if found.ratio > found.goal * 0.9:
                found = _look(small, large, Compared(variant), rounds * ONCE_MORE) or found
            compared.append(found)
            print(f"{found.ratio:.2f} {found}", file=sys.stderr, flush=True)  # it takes long: one sees how it goes
    return compared


def _look(small: Side, large: Side, page: Compared, rounds: int) -> Compared | None:
    """None where either account shows no such page."""
    for turn in range(-WARM_UP, rounds):
        for side in (small, large) if turn % 2 else (large, small):
            shown = side.show(page.variant, turn)
            if shown is None or shown.status >= 400:
                return None
            page.statements = max(page.statements, shown.statements)
            if turn >= 0:
                (page.small if side is small else page.large).append(shown.seconds)
    return page


def measure(engine: Engine, rounds: int, *, keep: bool, only: str = "") -> list[Result]:
    """Compare on one database engine."""
    with ExitStack() as stack:
        sides = []
        for size in (SMALL, LARGE[engine]):
            made = stack.enter_context(kept(engine, size, keep=keep))
            made.valkey()
            with made.app.app_context():
                survey.look()
            sides.append(Side(made.app))
        for module, name in CUT:
            setattr(module, name, ROWS)
        thread.AROUND = ROWS // 2
        runs.PAGE = ROWS_OF_RUNS
        gc.freeze()
        return _results(engine, compare(*sides, rounds, only))


def _results(engine: Engine, pages: Sequence[Compared]) -> list[Result]:
    plain = [page for page in pages if not page.variant.is_search]
    sought = [page for page in pages if page.variant.is_search]
    size = f"{LARGE[engine].messages:,} ÷ {SMALL.messages:,} messages, {engine}"
    results = [
        Result(f"P5 {name}, {size}", max(page.ratio for page in some), goal, "lower", details=_missing(some))
        for name, some, goal in (("pages", plain, GOAL), ("searches", sought, GOAL_OF_SEARCH))
        if some
    ]
    most = max(page.statements for page in pages)
    many = {str(page): page.statements for page in pages if page.statements > MOST_STATEMENTS}
    return [*results, Result(f"P5 statements, {engine}", most, MOST_STATEMENTS, "lower", "a page", many)]


def _missing(pages: Sequence[Compared]) -> dict[str, float]:
    """How many there are, the median of all, and those that miss the goal, the worst first."""
    worst = sorted(pages, key=lambda page: -page.ratio)
    details = {"pages": float(len(pages)), "median ratio": median(page.ratio for page in pages)}
    return details | {str(page): page.ratio for page in worst if page.ratio > page.goal}


def main() -> None:
    """Measure and print."""
    parser = arguments("Each page with very many messages against the same with a thousand.")
    parser.add_argument("--rounds", type=int, default=15, help="looks at each page and account")
    parser.add_argument("--keep", action="store_true", help="keep the accounts, and use those that were kept")
    parser.add_argument("--only", default="", help="only pages whose name has this in it")
    given = parser.parse_args()
    engines = (given.engine,) if given.engine else ENGINES
    results = [one for engine in engines for one in measure(engine, given.rounds, keep=given.keep, only=given.only)]
    show(results, given.json)


if __name__ == "__main__":
    main()
