"""Random files: what is made covers the language, and formatting keeps its promises on it."""

import os

import pytest

from rules import parse, syntax
from rules.syntax import to_json
from tests.rules.format_many import look_at_seed
from tests.rules.fuzz_parser import slowest_of
from tests.rules.random_files import random_file, seeded

LONG = bool(os.environ.get("FLEXIE_LONG"))
SEEDS = range(2_000 if LONG else 50)


def test_random_files_have_every_construct_of_the_language():
    seen = set()
    for seed in range(250):
        parsed = parse(random_file(seeded(seed)).replace("\t", " "))
        assert [finding.code for finding in parsed.findings if finding.code != "R019"] == []
        seen |= named(to_json(parsed.file))
    assert seen == set(syntax.NODES) - {"TextTrigger"}


def named(stored):
    """The classes of all parts of a stored tree."""
    if isinstance(stored, list):
        return set().union(*map(named, stored))
    if not isinstance(stored, dict):
        return set()
    return {stored["node"]}.union(*map(named, stored.values())) if "node" in stored else set()


@pytest.mark.parametrize("seed", SEEDS)
def test_formatting_keeps_its_promises(seed):
    assert look_at_seed(seed) >= 4


def test_odd_texts_are_read_quickly_and_without_an_error():
    assert slowest_of(range(20_000 if LONG else 400))[0] > 0
