"""The page of findings shows every code that the checker can give, each with an example that gives it and a cure."""

import ast
import itertools
import json
import re
from pathlib import Path

import pytest

import rules
from flexie import performing, rulebook
from flexie.db import db, transaction
from flexie.demo import files
from flexie.models import Settings
from flexie.rehearsal import accounts

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "rule-errors.md").read_text("utf-8")
SCHEMA = rules.Schema.from_json(json.loads((files.HERE / "schema.json").read_text("utf-8")))
SECTIONS = {part[:4]: part[4:].partition("\n## ")[0] for part in PAGE.split("\n### ")[1:]}
FENCE = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = 'version 1\n\nrule "Welcome":\n  for contact\n  when created\n\n'
MADE = {
    "R001": "version 1\n" + "# A note.\n" * 31_000,
    "R303": f"{HEAD}  send sms:\n" + "    | Welcome! Welcome! Welcome! Welcome! Welcome!\n" * 39,
}
"""What is too large to be shown on the page."""


def codes_of_the_code():
    for path in (*ROOT.glob("rules/**/*.py"), *ROOT.glob("flexie/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and re.fullmatch(r"R\d{3}", str(node.value)):
                yield node.value


def check(text):
    return rules.check(rules.parse(text, "example.rules"), SCHEMA, performing.SUPPORTED)


def rendered(findings, text):
    return "\n".join(found.render(text) for found in findings)


def examples():
    """Code, what is written, and what the page says that the checker says of it."""
    for code, section in SECTIONS.items():
        shown = FENCE.findall(section)
        if code in MADE:
            yield code, MADE[code], next(text for kind, text in shown if kind == "text")
        for (kind, text), (next_kind, said) in itertools.pairwise(shown):
            if kind == "rules-bad":
                yield code, text, said if next_kind == "text" else None


EXAMPLES = list(examples())


def test_the_page_has_exactly_the_codes_that_the_code_can_give_in_their_order():
    assert list(SECTIONS) == sorted(set(codes_of_the_code()))
    assert re.findall(r"^### (.*)$", PAGE, re.MULTILINE) == list(SECTIONS)


def test_every_code_has_an_example():
    assert {code for code, _, _ in EXAMPLES} == set(SECTIONS)


@pytest.mark.parametrize(("code", "text", "said"), EXAMPLES, ids=[code for code, _, _ in EXAMPLES])
def test_an_example_gives_its_code_alone_and_the_checker_says_what_the_page_shows(code, text, said):
    findings = check(text)
    assert [found.code for found in findings] == [code]
    assert rendered(findings, text) == said


@pytest.mark.parametrize("code", SECTIONS)
def test_a_section_begins_with_the_levels_of_its_examples(code):
    levels = list(dict.fromkeys(found.level for one, text, _ in EXAMPLES if one == code for found in check(text)))
    told = " or ".join(level.value if not place else level.value.lower() for place, level in enumerate(levels))
    assert SECTIONS[code].startswith(f"\n\n**{told}.** ")


@pytest.mark.parametrize("code", [code for code in SECTIONS if code not in MADE])
def test_a_section_ends_with_its_cure_which_is_clean_and_in_canonical_form(code):
    *before, (kind, cure) = FENCE.findall(SECTIONS[code])
    assert kind == "rules"
    assert "rules" not in dict(before)
    assert check(cure) == []
    assert rules.format_source(cure).text == cure


@pytest.fixture
def account(app):
    """The account of the demo's schema, in a real database."""
    with app.app_context():
        with transaction():
            db.session.delete(Settings.get())
            db.session.flush()
            accounts.furnish(accounts.of_schema(SCHEMA), ())
        yield


def test_an_account_says_the_same_of_every_example(account):
    for code, text, said in EXAMPLES:
        told = rendered(rulebook.check(text, "example.rules"), text)
        assert told == (said.replace("12,431 records", "0 records") if code == "R205" else said)


def test_a_rule_of_another_file_answers_the_same_text(account):
    kinds = FENCE.findall(SECTIONS["R211"])
    both = kinds[0][1]
    said = [text for kind, text in kinds if kind == "text"][1]
    first, mark, second = both.partition('rule "Prices"')
    with transaction():
        assert rulebook.save("help", first, None).in_force
    here = f"version 1\n\n{mark}{second}"
    assert rendered(rulebook.check(here, "example.rules"), here) == said
