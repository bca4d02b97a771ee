"""Messages: each mistake has its code, its place and a sentence that says what to write."""

import random
import re
import time
from pathlib import Path

import pytest

from rules import parse
from rules.errors.spelling import nearest

HERE = Path(__file__).parent
HEAD = 'version 1\nrule "A":\n  for contact\n  when created\n'


def step(text):
    """A rule whose first step stands on line 5."""
    return HEAD + text + "\n"


def head(text):
    """A rule whose last head lines begin on line 4."""
    return f'version 1\nrule "A":\n  for contact\n{text}\n  stop\n'


def script(text):
    """A test whose first line is line 7."""
    return f'{HEAD}  stop\ntest "T":\n{text}\n'


QUESTION = '  send sms "Fine?"\n'

# What is written; then code, line, column, length and a part of the advice.
MISTAKES = [
    (step("  \tstop"), "R002", 5, 3, 1, "Format"),
    (step('  if a is "x":\n      stop\n    stop'), "R003", 7, 1, 4, "2 blanks"),
    (step("    stop"), "R004", 5, 5, 4, "as line 4"),
    (step("stop"), "R004", 5, 1, 4, "two blanks"),
    (step("  | Hello"), "R004", 5, 3, 1, "send sms:"),
    ("version 1\n  for contact\n", "R004", 2, 3, 3, "rule"),
    (step("  send sms Hello there"), "R005", 5, 12, 11, '"Hello there"'),
    (step("  send sms “Hello”"), "R005", 5, 12, 1, '"..."'),
    (step("  send sms 'Hello'"), "R005", 5, 12, 1, '"..."'),
    (step('  send sms "He said "hi" to me"'), "R005", 5, 22, 2, "backslash"),
    (step("  send sms:\n    Hello you"), "R005", 6, 5, 9, "| Hello you"),
    (step("  if a is x:\n    stop"), "R005", 5, 11, 1, '"x"'),
    (step(r'  send sms "a\qb"'), "R006", 5, 14, 2, r"\\q"),
    (head('  when incoming sms matches "a\\d"'), "R006", 4, 31, 2, r"\\d"),
    (step('  if (a is "x":\n    stop'), "R007", 5, 15, 1, "same line"),
    (step('  if a is "x" or b is "y" and c is 1:\n    stop'), "R007", 5, 27, 3, "brackets"),
    (step("  wait 10min"), "R008", 5, 8, 5, "10 minutes"),
    (step("  wait 10 mins"), "R008", 5, 8, 7, "10 minutes"),
    (step("  wait 2 years"), "R008", 5, 8, 7, "24 months"),
    (step("  wait two days"), "R008", 5, 8, 8, "2 days"),
    (step("  wait for 10 minutes"), "R008", 5, 8, 3, "wait 10 minutes"),
    (step("  wait 1 day and 2 hours"), "R008", 5, 14, 3, "1 day 2 hours"),
    (step("  wait 1.5 days"), "R008", 5, 8, 8, "1 day 12 hours"),
    (step("  wait 9999999 days"), "R008", 5, 8, 12, "most"),
    (head("  when two days before a"), "R008", 4, 8, 8, "2 days"),
    (head("  when created\n  at most once per day"), "R008", 5, 20, 3, "1 day"),
    (step("  wait until 9:00 pm"), "R009", 5, 14, 7, "21:00"),
    (step("  wait until 25:00"), "R009", 5, 14, 5, "17:30"),
    (step("  wait until tomorrow at noon"), "R009", 5, 26, 4, "12:00"),
    (step("  if it is between 9 and 17:00:\n    stop"), "R009", 5, 20, 1, "09:00"),
    (head("  every day at 9.30"), "R009", 4, 16, 4, "09:30"),
    (step("  wait until 24.12.2026 at 09:00"), "R010", 5, 14, 10, "2026-12-24"),
    (step("  wait until 2026-02-30 at 09:00"), "R010", 5, 14, 10, "2026-12-24"),
    (step("  set a to 12/24/2026"), "R010", 5, 12, 10, "2026-12-24"),
    (step('  if a == "x":\n    stop'), "R011", 5, 8, 2, "is"),
    (step('  if a != "x":\n    stop'), "R011", 5, 8, 2, "is not"),
    (step('  if a contains "x":\n    stop'), "R011", 5, 8, 8, "matches"),
    (step('  if a is "x" or "y":\n    stop'), "R011", 5, 18, 3, "any of"),
    (step("  if a is greater than 5:\n    stop"), "R011", 5, 11, 12, ">"),
    (step('  if a is one of "x":\n    stop'), "R011", 5, 11, 6, "any of"),
    (step("  if it is monday or tuesday:\n    stop"), "R011", 5, 22, 7, "monday, tuesday"),
    (step('  set a = "x"'), "R011", 5, 9, 1, "to"),
    (step("  stop\n  send only during business hours"), "R012", 6, 3, 9, "first"),
    (step("  stop\n  if already running, restart"), "R012", 6, 3, 18, "first"),
    (step("  if " + "(" * 60 + "a is 1" + ")" * 60 + ":\n    stop"), "R013", 5, 56, 1, "several rules"),
    (step("  send sms\n    | Hello"), "R014", 5, 11, 1, "colon"),
    (step('  create case "x"\n    set a to "b"'), "R014", 5, 18, 1, "colon"),
    ('version 1\nrule "A"\n  for contact\n', "R014", 2, 9, 1, "colon"),
    (step('  send sms "x":'), "R015", 5, 15, 1, "colon"),
    (step('  if a is "x":\n  stop'), "R015", 5, 3, 12, "two blanks"),
    ('version 1\n\ntest "Hi {{ first_name }":\n', "R015", 3, 1, 26, "two blanks"),
    ('version 1\nrule "A":\n  for contact\n  stop\n', "R016", 2, 6, 3, "when"),
    (step('  reply "x"'), "R017", 5, 3, 5, "send sms"),
    (step('  snd sms "x"'), "R017", 5, 3, 3, '"send"'),
    (step('  while a is "x":\n    stop'), "R017", 5, 3, 5, "rule"),
    (script("  wait 1 day"), "R017", 7, 3, 4, "after"),
    ('version 1\nsettings:\n  timezone "UTC"\n', "R017", 3, 3, 8, "time zone"),
    ("version 2\n", "R019", 1, 9, 1, "version 1"),
    ("version 1\nversion 1\n", "R019", 2, 1, 7, "top"),
    (HEAD + '  stop\nrule "A":\n  for lead\n  when created\n  stop\n', "R020", 6, 6, 3, "own name"),
    (step("  // a note"), "R022", 5, 3, 2, "# a note"),
    (step("  - stop"), "R022", 5, 3, 1, "stop"),
    (step("  1. stop"), "R022", 5, 3, 2, "stop"),
    ("version: 1\n", "R015", 1, 8, 1, "version 1"),
    (step('  send sms: "Hi"'), "R015", 5, 13, 4, 'send sms "Hi"'),
    (step('  if a is "x": stop'), "R025", 5, 16, 4, "next line"),
    (step("  if not a:\n    stop"), "R025", 5, 11, 1, '"is"'),
    (head('  when incoming sms matches "A" or "B"'), "R025", 4, 33, 2, '"A", "B"'),
    (head("  every monday and friday at 09:00"), "R011", 4, 16, 3, "monday, friday at 09:00"),
    (step('  send sms "Hi " + first_name'), "R025", 5, 18, 1, '"... {{ first_name }}"'),
    (step("  set a to 1,000"), "R025", 5, 12, 5, "1000"),
    (step("  if it is weekend:\n    stop"), "R011", 5, 12, 7, "saturday, sunday"),
    (step("  wait until next monday"), "R022", 5, 14, 4, "monday at 09:00"),
    (head("  when created\n  at most twice per 1 day"), "R022", 5, 11, 5, "2 times"),
    (step("  if a is between 1 and 5:\n    stop"), "R011", 5, 11, 7, "a >= 1 and a <= 5"),
    (step("  if it is after 17:00:\n    stop"), "R011", 5, 12, 5, "it is between"),
    (step("  if a is before 17:00:\n    stop"), "R011", 5, 18, 2, "it is between"),
    (head('  when a is "x"'), "R025", 4, 10, 2, 'when a changes to "x"'),
    (step('  if a is not "x", "y":\n    stop'), "R011", 5, 18, 1, 'is not any of "x", "y"'),
    (step("  set a to empty"), "R011", 5, 12, 5, "nothing"),
    (step("  set a to true"), "R011", 5, 12, 4, "yes"),
    (step("  set a to a + 1"), "R025", 5, 12, 5, '"{{ a + 1 }}"'),
    (step("  set a to -5"), "R025", 5, 12, 2, '"{{ -5 }}"'),
    (step("  set a to b"), "R005", 5, 12, 1, '"{{ b }}"'),
    (step('  remember a = "x"'), "R011", 5, 14, 1, "as"),
    (step('  create case with title "x"'), "R025", 5, 15, 10, 'create case "x"'),
    (step('  send sms "x" on line "B"'), "R022", 5, 16, 2, 'from line "B"'),
    (head('  when incoming sms from line "B"'), "R022", 4, 21, 4, 'on line "B"'),
    (step("  stop\n  at most once per record"), "R012", 6, 3, 7, "first"),
    (step("  unsubscribe"), "R017", 5, 3, 11, "set allow_sms to no"),
    (script("  send \"x\""), "R017", 7, 3, 4, "incoming sms"),
    (script('  expect "x"'), "R025", 7, 10, 3, 'expect sms "x"'),
    (script('  sms "x"'), "R025", 7, 7, 3, 'incoming sms "x"'),
    (script("  expect nothing"), "R025", 7, 17, 1, "expect no sms"),
    ('version 1\nrule "":\n  for lead\n  when created\n  stop\n', "R020", 2, 6, 2, "few words"),
    (step('  if {{ city }} is "x":\n    stop'), "R021", 5, 6, 2, "city"),
    ("version 1\nrul x:\n", "R022", 2, 1, 3, '"rule"'),
    (step("  do noting"), "R022", 5, 6, 6, '"nothing"'),
    (step("  else:\n    stop"), "R022", 5, 3, 4, "if"),
    (step(QUESTION + "  wait for reply up to 1 day:\n    stop"), "R022", 7, 5, 4, "on no reply"),
    (head('  when status changed to "x"'), "R022", 4, 15, 7, '"changes"'),
    (head("  when 2 days befor a"), "R022", 4, 15, 5, '"before"'),
    (step("  wait until mondy at 09:00"), "R022", 5, 14, 5, '"monday"'),
    ('version 1\nrule "A":\n  for contact\n  when created\n', "R023", 2, 6, 3, "send sms"),
    (step('  notify "x"'), "R024", 5, 10, 3, "group"),
    (step('  assign group "x"'), "R025", 5, 10, 5, 'assign to group "x"'),
    (step('  send "x"'), "R025", 5, 8, 3, 'send sms "x"'),
    (step("  close the case"), "R025", 5, 9, 3, "close case"),
    (step("  wait until tomorrow"), "R025", 5, 22, 1, "tomorrow at 09:00"),
    (step("  stop stop"), "R025", 5, 8, 4, "one of the two"),
    (step(QUESTION + "  wait for reply up to 1 day:\n    on no:\n      stop"), "R025", 7, 10, 1, "on no reply:"),
    (step("  stop now"), "R025", 5, 8, 3, "own"),
    (head("  every month at 09:00"), "R025", 4, 15, 2, "on day 1"),
    (head("  every month on day 32 at 09:00"), "R025", 4, 22, 2, "1"),
    (head("  when created\n  if already running ignore"), "R025", 5, 22, 1, "running, ignore"),
    (step('  remember a.b as "x"'), "R025", 5, 12, 3, "remember b"),
    (step('  cancel rule "B"'), "R026", 5, 3, 11, "later"),
    (head("  when created\n  if already running, queue"), "R026", 5, 3, 25, "later"),
    (step('  send sms "Hi {{ a | default("b") , c"'), "R105", 5, 16, 2, "{{ first_name }}"),
    (step('  if has no tag "x":\n    stop'), "R011", 5, 6, 10, 'not has tag "..."'),
    (step('  if city is "has no tag" and does not have tag "x":\n    stop'), "R011", 5, 31, 17, "not has tag"),
    (step("  if can not receive sms:\n    stop"), "R011", 5, 6, 19, "not can receive sms"),
    (step("  if can't receive sms:\n    stop"), "R011", 5, 6, 17, "not can receive sms"),
    (step('  if city is not like "x":\n    stop'), "R011", 5, 11, 11, "does not match"),
    (step('  if city is matching "x":\n    stop'), "R011", 5, 11, 11, 'matches "..."'),
    (step('  if city <> "x":\n    stop'), "R011", 5, 11, 2, "is not"),
    (step("  if score > 5 and < 10:\n    stop"), "R011", 5, 20, 1, "any of"),
    (step("  set a to 2026-12-24T09:00"), "R010", 5, 12, 16, "2026-12-24 at 09:00"),
    (step("  set a to 2026-12-24 9:00"), "R010", 5, 12, 15, "2026-12-24 at 09:00"),
    (step("  wait 1h30m"), "R008", 5, 8, 5, "1 hour 30 minutes"),
    (step("  wait 10"), "R008", 5, 8, 2, "10 minutes"),
    (script("  after 10 # soon"), "R008", 7, 9, 2, "10 minutes"),
    (head("  when created\n  at most once a day"), "R025", 5, 16, 1, "at most once per 1 day"),
    (head("  when every day at 09:00"), "R025", 4, 3, 4, "every day at 09:00"),
    (head('  when incoming sms matches "x" on line "A", "B"'), "R024", 4, 33, 16, 'sms on line "A", "B" matches "x"'),
    (step('  send sms "x" from line "A" to b'), "R024", 5, 30, 4, 'send sms "x" to b from line "A"'),
    (step("  attach message"), "R025", 5, 17, 1, "attach message to case"),
    (step(QUESTION + "  wait for reply up to 1 day:\n    on reply:\n      stop"), "R025", 7, 13, 1, 'matches "...":'),
    ("version\n", "R019", 1, 8, 1, "version 1"),
    (step("  send sms:\n    | a\n      | b"), "R004", 7, 7, 1, "as in line 6"),
    (step("  \u017ftop"), "R017", 5, 3, 4, "stop"),
    (step("  wait 5 minute\u017f"), "R022", 5, 10, 7, "minutes"),
    (head("  for lead\n  when created"), "R203", 4, 3, 3, "two lines"),
    (head("  when created\n  about \"a\"\n  about \"b\""), "R203", 6, 3, 5, "two lines"),
    ('version 1\nrule "A":\n  when created\n  stop\n', "R203", 2, 6, 3, "for contact"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "column", "length", "advice"), MISTAKES)
def test_a_mistake_is_explained(text, code, line, column, length, advice):
    (finding,) = parse(text).findings
    assert (finding.code, finding.line, finding.column, finding.length) == (code, line, column, length)
    assert advice in finding.advice


INTERNAL = re.compile(r"\b_?[A-Z]{2,}_?[A-Z]*\b|unexpected|token|\$END|NEWLINE")
SPOKEN = {"SMS", "YES", "FIELD", "NAME", "KB", "UTF"}


@pytest.mark.parametrize("text", [mistake[0] for mistake in MISTAKES])
def test_no_message_speaks_of_the_machine(text):
    for finding in parse(text).findings:
        found = set(INTERNAL.findall(f"{finding.message}\n{finding.advice}"))
        assert found <= SPOKEN
        assert finding.message.endswith((".", ":"))
        assert finding.advice


def test_a_finding_shows_its_line():
    (finding,) = parse(HEAD + "  stop\n" * 5 + "  do noting\n", "a.rules").findings
    assert finding.render(HEAD + "  stop\n" * 5 + "  do noting\n") == (
        "Error R022  a.rules, line 10, column 6\n"
        "    |\n"
        " 10 |    do noting\n"
        "    |       ^^^^^^\n"
        'I do not know the word "noting" here.\n'
        'Did you mean "nothing"?\n'
    )


def test_the_nearest_word_is_found():
    assert nearest("incomming", ["incoming", "income"]) == "incoming"
    assert nearest("hte", ["the", "hat"]) == "the"
    assert nearest("city", ["plan", "score"]) is None


SLIPS = ("", "", '"', "\n", "  ", ":", "{{", "}}", "(", "not ", "\t", "\\", "|", "é")


def mutated(text, chance):
    """The text with one to four small changes such as slips of the hand make."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        cut = at + chance.choice((0, 1, 1, 5, 30))
        text = text[:at] + chance.choice((*SLIPS, text[cut : cut + 9])) + text[cut:]
    return text


def test_three_thousand_slips_never_break_the_reader():
    chance = random.Random(20260101)
    pieces = [
        "version 1\n" + item
        for path in sorted(HERE.glob("examples/**/*.rules"))
        for item in re.split(r"\n(?=rule|test|settings)", path.read_text(encoding="utf-8"))
    ]
    slowest = 0.0
    for _ in range(3_000):
        text = mutated(chance.choice(pieces), chance)
        began = time.process_time()
        for finding in parse(text).findings:
            assert 1 <= finding.line <= text.count("\n") + 1
            assert finding.column >= 1
            assert finding.render(text)
        slowest = max(slowest, time.process_time() - began)
    assert slowest < 1
