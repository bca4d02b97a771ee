"""How texts are cut into segments."""

import json
from pathlib import Path

import pytest

from flexie import segments

VECTORS = Path(__file__).parent / "vectors"
CASES = json.loads((VECTORS / "segments.json").read_text())["cases"]
CORPUS = json.loads((VECTORS / "segments_corpus.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_tricky_texts_are_cut_like_the_reference(case):
    expected = case["reference"]
    found = segments.count(case["text"])
    assert (found.encoding, found.units) == (expected["encoding"], expected["units"])
    assert (found.segments, list(found.parts)) == (expected["segments"], expected["part_units"])


def characters_of_parts(text, parts):
    """The corpus counts characters in a GSM-7 part, not units."""
    sizes = [2 if char in segments.EXTENSION else 1 for char in text]
    counts = []
    for units in parts:
        taken = 0
        while units:
            units -= sizes.pop(0)
            taken += 1
        counts.append(taken)
    return counts


def test_random_texts_are_cut_like_an_independent_splitter():
    for text, encoding, parts in CORPUS:
        found = segments.count(text)
        lengths = characters_of_parts(text, found.parts) if encoding == "GSM-7" else list(found.parts)
        assert (found.encoding, lengths) == (encoding, parts), text


def test_an_empty_text_has_no_segment():
    assert segments.count("").segments == 0


def test_the_alphabet_has_127_basic_and_10_extension_characters():
    assert (len(segments.BASIC), len(segments.EXTENSION)) == (127, 10)


def test_characters_that_force_ucs2_are_pointed_out_with_their_plain_writing():
    found = segments.forcing("It’s\u00a0“ok” – ő😀`\t…")
    assert [(char, plain) for _, char, plain in found] == [
        ("’", "'"), ("\u00a0", " "), ("“", '"'), ("”", '"'), ("–", "-"),
        ("ő", None), ("😀", None), ("`", "'"), ("\t", " "), ("…", "..."),
    ]  # fmt: skip
    assert found[0][0] == 2


def test_a_text_of_the_alphabet_forces_nothing():
    assert segments.forcing("Ça va? 5 € [ok] à bientôt".replace("ô", "o")) == []


def test_every_plain_writing_is_of_the_alphabet_and_replaces_what_is_not():
    for char, plain in segments.REPLACEMENTS.items():
        assert segments.GSM.issuperset(plain)
        assert char not in segments.GSM


def test_replacing_makes_the_text_gsm_again():
    text = "“Don’t” — wait…"
    for _, char, plain in segments.forcing(text):
        text = text.replace(char, plain)
    assert segments.count(text).encoding == "GSM-7"
