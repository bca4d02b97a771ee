"""Patterns against ways of matching that are slow and plain: a table over the letters, and trying every short text.

The long versions:  python -m tests.rules.long_runs patterns 1000000  and  python -m tests.rules.long_runs inclusion
"""

import random
import re
import time
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, product

import pytest

from rules.inclusion import includes, intersection
from rules.patterns import LONGEST_PATTERN, matches

ANY, ONE = object(), object()
Symbol = object

ALPHABETS = {
    "one letter": "a",
    "two letters": "ab",
    "blanks": "ab \t\n\u00a0",
    "escapes": "a\\*?[",
    "letter case": "aAbBẞßsSıIİiΣσς",
    "emoji": "👍🏽\ufe0f❤\u200d♂a",
    "combining": "ae\u0301\u0308éëåÅ\u030a\u212b",
    "compatibility": "ﬁfi①1ｙ＊＊？Ⅳv½",
    "quotes and dashes": "'’‘\"“”-–—\u2011",
    "invisible": "a\u200b\u00ad\u2060b \u200e",
}


def folded(text: str) -> str:
    """What the language says of texts before they are compared, sentence by sentence, until nothing changes."""
    while True:
        before = text
        text = re.sub("[‘’‚‛´ʼ′]", "'", re.sub("[“”„‟″]", '"', text)).replace("\u2212", "-")
        text = unicodedata.normalize("NFKC", text).casefold()
        text = "".join("-" if unicodedata.category(char) == "Pd" else char for char in text if is_seen(char))
        text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text))
        if text == before:
            return text


def is_seen(char: str) -> bool:
    """For the characters of the alphabets above: neither a format character nor an emoji variation selector."""
    return unicodedata.category(char) != "Cf" and char != "\ufe0f"


def symbols_of(pattern: str) -> list[Symbol]:
    """The pattern read from left to right: folded letters, and the two wildcards."""
    parts: list[Symbol] = []
    for escaped, wildcard, plain in re.findall(r"\\([*?\\])|([*?])|(.)", pattern, re.DOTALL):
        if wildcard:
            parts.append(ANY if wildcard == "*" else ONE)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += escaped or plain
        else:
            parts.append(escaped or plain)
    read = [folded(part) if isinstance(part, str) else part for part in parts]
    if read and isinstance(read[0], str):
        read[0] = read[0].lstrip(" ")
    if read and isinstance(read[-1], str):
        read[-1] = read[-1].rstrip(" ")
    return [symbol for part in read for symbol in (part if isinstance(part, str) else [part])]


def by_table(symbols: list[Symbol], text: str) -> bool:
    """For each symbol, which beginnings of the text the pattern so far can have eaten."""
    row = [True] + [False] * len(text)
    for symbol in symbols:
        if symbol is ANY:
            row = list(accumulate(row, lambda reached, here: reached or here))
        else:
            row = [False, *(row[at] and symbol in (ONE, char) for at, char in enumerate(text))]
    return row[-1]


def pairs(alphabet: str, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Patterns and texts; half of the texts are made from their pattern, so that many match or nearly do."""
    chance = random.Random(f"{alphabet} {seed}")
    for _ in range(count):
        pattern = "".join(chance.choices(alphabet + "**??", k=chance.randint(0, 9)))
        text = "".join(chance.choices(alphabet, k=chance.randint(0, 12)))
        if chance.random() < 0.5:
            text = re.sub(r"\\([*?\\])|[*?]", lambda found: some_of(found, alphabet, chance), pattern)
        if chance.random() < 0.3:
            at = chance.randint(0, len(text))
            text = text[:at] + chance.choice([chance.choice(alphabet), text.upper(), ""]) + text[at + 1 :]
        yield pattern, text


def some_of(found: re.Match[str], alphabet: str, chance: random.Random) -> str:
    """Something that a wildcard could stand for, or the character that a backslash makes plain."""
    if found[1]:
        return found[1]
    return "".join(chance.choices(alphabet, k=1 if found[0] == "?" else chance.choice([0, 0, 1, 2, 5])))


def compare_pairs(alphabet: str, count: int, seed: int = 0) -> tuple[int, int]:
    """Asserts that both ways agree. Gives how many pairs matched, and how many did not."""
    matched = 0
    for pattern, text in pairs(alphabet, count, seed):
        expected = by_table(symbols_of(pattern), folded(text).strip(" "))
        assert matches(pattern, text) is expected, (pattern, text)
        matched += expected
    return matched, count - matched


@pytest.mark.parametrize("name", ALPHABETS)
def test_random_pairs_equal_the_table(name: str) -> None:
    matched, missed = compare_pairs(ALPHABETS[name], 2_000)
    assert min(matched, missed) > 200


LETTERS, OTHER = "ab ", "c"
"""What patterns are made of below, and a letter that none of them writes."""


@cache
def short_patterns(longest: int) -> list[str]:
    """Every pattern of so many characters that has no blank at an end."""
    written = ("".join(chars) for size in range(longest + 1) for chars in product(LETTERS + "*?", repeat=size))
    return [pattern for pattern in written if pattern == pattern.strip()]


@cache
def short_texts(longest: int) -> list[str]:
    """Every folded text of so many characters, short ones first."""
    written = ("".join(chars) for size in range(longest + 1) for chars in product(LETTERS + OTHER, repeat=size))
    return [text for text in written if text == " ".join(text.split())]


@cache
def taken(pattern: str, longest: int) -> int:
    """One bit for each short text: whether the pattern matches it, by the table."""
    symbols = symbols_of(pattern)
    return sum(1 << place for place, text in enumerate(short_texts(longest)) if by_table(symbols, text))


def compare_languages(one: str, other: str, longest: int) -> tuple[bool, bool]:
    """Asserts what both patterns share, and whether the one covers the other, by trying every short text."""
    texts, left, right = short_texts(longest), taken(one, longest), taken(other, longest)
    covered = not right & ~left
    assert includes(one, other) is covered, (one, other)
    shared, found = intersection(one, other), left & right
    if not found:
        assert shared is None, (one, other, shared)
        return covered, False
    assert shared is not None, (one, other)
    assert all(by_table(symbols_of(pattern), shared) for pattern in (one, other)), (one, other, shared)
    assert shared == " ".join(shared.split()), (one, other, shared)
    assert len(shared) == len(texts[(found & -found).bit_length() - 1]), (one, other, shared)
    return covered, True


def test_short_patterns_cover_and_share_what_every_short_text_says() -> None:
    chance = random.Random(4)
    patterns = short_patterns(4)
    chosen = chance.sample(patterns, 80)
    seen = {compare_languages(one, other, 6) for one in chosen for other in chosen}
    assert seen == {(True, True), (False, True), (False, False)}


HARD = [
    ("*a" * 100, "a" * 1_600),
    ("*a" * 99 + "*b", "a" * 1_600),
    ("*" + "a?" * 99 + "b", "a" * 1_600),
    ("*?a" * 66 + "b", "a" * 1_600),
    ("*a?b" * 50, "ab" * 800),
    ("*a?a" * 49 + "*b", "a" * 1_600),
    ("?*" * 100, "a" * 1_600),
    ("*" + "a" * 100 + "?" + "a" * 97 + "b", "a" * 1_600),
    ("*é?" * 66 + "x", "é" * 1_600),
    ("*👍🏽*" * 40, "👍🏽" * 800),
    ("*ß*s?s", "ß" * 1_600),
    ("* ?" * 66, "a " * 800),
    ("*ﷺ?" * 60, "é\u200b" * 800),
]


def milliseconds(pattern: str, text: str) -> float:
    """The processor time of one match, the fold of the text included; the best of several."""
    matches(pattern, text)
    spent = []
    for _ in range(5):
        start = time.process_time()
        matches(pattern, text)
        spent.append(time.process_time() - start)
    return min(spent) * 1_000


@pytest.mark.parametrize(("pattern", "text"), HARD, ids=range(len(HARD)))
def test_no_pattern_takes_more_than_5_ms(pattern: str, text: str) -> None:
    assert len(pattern) <= LONGEST_PATTERN
    assert milliseconds(pattern, text) < 5
