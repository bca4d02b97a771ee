"""The guide to rules is complete, and its examples do what they say: their own tests pass, each by the real verbs."""

import json
import re
from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from jinja2 import nodes

import rules
from flexie import consent, rehearsal, starting
from flexie.models import Settings
from rules import syntax, templates, twig
from rules.allowlist import FUNCTIONS
from rules.checks import flow
from rules.sandbox import Sandbox
from rules.syntax.walking import everything
from tests.test_docs import DEMO_SCHEMA, EXAMPLES, ROOT, read

GRAMMAR = (ROOT / "rules/grammar.lark").read_text("utf-8")
CONSTRUCTS = {name: kind for name, kind in syntax.NODES.items() if kind is not syntax.TextTrigger}
WORDS = set(re.findall(r'"([a-z]+)"', re.sub(r"^ *//.*", "", GRAMMAR, flags=re.MULTILINE)))
TEMPLATE_PARTS = (nodes.If, nodes.For, nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div)
ACCOUNT = rehearsal.of_schema(rules.Schema.from_json(json.loads(DEMO_SCHEMA.read_text("utf-8"))))
TESTED = [(name, text) for name, text in EXAMPLES if rules.parse(text, name).file.tests]
TEXTS = [text for _, text in EXAMPLES]


def named(examples):
    """The document and the first rule of each, so that a failure names its place."""
    return [f"{Path(name).stem}: {rules.parse(text).file.rules[0].name}" for name, text in examples]


@pytest.mark.parametrize(("name", "text"), TESTED, ids=named(TESTED))
def test_examples_pass_their_own_tests(name, text):
    came = rehearsal.rehearse(text, name, ACCOUNT)
    assert came.passed, rehearsal.report({name: came}, {name: text}, "text")


def test_an_example_that_does_something_else_fails():
    name, text = next(one for one in TESTED if one[0] == "docs/rules.md")
    assert not rehearsal.rehearse(text.replace("Thanks {{", "Thank you, {{"), name, ACCOUNT).passed


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=named(EXAMPLES))
def test_examples_are_written_in_the_canonical_form(name, text):
    assert rules.format_source(text, name).text == text


def test_every_rule_to_copy_has_tests():
    copied = [text for name, text in EXAMPLES if name == "docs/rules-to-copy.md"]
    assert len(copied) >= 10
    assert [text for text in copied if not rules.parse(text).file.tests] == []


# what the examples hold


@lru_cache
def nodes_in(text: str) -> list[syntax.Node]:
    return list(everything(rules.parse(text).file))


def nodes_of(texts: Iterable[str]) -> list[syntax.Node]:
    return [node for text in texts for node in nodes_in(text)]


def lacking(texts: Iterable[str]) -> set[str]:
    """The constructs of the language that no text shows, and their parts that every text leaves out."""
    found = nodes_of(texts)
    shown = {type(node).__name__ for node in found}
    shown |= {
        f"{type(node).__name__}.{name}" for node in found for name in parts_that_may_be_left_out(type(node), node)
    }
    wanted = set(CONSTRUCTS) | {
        f"{name}.{part}" for name, kind in CONSTRUCTS.items() for part in parts_that_may_be_left_out(kind)
    }
    return wanted - shown - NEVER


NEVER = {"AnyOtherIncomingSms.patterns"}
"""The catch-all takes every text by its meaning: the grammar has no `matches` for it."""


def parts_that_may_be_left_out(kind, node=None):
    """The names of its members with a default; of a node, those that differ from it."""
    for member in fields(kind):
        default = member.default if member.default_factory is MISSING else member.default_factory()
        if (
            member.name != "place"
            and default is not MISSING
            and (node is None or getattr(node, member.name) != default)
        ):
            yield member.name


def words_of(texts: Iterable[str]) -> set[str]:
    """Words outside comments, quotes and long texts."""
    without = (re.sub(r'"(?:\\.|\{\{.*?\}\}|[^"\\])*"|^ *\|.*$|#.*$', " ", text, flags=re.MULTILINE) for text in texts)
    return {word.lower() for text in without for word in re.findall(r"[\w.]+", text)}


def test_every_construct_of_the_language_has_an_example():
    assert lacking(TEXTS) == set()


def test_every_trigger_condition_step_and_head_line_is_a_construct():
    unions = (syntax.Trigger, syntax.Condition, syntax.Step, syntax.MomentAhead, syntax.Value, syntax.TestLine)
    assert {kind.__name__ for union in unions for kind in union.__args__} <= set(CONSTRUCTS)
    assert {"OnlyIf", "OnlyWhile", "AtMost", "IfAlreadyRunning", "SendOnly", "Rule.about", "Rule.formerly"} <= lacking(
        []
    )


@pytest.mark.parametrize(
    ("words", "construct"),
    [
        ("call webhook", "CallWebhook"),
        ("every month", "Monthly"),
        ("only while", "Rule.only_while"),
        ("can receive sms", "CanReceiveSms"),
        ("matches", "SmsFailed.patterns"),
    ],
)
def test_a_construct_without_an_example_is_named(words, construct):
    assert construct in lacking([text for text in TEXTS if words not in text])


def test_every_word_of_the_language_has_an_example():
    assert WORDS - words_of(TEXTS) == set()


def test_days_units_and_comparisons_have_examples():
    shown = words_of(TEXTS)
    weekdays = {node.day for node in nodes_of(TEXTS) if isinstance(node, syntax.DayAt)}
    units = {unit for node in nodes_of(TEXTS) if isinstance(node, syntax.Duration) for _, unit in node}
    compared = {node.operator for node in nodes_of(TEXTS) if isinstance(node, syntax.Compare)}
    assert weekdays
    assert weekdays <= shown
    assert units == {"second", "minute", "hour", "day", "week", "month"}
    assert compared == {"<", "<=", ">", ">="}


def test_every_filter_function_and_test_of_templates_has_an_example():
    sandbox = Sandbox()
    trees = [sandbox.parse(node.value) for node in nodes_of(TEXTS) if isinstance(node, syntax.Text)]
    used = {kind: {one.name for tree in trees for one in tree.find_all(kind)} for kind in (nodes.Filter, nodes.Test)}
    called = {one.node.name for tree in trees for one in tree.find_all(nodes.Call)}
    assert set(twig.FILTERS) - used[nodes.Filter] == set()
    assert {"defined", *twig.TESTS} - used[nodes.Test] == set()
    assert set(FUNCTIONS) - called == set()
    assert [kind.__name__ for kind in TEMPLATE_PARTS if not any(tree.find(kind) for tree in trees)] == []


def test_the_letters_of_dates_write_what_the_guide_says():
    zone = ZoneInfo("America/New_York")
    moment = datetime(2030, 1, 9, 15, 5, 8, tzinfo=zone)
    table = dict(re.findall(r"^\| `(\w)` \| [^|]+ \| (\S+) \|$", read("docs/rules/wording.md"), re.MULTILINE))
    assert {letter: twig.formatted(moment, letter, zone) for letter in table} == table
    letters = [chr(number) for number in (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))]
    assert {letter for letter in letters if twig.formatted(moment, letter, zone) != letter} == set(table)


def test_everything_that_a_run_knows_of_its_start_has_a_row_and_an_example():
    section = read("docs/rules/starting.md").partition("## What the run knows")[2]
    rows = dict(re.findall(r"^\| `__data\.(\w+)`[^|]*\|[^|]*\| (.*) \|$", section, re.MULTILINE))
    for name, keys in flow._STARTED_BY.values():
        assert set(re.findall(r"`(\w+)`", rows[name])) == (keys or set())
        for path in [f"__data.{name}.{key}" for key in keys or ("",)]:
            assert any(path in text for text in TEXTS), path


def test_the_guide_tells_the_limits_as_they_are():
    chapters = sorted((ROOT / "docs/rules").glob("*.md"))
    told = " ".join(word for chapter in chapters for word in chapter.read_text("utf-8").split())
    columns = Settings.__table__.columns
    rule_burst, a_day = columns.most_of_rule.default.arg, columns.most_to_number.default.arg
    assert f"twice within {consent.SAME_TEXT.seconds} seconds" in told
    assert f"At most {rule_burst} texts from one rule to one number in 10 minutes, and {a_day} automatic texts" in told
    assert f"start {Settings.__table__.c.starts_before_pause.default.arg} times in 10 minutes is paused" in told
    assert f"usually {Settings.__table__.c.starts_per_hour.default.arg:,} an hour" in told
    assert f"may hold {templates.LONGEST_TEXT:,} characters" in told
    assert (starting.DEEPEST_CHAIN, "after five such starts in a row" in told) == (5, True)


def test_every_chapter_is_reached_from_the_first_page():
    first = read("docs/rules.md")
    for chapter in [*sorted((ROOT / "docs/rules").glob("*.md")), ROOT / "docs/rules-to-copy.md"]:
        assert f"]({chapter.relative_to(ROOT / 'docs')})" in first
