"""Formats many random and damaged files:  python -m tests.rules.format_many 10000 [SEED]"""

import re
import sys
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

from rules import format_source, parse
from tests.rules.random_files import damaged, lay_out, random_file, random_words, seeded

EXAMPLES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("examples/**/*.rules"))]
FILES = 6
"""So many come of one seed."""

_UNIT = re.compile(r"(second|minute|hour|day|week|month)s\b", re.IGNORECASE)
_SHORT_CLOCK = re.compile(r"(?<!\d)(\d:\d\d)")


def look_at(text):
    """Formats the text and asserts what has to hold for any text. Gives what came of it."""
    done = format_source(text)
    if done.findings:
        assert (done.text, done.changed) == (text, False)
        assert all(finding.level == "Error" for finding in done.findings)
        return done
    assert done.changed == (done.text != text)
    assert format_source(done.text) == type(done)(done.text, (), False)
    read = parse(done.text)
    assert read.findings == ()
    before = parse(text)
    if all(finding.code == "R019" for finding in before.findings):
        assert read.file.items == before.file.items
    lines_stay(lines_of(text), lines_of(done.text))
    is_laid_out(done.text)
    return done


def lines_of(text):
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def lines_stay(before, after):
    """No line is joined, split or dropped, and each comment stands above the line that it stood above."""
    for collect in (lines, remarks):
        were, are = Counter(collect(before)), Counter(collect(after))
        assert were == are, (were - are, are - were)


def lines(texts):
    return (bare(text) for text in texts if bare(text) not in ("", "version1"))


def remarks(texts):
    """Each comment on a line of its own with the nearest line below it that is none; comments in their order."""
    waiting = []
    for text in texts:
        if text.strip().startswith("#"):
            waiting.append(bare(text))
        elif bare(text) and not bare(text).startswith("version1"):
            yield tuple(waiting), bare(text)
            waiting = []
    yield tuple(waiting), ""


def bare(text):
    """A line without everything that formatting may change in it."""
    plain = _UNIT.sub(r"\1", _SHORT_CLOCK.sub(r"0\1", text))
    return re.sub(r"\s+", "", plain).lower()


def is_laid_out(text):
    assert text.startswith("version 1")
    assert text.endswith("\n")
    rows = text.split("\n")[:-1]
    assert rows[-1].strip()
    for above, row in pairwise(["", *rows]):
        code = not row.lstrip(" ").startswith(("|", "#"))
        assert (len(row) - len(row.lstrip(" "))) % 2 == 0
        assert row.lstrip(" ").startswith("|") or row == row.rstrip()
        assert row or above
        assert row or not above.endswith(":") or above.lstrip(" ").startswith(("|", "#")) or "  #" in above
        assert not code or not re.match(r" *(else|on (reply|any|no))\b", row) or above


def layouts_agree(seed):
    """One file in several layouts, without comments, has one canonical form."""
    words = random_words(seeded(seed))
    layouts = [lay_out(words, seeded(seed + number), remarks=False, tabs=number == 2) for number in range(3)]
    assert len({look_at(text).text for text in layouts}) == 1


def look_at_seed(seed):
    """Looks at a file of this seed in several layouts, damaged, and at a damaged example. Counts the formatted ones."""
    rng = seeded(seed)
    valid = random_file(rng)
    assert look_at(valid).findings == ()
    layouts_agree(seed)
    harmed = [look_at(damaged(valid, rng)), look_at(damaged(rng.choice(EXAMPLES), rng))]
    return 4 + sum(not done.findings for done in harmed)


def main(count, first):
    began = time.process_time()
    formatted = 0
    for seed in range(first, first + count):
        try:
            formatted += look_at_seed(seed)
        except Exception:
            print(f"seed {seed}:", file=sys.stderr)
            raise
    seconds = time.process_time() - began
    print(f"{FILES * count} files, {formatted} formatted, {FILES * count - formatted} left alone; {seconds:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
