"""Which texts are reactions of phones, and which only look a little like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexie.reactions import LONGEST, Reaction, read

HAIR, PUT, TAKEN = "\u200a", "\u200b", "\u200c"


def google(emoji: str, quoted: str, mark: str = PUT, words: tuple[str, str] = ("Reacted ", " to “")) -> str:
    """As Google Messages writes it: the invisible signs say what it is, the words between are anybody's language."""
    return f"{HAIR}{words[0]}{mark}{emoji}{mark}{words[1]}{HAIR}{quoted}{HAIR}”{HAIR}"


@pytest.mark.parametrize(
    ("text", "emoji", "quoted"),
    [
        ("Loved “See you at nine”", "❤️", "See you at nine"),
        ("Liked “See you at nine”", "👍", "See you at nine"),
        ('Liked "See you at nine"', "👍", "See you at nine"),
        ("Disliked “ok”", "👎", "ok"),
        ("Laughed at “ok”", "😂", "ok"),
        ("Emphasized “ok”", "‼️", "ok"),
        ("Emphasised “ok”", "‼️", "ok"),
        ("Questioned “ok”", "❓", "ok"),
        ("Loved “Two\nlines”", "❤️", "Two\nlines"),
        ("Loved “He said “yes””", "❤️", "He said “yes”"),
        ("Reacted 🔥 to “ok”", "🔥", "ok"),
        ("Reacted 👍🏽 to “ok”", "👍🏽", "ok"),
        ("👍 to “ok”", "👍", "ok"),
        ("❤️ to “ok”", "❤️", "ok"),
        ("👩‍👧 to “ok”", "👩‍👧", "ok"),
        (" Liked “ok” \n", "👍", "ok"),
        ("Likte “ok”", "👍", "ok"),
        ("Satte et hjerte ved “ok”", "❤️", "ok"),
        ("Reagerte med 🎉 på “ok”", "🎉", "ok"),
        ("Le encanta “ok”", "❤️", "ok"),
        ("Реакция 🎉 към “ok”", "🎉", "ok"),
        (google("👍", "See you"), "👍", "See you"),
        (google("👍", "See you", words=("A réagi avec ", " à « ")), "👍", "See you"),
        (google("👍", "See you").strip(), "👍", "See you"),
    ],
)
def test_what_phones_send_for_a_reaction(text: str, emoji: str, quoted: str) -> None:
    assert read(text) == Reaction(emoji, False, quoted)


@pytest.mark.parametrize(
    ("text", "emoji"),
    [
        ("Removed a heart from “ok”", "❤️"),
        ("Removed a like from “ok”", "👍"),
        ("Removed a dislike from “ok”", "👎"),
        ("Removed a laugh from “ok”", "😂"),
        ("Removed an exclamation from “ok”", "‼️"),
        ("Removed a question mark from “ok”", "❓"),
        ("Removed 🔥 from “ok”", "🔥"),
        ("Liker ikke lenger “ok”", "👍"),
        (google("👍", "ok", TAKEN, ("Removed ", " from “")), "👍"),
    ],
)
def test_what_phones_send_when_it_is_taken_back(text: str, emoji: str) -> None:
    found = read(text)
    assert found == Reaction(emoji, True, "ok")
    assert found.mark == f"-{emoji}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Liked an image", Reaction("👍", False, None)),
        ("Loved a movie", Reaction("❤️", False, None)),
        ("Laughed at an audio message", Reaction("😂", False, None)),
        ("Removed a like from an image", Reaction("👍", True, None)),
        ("Reacted 🔥 to an image", Reaction("🔥", False, None)),
        ("Reacted with a sticker to “ok”", Reaction("", False, "ok")),
    ],
)
def test_some_say_only_that_there_was_one(text: str, found: Reaction) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "", "STOP", "YES", "Liked", "Liked it", "Liked the movie", "Loved “", "Loved “”", "I loved “Dune”",
        "Loved “Dune”, and you?", "Meet me to “talk”", "10 to “twelve”", "He liked an image", "Removed the “like”",
        "👍", "👍 👍", "“ok”", "Liked “" + "x" * LONGEST + "”", f"{HAIR}a{HAIR}b{HAIR}",
        f"{PUT}ok{PUT} to {HAIR}x{HAIR}", "Gefällt “ok”",
    ],
)  # fmt: skip
def test_what_people_write_is_none(text: str) -> None:
    assert read(text) is None


@given(st.text('Liked“”"\u200a\u200b\u200c👍 to', max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    found = read(text)
    assert found is None or found.quoted is None or found.quoted in text
