"""Patterns against the words of the specification and against a table that cannot be wrong."""

import random
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import patterns
from rules.patterns import ANY, ONE, first_match, fold, matches


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("YES*", "yes please", True),
        ("YES*", "Yes!", True),
        ("YES*", "oh yes", False),
        ("YES", "yes", True),
        ("YES", "  yes \n", True),
        ("YES", "yes.", False),
        ("*opt out*", "please OPT\n OUT now", True),
        ("*opt out*", "opt-out", False),
        ("NO *", "no", False),
        ("NO *", "no thanks", True),
        ("*", "", True),
        ("", "", True),
        ("", " \n ", True),
        ("", "x", False),
        ("?", "", False),
        ("??", "ab", True),
        ("??", "a", False),
        ("?*", "abc", True),
        ("*?", "", False),
        ("a*b?c", "A whole b-c", True),
        ("a*b?c", "abc", False),
        (r"5\* please", "  5*   PLEASE ", True),
        (r"5\* please", "55 please", False),
        (r"really\?", "Really?", True),
        (r"really\?", "really!", False),
        (r"caf\\*", "caf\\e", True),
        (r"caf\\*", "cafe", False),
        ("[A]*", "[a] b", True),
        ("[A]*", "a", False),
        ("{x}", "{X}", True),
        ("a\\b", "a\\b", True),
        ("end\\", "end\\", True),
        ("Straße*", "STRASSE 5", True),
        ("STRASSE", "straße", True),
        ("да*", "ДА, спасибо", True),
        ("👍*", "👍\ufe0f ok", True),
        ("👍*", "👍🏽", True),
        ("si", "sí", False),
        ("sí", "si\u0301", True),
        ("*can't make it*", "I can’t make it", True),
        ('"yes"', "“Yes”", True),
        ("opt-out", "opt–out", True),
        ("opt-out", "opt\u2011out", True),
        ("ı", "i", False),
        ("I", "ı", False),
        ("yes", "ｙｅｓ", True),
        ("yes", "y\u200be\u00ads", True),
        ("a b", "a\u00a0\t b", True),
        ("* a", "a", False),
        ("* a", "x   a", True),
        ("  yes  ", "yes", True),
        (" * ", "anything at all", True),
        ("a * b", "a b", False),
        ("元気？", "元気?", True),
        ("元気？", "元気!", False),
        ("*x*y*", "yx", False),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("*a?c*", "xxabxabc", True),
    ],
)
def test_a_text_matches_as_the_language_says(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


def test_the_first_pattern_that_hits_decides() -> None:
    assert first_match(["NO*", "Y*", "YES*"], "yes") == "Y*"
    assert first_match(["NO*", "N"], "yes") is None
    assert first_match([], "yes") is None


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_letter_case_and_composition_never_decide(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text.casefold()) == fold(text)


@given(st.text(alphabet="aB*?\\ ‘é\n"))
def test_an_escaped_text_matches_itself(text: str) -> None:
    escaped = "".join("\\" + char if char in "*?\\" else char for char in text)
    assert matches(escaped, text)


def by_table(symbols: tuple[str | int, ...], text: str) -> bool:
    """The oracle: for each symbol, which beginnings of the text the pattern so far can have eaten."""
    row = [True] + [False] * len(text)
    for symbol in symbols:
        if symbol == ANY:
            row = [any(row[: at + 1]) for at in range(len(row))]
        else:
            row = [False] + [row[at] and symbol in (ONE, text[at]) for at in range(len(text))]
    return row[-1]


def as_written(pattern: str) -> tuple[str | int, ...]:
    """For patterns without blanks and escapes: symbol by symbol."""
    return tuple({"*": ANY, "?": ONE}.get(char, char) for char in pattern)


@pytest.mark.parametrize("letters", ["ab", "a", "abc "])
def test_twenty_thousand_random_pairs_equal_the_table(letters: str) -> None:
    chance = random.Random(letters)
    for _ in range(20_000):
        written = "".join(chance.choices(letters + "*?", k=chance.randint(0, 9)))
        text = fold("".join(chance.choices(letters, k=chance.randint(0, 12))))
        pattern = patterns.compile(written)
        symbols = pattern.symbols if " " in letters else as_written(written)
        assert pattern.matches_folded(text) == by_table(symbols, text), (written, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a" * 200, "a" * 1600),
        ("*a" * 100 + "b", "a" * 1600),
        ("*" + "a?" * 99 + "b*", "a" * 1600),
        ("*" + "?a" * 99 + "*b", "a" * 1600),
        ("*aab" * 50, "aa" * 800),
        ("*" * 200 + "b", "a" * 1600),
    ],
)
def test_no_pattern_holds_a_worker_up(pattern: str, text: str) -> None:
    matches(pattern, text)
    fastest = min(_seconds(pattern, text) for _ in range(5))
    assert fastest < 0.005


def _seconds(pattern: str, text: str) -> float:
    start = time.process_time()
    matches(pattern, text)
    return time.process_time() - start
