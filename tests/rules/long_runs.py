"""Long versions of tests of the rule language:

python -m tests.rules.long_runs zones [ROUNDS]       every clock change from 1970 to 2040 in odd zones
python -m tests.rules.long_runs patterns [PAIRS]     patterns and texts against a table
python -m tests.rules.long_runs inclusion            all pairs of short patterns against all short texts
"""

import sys
import time
from collections import Counter

from tests.rules import test_pattern_oracles, test_zones
from tests.rules.wall_clocks import ZONES, wall_clock

SIX_HOURS = 6 * 3_600


def zones(rounds: int = 20) -> str:
    """Changes are looked for every six hours, so that none is overlooked."""
    found, asked = [], 0
    for name in ZONES:
        clock = wall_clock(name, SIX_HOURS)
        assert clock.changes == wall_clock(name).changes
        for change in test_zones.changes_of(clock):
            asked += rounds * len(test_zones.ASKED)
            found += test_zones.differences(clock, change, rounds)
    assert not found, "\n".join(found)
    return f"{len(ZONES)} zones, {asked:,} answers, no difference"


def patterns(count: int = 1_000_000) -> str:
    """As many pairs of each alphabet; and how long the hardest match takes."""
    both: Counter[bool] = Counter()
    alphabets = test_pattern_oracles.ALPHABETS.values()
    for alphabet in alphabets:
        matched, missed = test_pattern_oracles.compare_pairs(alphabet, count // len(alphabets), seed=1)
        both += Counter({True: matched, False: missed})
    worst = max(test_pattern_oracles.milliseconds(*pair) for pair in test_pattern_oracles.HARD)
    return f"{both[True]:,} pairs match, {both[False]:,} do not, no difference; the worst match took {worst:.2f} ms"


def inclusion(longest: int = 4) -> str:
    """Every pair of patterns of up to so many characters, against texts of up to two more."""
    written = test_pattern_oracles.short_patterns(longest)
    seen = Counter(
        test_pattern_oracles.compare_languages(one, other, longest + 2) for one in written for other in written
    )
    covered = sum(count for (is_covered, _), count in seen.items() if is_covered)
    shared = sum(count for (_, is_shared), count in seen.items() if is_shared)
    return f"{sum(seen.values()):,} pairs: {covered:,} cover, {shared:,} share a text, no difference"


COMMANDS = {command.__name__: command for command in (zones, patterns, inclusion)}


def main(name: str, *numbers: str) -> None:
    """Carry one command out and print what it saw and how long it took."""
    began = time.process_time()
    said = COMMANDS[name](*map(int, numbers))
    print(f"{name}: {said}; {time.process_time() - began:.0f} s")


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in COMMANDS:
        main(*sys.argv[1:])
    else:
        sys.exit(__doc__)
