"""Reading files: the trees of the examples, items that do not disturb each other, and input of any kind."""

import json
import random
import re
import time
from datetime import date
from datetime import time as clock
from decimal import Decimal
from pathlib import Path

import pytest

from rules import parse
from rules import syntax as tree
from rules.syntax import from_json, to_json
from tests.pace import computing

HERE = Path(__file__).parent
EXAMPLES = sorted(HERE.glob("examples/*.rules"))
HEAD = 'version 1\n\nrule "A":\n  for contact\n  when created\n'


def source(path):
    return path.read_text(encoding="utf-8")


def steps(*lines):
    """The steps of a rule with these lines; they have to be readable."""
    parsed = parse(HEAD + "".join(f"  {line}\n" for line in lines))
    assert parsed.findings == ()
    return parsed.file.rules[0].steps


def condition(text):
    return steps(f"if {text}:", "  stop")[0].branches[0].condition


def trigger(text):
    parsed = parse(f'version 1\nrule "A":\n  for contact\n  {text}\n  stop\n')
    assert parsed.findings == ()
    return parsed.file.rules[0].triggers[0]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_gives_its_golden_tree(path):
    golden = json.loads((HERE / "golden" / f"{path.stem}.json").read_text(encoding="utf-8"))
    parsed = parse(source(path))
    assert parsed.findings == ()
    assert to_json(parsed.file)["items"] == golden


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_tree_survives_json(path):
    file = parse(source(path)).file
    stored = json.loads(json.dumps(to_json(file)))
    assert from_json(stored) == file
    assert to_json(from_json(stored)) == stored


def test_every_construct_of_the_language_is_read():
    stored = to_json(parse(source(HERE / "everything.rules")).file)
    assert from_json(json.loads(json.dumps(stored))) == from_json(stored)
    assert set(named(stored)) == set(tree.NODES) - {"TextTrigger"}


def named(stored):
    """The classes of all parts of a stored tree."""
    for part in stored.values() if isinstance(stored, dict) else stored:
        if isinstance(part, dict | list):
            yield from named(part)
    if isinstance(stored, dict) and "node" in stored:
        yield stored["node"]


def test_words_are_read_in_any_letter_case():
    text = source(HERE / "examples/04_billing.rules")
    loud = re.sub(
        r"(?m)^ *(?:version|settings|rule|for|when|only if|at most|send|set|wait|on|stop|notify)\b", upper, text
    )
    assert loud != text
    assert parse(loud).file == parse(text).file


def upper(found):
    return found[0].upper()


def test_an_unknown_part_of_a_stored_tree_is_refused():
    with pytest.raises(tree.UnknownNode, match="update the software"):
        from_json({"node": "Teleport"})


def test_comments_layout_and_letter_case_do_not_change_the_digest():
    plain = parse('version 1\nrule "A":\n  for contact\n  when created\n  wait 1 day\n').file.rules[0]
    other = parse('rule "A":   # x\n\n    FOR Contact\n    # y\n    When created\n\n    Wait 1 days\n').file.rules[0]
    changed = parse('version 1\nrule "A":\n  for contact\n  when created\n  wait 2 days\n').file.rules[0]
    assert plain.digest() == other.digest()
    assert plain.digest() != changed.digest()


def test_bom_and_crlf_are_read():
    text = "\ufeff" + HEAD.replace("\n", "\r\n") + '  send sms "x"\r\n'
    assert parse(text) == parse(HEAD + '  send sms "x"\n')


def test_a_name_of_the_language_is_a_field_where_only_a_field_can_stand():
    assert steps('set line to "a"')[0].field == tree.Field("line")
    assert steps("set record.created to nothing")[0] == tree.SetField(tree.Field("created"), tree.Nothing())


def test_texts_are_unescaped_but_not_inside_placeholders():
    (step,) = steps(r'send sms "a \"b\" \\ \n {{ x | default("c\n") }}"')
    assert step.text.value == 'a "b" \\ \n {{ x | default("c\\n") }}'


def test_patterns_keep_their_own_escapes():
    start = trigger(r'when incoming sms matches "5\* \"x\"", "caf\\*"')
    assert [pattern.value for pattern in start.patterns] == [r"5\* " + '"x"', r"caf\\*"]


def test_a_long_text_keeps_everything_behind_its_bars():
    (step,) = steps("send sms to phone:", "  | a # b", "  |", "  |   c\\n", "  |d  ")
    assert step.text.value == "a # b\n\n  c\\n\nd  "
    assert step.to == tree.Field("phone")


def test_values():
    day = date(2026, 12, 24)
    values = {
        '"x"': tree.Text("x"),
        "2.50": tree.Number(Decimal("2.50")),
        "yes": tree.YesNo(True),
        "NO": tree.YesNo(False),
        "nothing": tree.Nothing(),
        "now": tree.Now(),
        "today": tree.Today(),
        "2 days ago": tree.Ago(tree.Duration(((2, "day"),))),
        "1 hour 30 minutes from now": tree.FromNow(tree.Duration(((1, "hour"), (30, "minute")))),
        "2026-12-24": tree.DateValue(day),
        "2026-12-24 at 9:05": tree.DateValue(day, clock(9, 5)),
    }
    for written, value in values.items():
        assert steps(f"set a to {written}")[0].value == value


def test_moments_to_wait_for():
    moments = {
        "09:00": tree.AtClock(clock(9)),
        "tomorrow at 09:00": tree.TomorrowAt(clock(9)),
        "Monday at 09:00": tree.DayAt("monday", clock(9)),
        "2026-12-24 at 09:00": tree.DateValue(date(2026, 12, 24), clock(9)),
        'business hours of "Support"': tree.BusinessHours(tree.Name("Support")),
        "follow_up_at": tree.FieldMoment(tree.Field("follow_up_at")),
        "2 days before a at 10:00": tree.FieldOffset(
            tree.Duration(((2, "day"),)), "before", tree.Field("a"), clock(10)
        ),
    }
    for written, moment in moments.items():
        assert steps(f"wait until {written}")[0] == tree.WaitUntil(moment)


def test_conditions_with_brackets():
    a, b, c = (tree.Is(tree.Field(name), tree.YesNo(True)) for name in "abc")
    assert condition("a is yes and (b is yes or not c is yes)") == tree.AllOf((a, tree.AnyOf((b, tree.Not(c)))))
    assert condition("not (a is yes)") == tree.Not(a)
    assert condition("it is between 22:00 and 7:00") == tree.Between(clock(22), clock(7))
    assert condition("it is not saturday, sunday") == tree.Not(tree.DayIs(("saturday", "sunday")))


def test_schedules():
    assert trigger("every day at 09:00") == tree.Every(tree.Daily(), clock(9))
    assert trigger("every monday, weekday at 9:00").calendar == tree.Weekly(("monday", "weekday"))
    assert trigger("every month on day 31 at 09:00").calendar == tree.Monthly(31)


def test_a_question_keeps_the_order_of_its_cases():
    lines = ['send sms "?"', "wait for reply up to 1 day:", "  on any reply:", "    stop", "  on no reply:", "    stop"]
    question = steps(*lines)[1]
    assert [type(case) for case in question.cases] == [tree.OnOtherReply, tree.OnNoReply]
    assert question.other.other is False
    assert question.silence.steps == (tree.Stop(),)


def test_places_point_at_the_source():
    (step,) = steps('send sms "x" to mobile')
    assert step.place == (6, 3, 8)
    assert step.text.place == (6, 12, 3)
    assert step.to.place == (6, 19, 6)


def test_a_mistake_hides_nothing_in_the_next_item():
    bad = 'rule "B":\n  for contact\n  when creatd\n  stop\n'
    parsed = parse(HEAD + "  stop\n" + bad + bad.replace("B", "C") + 'rule "D":\n  for lead\n  when created\n  stop\n')
    assert [finding.line for finding in parsed.findings] == [9, 13]
    assert [rule.name for rule in parsed.file.rules] == ["A", "D"]


RULE = HEAD.removeprefix("version 1\n\n")
HOSTILE = {
    "brackets": HEAD + "  if " + "(" * 100_000 + "a is 1" + ")" * 100_000 + ":\n    stop\n",
    "brackets on one line": HEAD + "  if " + "(" * 4_000 + "a is 1" + ")" * 4_000 + ":\n    stop\n",
    "nots": HEAD + "  if " + "not " * 2_400 + "a is 1:\n    stop\n",
    "blocks": HEAD + "".join(" " * (depth + 2) + 'if a is "1":\n' for depth in range(500)),
    "megabytes": "".join(chr(32 + number % 900) for number in range(2_000_000)),
    "signs": "".join(random.Random(1).choices('rule "x\n :|{}\t#a1', k=200_000)),
    "heads": 'rule "A":\n' * 20_000,
    "open placeholders": RULE + "  send sms:\n" + ("    | " + "{{'" * 3_000 + "{%" * 400 + "\n") * 15 + "  x\n",
    "backslashes": RULE + '  send sms "' + "\\" * 9_001 + '"\n',
    "a number": RULE + "  wait " + "9" * 9_000 + " days\n",
    "blanks": RULE + "  send sms to " + " " * 9_000 + '"x"\n',
    "control characters": "\0\x07\x1b" * 5_000,
    "lone surrogates": 'rule "\ud800":\n',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_gives_an_error_quickly(name):
    began = time.process_time()
    findings = parse(HOSTILE[name]).findings
    assert time.process_time() - began < 2
    assert any(finding.level == "Error" for finding in findings)


def test_a_file_has_at_most_256_kilobytes():
    room = 256 * 1024 - len(HEAD) - len("  stop\n")
    assert parse(HEAD + "  stop\n" + "#\n" * (room // 2)).findings == ()
    assert [finding.code for finding in parse(HEAD + "  stop\n" + "#\n" * (room // 2 + 1)).findings] == ["R001"]


def test_fifty_levels_are_read():
    lines = [" " * depth + 'if a is "1":' for depth in range(47)]
    assert steps(*lines, " " * 47 + "stop")


def test_three_hundred_rules_are_read_in_half_a_second():
    rule = source(HERE / "examples/00_one_page.rules").partition('days before":')[2].partition("test")[0]
    text = "".join(f'rule "R{number}":{rule}' for number in range(300))
    assert len(parse("version 1\n" + text).file.rules) == 300
    assert computing(lambda: parse(text), 0.75, tries=3) < 0.75
