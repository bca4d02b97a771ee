"""A rule file of 256 KB, written to keep the checker busy, is answered within two seconds of computing time."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import rules
from flexie import performing
from rules.parser import LARGEST

SCHEMA = rules.Schema.from_json(json.loads((Path(__file__).parents[1] / "rules/examples/schema.json").read_text()))
RULE = 'version 1\n\nrule "A":\n  for contact\n  when incoming sms\n\n'
DELIVERED = 'version 1\n\nrule "A":\n  for contact\n'


def filled(head: str, piece: Callable[[int], str]) -> str:
    """The head and as many pieces as fit into a file."""
    size, pieces = len(head), [head]
    for number in range(LARGEST):
        size += len(piece(number))
        if size > LARGEST:
            break
        pieces.append(piece(number))
    return "".join(pieces)


HOSTILE = {
    "small templates": filled(RULE, lambda n: f'  send sms "{{{{first_name}}}}{n}"\n'),
    "full templates": filled(RULE, lambda n: f'  send sms "{n}{"{{a}}" * 900}"\n'),
    "loops": filled(RULE, lambda n: f'  send sms "{n}{"{%for a in b%}{%endfor%}" * 300}"\n'),
    "names nearly right": filled(
        "version 1\n\n",
        lambda n: (
            f'rule "abcdefghijklmnopqrstuvwxyz{n}":\n  for contact\n  when started\n\n'
            f'  start rule "zbcdefghijkl-nopqrstu{n}"\n\n'
        ),
    ),
    "texts against patterns": filled(
        DELIVERED + "".join(f'  when sms delivered matches "c{n}"\n' for n in range(4_000)) + "\n",
        lambda n: f'  send sms "b{n}"\n',
    ),
}


def seconds(text: str) -> float:
    start = time.process_time()
    rules.check(rules.parse(text), SCHEMA, performing.SUPPORTED)
    return time.process_time() - start


@pytest.mark.parametrize("name", HOSTILE)
def test_the_largest_file_is_checked_within_two_seconds(name: str) -> None:
    assert seconds(HOSTILE[name]) < 2


def test_a_file_with_too_many_placeholders_says_so() -> None:
    found = rules.check(rules.parse(HOSTILE["small templates"]), SCHEMA)
    assert any("placeholders" in finding.message and finding.level is rules.Level.ERROR for finding in found)


def test_three_hundred_ordinary_rules_are_checked_within_a_second() -> None:
    head = 'rule "R{0}":\n  for contact\n  when incoming sms matches "yes {0}"\n\n'
    one = head + '  send sms "Thanks {{{{ first_name }}}} {0}"\n\n'
    assert seconds("version 1\n\n" + "".join(one.format(number) for number in range(300))) < 1
