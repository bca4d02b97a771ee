"""The matcher gives the answers of asking each pattern, only quicker."""

import random
import time

import pytest

from rules.matcher import FEW, Matcher
from rules.patterns import matches

WORDS = ["yes", "no", "opt out", "stop", "please", "late", "Straße", "5", "can't", "a", "b", "invoice", "tomorrow"]
SHAPES = ["{0}", "{0}*", "*{0}*", "*{0}", "{0}*{1}?{2}", "?{0}*", "{0} {1}", "*{0}?{1}*", "{0}*{1}", "*", "??", "{0}??"]


def some_patterns(chance: random.Random) -> tuple[str, ...]:
    return tuple(
        chance.choice(SHAPES).format(*chance.choices(WORDS, k=3)) for _ in range(chance.choice([0, 1, 1, 1, 2, 3]))
    )


def some_text(chance: random.Random) -> str:
    text = chance.choice(["", " ", "-"]).join(chance.choices(WORDS, k=chance.randint(0, 4)))
    return text.upper() if chance.random() < 0.3 else text


@pytest.mark.parametrize("size", [0, 1, 20, 60, 400, 1500])
def test_the_answers_are_those_of_asking_each(size: int) -> None:
    chance = random.Random(size)
    entries = [(number, some_patterns(chance)) for number in range(size)]
    matcher = Matcher(entries)
    for _ in range(60):
        text = some_text(chance)
        expected = [key for key, tried in entries if not tried or any(matches(pattern, text) for pattern in tried)]
        assert matcher.match(text) == expected, text


def test_an_entry_without_patterns_matches_every_text_and_the_order_is_kept() -> None:
    matcher = Matcher([("b", ("*yes*",)), ("a", ()), ("c", ("NO",))])
    assert matcher.match("oh yes") == ["b", "a"]
    assert matcher.match("no") == ["a", "c"]


def test_control_characters_in_a_text_change_nothing() -> None:
    entries = [(number, (f"word{number}*end",)) for number in range(FEW * 2)]
    assert Matcher(entries).match("word7\x02 \x03end") == [7]
    assert Matcher(entries).match("\x02word7 end\x03") == []


def test_a_hundred_times_the_patterns_cost_little_more() -> None:
    texts = ["please call me back about invoice 7", "YES", "i want to opt out now", "nothing of the kind"] * 25
    few, many = (min(_seconds(size, texts) for _ in range(3)) for size in (1_000, 30_000))
    assert many < few * 8, f"{few=} {many=}"


_made: dict[int, Matcher[int]] = {}


def _seconds(size: int, texts: list[str]) -> float:
    if size not in _made:
        shapes = ["w{0}x*", "*q{0} z*", "k{0}*b?c{1}", "v{0}"]
        _made[size] = Matcher((number, (shapes[number % 4].format(number, number % 10),)) for number in range(size))
    start = time.perf_counter()
    for text in texts:
        _made[size].match(text)
    return time.perf_counter() - start
