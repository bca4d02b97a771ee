"""Reads many odd texts and measures each:  python -m tests.rules.fuzz_parser 100000 [SEED]

No text may raise, and none of normal size may take longer than 100 ms of processor time.
"""

import sys
import time
from pathlib import Path

from rules import Schema, check, parse
from tests.rules.random_files import damaged, lay_out, random_file, random_text, random_words, seeded

SLOWEST = 0.1
"""Seconds of processor time for one text."""

LUMP = 10_000
"""After so many it says how far it is."""

TRIES = 3
"""So often a slow text is read again: the machine that tests has other work as well."""

EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("examples/**/*.rules"))]
ANYTHING = Schema(anything=True)


def odd_text(seed):
    """A random text of one of several kinds."""
    rng = seeded(seed)
    makers = (
        lambda: damaged(rng.choice(EXAMPLES), rng),
        lambda: damaged(random_file(rng), rng),
        lambda: random_text(rng),
        lambda: spliced(rng.choice(EXAMPLES), random_file(rng), rng),
        lambda: shuffled_words(rng),
    )
    return makers[seed % len(makers)]()


def spliced(first, second, rng):
    """The beginning of one text and the end of another."""
    return first[: rng.randrange(len(first))] + second[rng.randrange(len(second)) :]


def shuffled_words(rng):
    """Words of the language in an order that hardly means anything, on lines of any depth."""
    words = random_words(rng, 1)
    for _ in range(rng.randint(1, 6)):
        first, second = rng.randrange(len(words)), rng.randrange(len(words))
        words[first], words[second] = words[second], words[first]
    opened = 0
    kept = []
    for word in words:
        opened += {"_INDENT": 1, "_DEDENT": -1}.get(word.kind, 0)
        if opened < 0:
            opened = 0
        elif word.kind != "_NL" or (kept and kept[-1].kind not in ("_NL", "_INDENT", "_DEDENT")):
            kept.append(word)
    return lay_out(kept, rng)


def seconds_to_read(text):
    """How much processor time reading takes. The findings have to be such as can be shown."""
    began = time.process_time()
    parsed = parse(text)
    took = time.process_time() - began
    for finding in parsed.findings:
        assert finding.message
        assert finding.render(text)
        assert finding.line >= 1
        assert finding.column >= 1
    check(parsed, ANYTHING)
    return took


def slowest_of(seeds):
    """Reads the text of each seed; gives the longest time and its seed. Asserts that none is too slow."""
    worst = (0.0, 0)
    for seed in seeds:
        text = odd_text(seed)
        try:
            took = seconds_to_read(text)
            if took > SLOWEST:
                took = min(seconds_to_read(text) for _ in range(TRIES))
        except Exception as error:
            raise AssertionError(f"seed {seed} raises {error!r}: {text!r}") from error
        assert took <= SLOWEST, f"seed {seed} takes {took:.3f} s: {text!r}"
        worst = max(worst, (took, seed))
    return worst


def main(count, first):
    began = time.process_time()
    took, seed = 0.0, first
    for start in range(first, first + count, LUMP):
        took, seed = max((took, seed), slowest_of(range(start, min(start + LUMP, first + count))))
        print(f"to seed {start + LUMP - 1}: the slowest took {took * 1000:.1f} ms (seed {seed})", flush=True)
    seconds = time.process_time() - began
    print(f"{count} texts in {seconds:.0f} s; the slowest took {took * 1000:.1f} ms (seed {seed})")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
