"""Inclusion and intersection against trying every short text."""

import random
import time
from itertools import product

import pytest

from rules import patterns
from rules.inclusion import includes, intersection
from rules.patterns import fold, matches


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("Y*", "YES PLEASE*", True),
        ("YES PLEASE*", "Y*", False),
        ("*", "anything", True),
        ("*", "", True),
        ("?*", "*", False),
        ("?*", "?", True),
        ("*?*", "?*", True),
        ("yes", "YES", True),
        ("straße*", "STRASSE 5*", True),
        ("*stop*", "stop", True),
        ("*stop*", "please stop it*", True),
        ("*a*b*", "*ab*", True),
        ("*ab*", "*a*b*", False),
        ("a?c", "abc", True),
        ("a?c", "a*c", False),
        (r"\*", "*", False),
        ("*", r"\*", True),
        ("?* a", "* a", True),
        ("?*?", "?", False),
        ("??*", "?* ?*", True),
        ("a ?*", "a *", True),
        ("NO*", "NO *", True),
        ("NO *", "NO*", False),
    ],
)
def test_a_pattern_covers_another(wide: str, narrow: str, expected: bool) -> None:
    assert includes(wide, narrow) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("YES*", "*please*", "yesplease"),
        ("YES", "NO*", None),
        ("YES*", "*NO", "yesno"),
        ("*", "*", ""),
        ("?", "*", "x"),
        ("a?c", "?b?", "abc"),
        ("a*", "*b*c", "abc"),
        ("*a", "*b", None),
        ("ab*", "a", None),
        (r"\?", "?", "?"),
    ],
)
def test_two_patterns_share_a_text(one: str, other: str, expected: str | None) -> None:
    assert intersection(one, other) == expected


TEXTS = sorted({fold("".join(letters)) for length in range(7) for letters in product("ab c", repeat=length)}, key=len)


def some_pattern(chance: random.Random) -> str:
    return "".join(chance.choices("ab *?", weights=[3, 2, 2, 4, 2], k=chance.randint(0, 6)))


def test_inclusion_equals_trying_every_short_text() -> None:
    chance = random.Random(1)
    both = {True: 0, False: 0}
    for _ in range(1_200):
        wide, narrow = some_pattern(chance), some_pattern(chance)
        if chance.random() < 0.5:
            wide = narrow.replace(chance.choice("ab ?"), chance.choice("?*"), 1)
        answer = includes(wide, narrow)
        assert answer == (missed(wide, narrow) is None), (wide, narrow, missed(wide, narrow))
        both[answer] += 1
    assert min(both.values()) > 200


def missed(wide: str, narrow: str) -> str | None:
    """A short text that only the narrow pattern matches."""
    inner, outer = patterns.compile(narrow), patterns.compile(wide)
    return next((text for text in TEXTS if inner.matches_folded(text) and not outer.matches_folded(text)), None)


def test_intersection_finds_a_shortest_text_or_there_is_none() -> None:
    chance = random.Random(2)
    empty = 0
    for _ in range(1_500):
        one, other = some_pattern(chance), some_pattern(chance)
        shared, tried = intersection(one, other), first_shared(one, other)
        if shared is None:
            empty += 1
            assert tried is None, (one, other, tried)
        else:
            assert matches(one, shared), (one, other, shared)
            assert matches(other, shared), (one, other, shared)
            assert tried is None or len(shared) == len(tried), (one, other, shared, tried)
    assert empty > 100


def first_shared(one: str, other: str) -> str | None:
    left, right = patterns.compile(one), patterns.compile(other)
    return next((text for text in TEXTS if left.matches_folded(text) and right.matches_folded(text)), None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*a" * 100, "*a" * 99 + "b"),
        ("*a" + "?" * 190, "*a" * 100),
        ("*a" + "?" * 50 + "*", "*ab" * 60),
        ("*" + "a?" * 99, "*" + "a?" * 90 + "*"),
        ("*ab?" * 50, "*a?b" * 50),
        ("*" + "a" * 199, "*" + "a" * 100 + "*"),
    ],
)
def test_the_cost_is_bounded(one: str, other: str) -> None:
    start = time.perf_counter()
    for wide, narrow in ((one, other), (other, one)):
        includes(wide, narrow)
        intersection(wide, narrow)
    assert time.perf_counter() - start < 2


def test_every_pattern_covers_itself() -> None:
    chance = random.Random(3)
    for _ in range(500):
        written = (some_pattern(chance) + some_pattern(chance)).strip()
        assert includes(written, written)
        assert includes(f"*{written}*", written)
