"""P4: a text against all running patterns: against asking `fnmatch` for each, and how the cost grows with their number.

The patterns are a mixture of four shapes in equal parts: a whole text, `word*`, `*two words*` and `a*b?c`. Their words
are made of syllables, as are those of the texts: a third short answers, the others sentences. Some hundred patterns
are written to hit the texts, and the same ones stand in every set; whatever else would hit one is left out, so that
each text has the same hits in all of them.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import product
from statistics import median

from benchmarks.reporting import Result, arguments, show
from rules.matcher import Matcher

GOAL_RATIO = 150.0
GOAL_GROWTH = 4.0
FEW, SOME, MANY = 1_000, 10_000, 100_000
TEXTS = 200
TARGETS = 120  # texts that patterns are written for, by one pattern of each shape
SYLLABLES = [first + vowel for first, vowel in product("bcdfghklmnprstvy", "aeiou")]
ENDINGS = ["", "n", "r", "s", "t", "ng", "ed"]

Patterns = list[str]


def measure(rounds: int, many: int) -> list[Result]:
    """Make texts and patterns, check that the answers are equal, and time the sides in turn."""
    chance = random.Random(4)
    words = _words(chance, 30_000)
    texts = [_text(chance, words[:400]) for _ in range(TEXTS)]
    hitting = list(dict.fromkeys(pattern for text in texts[:TARGETS] for pattern in _hitting(chance, text)))
    patterns = [*hitting, *_missing(chance, words[400:], texts, many - len(hitting))]
    few, some, all_of = (Matcher((one, (one,)) for one in patterns[:size]) for size in (FEW, SOME, many))
    hits = [len(few.match(text)) for text in texts]
    lowered = [pattern.lower() for pattern in patterns[:SOME]]
    asked = texts[:: TEXTS // 10]
    for text in asked:
        assert some.match(text) == [one for one in patterns[:SOME] if fnmatchcase(text.lower(), one.lower())], text
    assert hits == [len(all_of.match(text)) for text in texts]
    spent: dict[str, list[float]] = {"fnmatch": [], "few": [], "some": [], "many": []}
    for _ in range(rounds):
        spent["fnmatch"].append(_each(lambda text: _ask_fnmatch(lowered, text), asked))
        for name, matcher in (("few", few), ("some", some), ("many", all_of)):
            spent[name].append(_each(matcher.match, texts, repeat=5))
    return _results(spent, many, hits)


def _results(spent: dict[str, list[float]], many: int, hits: Sequence[int]) -> list[Result]:
    ratios = [each / ours for each, ours in zip(spent["fnmatch"], spent["some"], strict=True)]
    growths = [large / small for large, small in zip(spent["many"], spent["few"], strict=True)]
    against = {
        "fnmatch for each pattern, µs a text": median(spent["fnmatch"]),
        "matcher, µs a text": median(spent["some"]),
        "lowest ratio of a round": min(ratios),
        "hits a text": sum(hits) / len(hits),
    }
    growth = {
        f"{FEW:,} patterns, µs a text": median(spent["few"]),
        f"{many:,} patterns, µs a text": median(spent["many"]),
        "highest ratio of a round": max(growths),
    }
    return [
        Result(f"P4 {SOME:,} patterns ÷ fnmatch each", median(ratios), GOAL_RATIO, "higher", details=against),
        Result(f"P4 cost at {many:,} ÷ at {FEW:,}", median(growths), GOAL_GROWTH, "lower", details=growth),
    ]


def _words(chance: random.Random, count: int) -> list[str]:
    """Different words of two to four syllables."""
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) + chance.choice(ENDINGS)] = None
    return list(made)


def _text(chance: random.Random, words: Sequence[str]) -> str:
    """As customers write: an answer of a word or two, or a sentence."""
    length = chance.randint(1, 3) if chance.random() < 0.33 else chance.randint(5, 20)
    return " ".join(chance.choices(words, k=length)).capitalize() + chance.choice(["", "", ".", "!", "?"])


def _hitting(chance: random.Random, text: str) -> Iterator[str]:
    """One pattern of each shape that hits the text."""
    words = text.split()
    yield text.rstrip("?")
    yield f"{words[0].upper()}*"
    at = chance.randrange(max(1, len(words) - 1))
    yield f"*{' '.join(words[at : at + 2]).rstrip('?')}*"
    if len(words) > 2:
        yield f"{words[0]}*{words[-2]}?{words[-1].rstrip('?')}*"


def _missing(chance: random.Random, words: Sequence[str], texts: Sequence[str], count: int) -> Patterns:
    """Different patterns of each shape that hit none of the texts."""
    shapes = ["{0} {1}", "{0} {1}*", "*{0} {1}*", "{0}*{1}?{2}"]
    made: dict[str, None] = {}
    while len(made) < count * 1.02:
        made[shapes[len(made) % 4].format(*chance.choices(words, k=3))] = None
    matcher = Matcher((pattern, (pattern,)) for pattern in made)
    wrong = {pattern for text in texts for pattern in matcher.match(text)}
    return [pattern for pattern in made if pattern not in wrong][:count]


def _ask_fnmatch(patterns: Patterns, text: str) -> Patterns:
    lowered = text.lower()
    return [pattern for pattern in patterns if fnmatchcase(lowered, pattern)]


def _each(ask: Callable[[str], object], texts: Sequence[str], repeat: int = 1) -> float:
    """Microseconds of processor time a text."""
    started = time.process_time()
    for _ in range(repeat):
        for text in texts:
            ask(text)
    return (time.process_time() - started) / (repeat * len(texts)) * 1e6


def main() -> None:
    """Measure and print."""
    parser = arguments("Cost of a text by the number of patterns, and against fnmatch.")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--many", type=int, default=MANY, help="patterns on the large side")
    given = parser.parse_args()
    show(measure(given.rounds, given.many), given.json)


if __name__ == "__main__":
    main()
