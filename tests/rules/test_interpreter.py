"""Rules as they are written, carried out one effect at a time."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules import effects, interpreter, syntax
from rules.effects import End, Person, SendSms, Wait, WaitForReply
from rules.facts import Facts
from rules.interpreter import START, InterpreterError, advance, begin, resume_reply, still_wanted, window_opens
from rules.parser import parse

TIRANE = ZoneInfo("Europe/Tirane")
# A Monday, 10:30 in Tirana.
NOW = datetime(2030, 1, 7, 9, 30, tzinfo=UTC)
FIELDS = {"first_name": "Ana", "status": "New", "nickname": None, "due": date(2030, 1, 9)}
HEAD = "for contact\nwhen created\n"


def rule(steps: str, head: str = HEAD) -> syntax.Rule:
    lines = [*head.strip().split("\n"), "", *steps.strip("\n").split("\n")]
    parsed = parse('version 1\n\nrule "R":\n' + "\n".join(f"  {line}".rstrip() for line in lines) + "\n")
    assert not [one for one in parsed.findings if one.level == "error"], parsed.findings
    return parsed.file.rules[0]


def facts(now: datetime = NOW, **fields: Any) -> Facts:
    return Facts(now=now, zone=TIRANE, fields={**FIELDS, **fields}, data={"reply": {"text": "{{ x }}"}})


def first(steps: str, about: Facts | None = None) -> effects.Effect:
    return advance(rule(steps), START, about or facts()).effect


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=TIRANE).astimezone(UTC)


@pytest.mark.parametrize(
    ("step", "effect"),
    [
        ('send sms "Hi {{ first_name }}"', SendSms("Hi Ana")),
        ('send sms "x" to contacts[0].mobile from line "Sales"', SendSms("x", "contacts[0].mobile", "Sales")),
        ("send sms:\n  | Hi {{ first_name }}\n  |  there", SendSms("Hi Ana\n there")),
        ('send sms "{{ __data.reply.text }}"', SendSms("{{ x }}")),
        ('set status to "{{ first_name | upper }}"', effects.SetField("status", "ANA")),
        ("set score to 2.50", effects.SetField("score", Decimal("2.50"))),
        ("set checked to yes", effects.SetField("checked", True)),
        ("set checked to nothing", effects.SetField("checked", None)),
        ("set called_at to now", effects.SetField("called_at", NOW)),
        ("set called_on to today", effects.SetField("called_on", date(2030, 1, 7))),
        ("set called_at to 2 days ago", effects.SetField("called_at", NOW - timedelta(days=2))),
        ("set called_at to 1 month from now", effects.SetField("called_at", utc("2030-02-07 10:30"))),
        ("set due to 2030-07-01", effects.SetField("due", date(2030, 7, 1))),
        ("set called_at to 2030-07-01 at 09:00", effects.SetField("called_at", utc("2030-07-01 09:00"))),
        ('remember name as "{{ first_name }}"', effects.Remember("name", "Ana")),
        ('add tag "vip"', effects.AddTag("vip")),
        ('remove tag "vip"', effects.RemoveTag("vip")),
        ('create case "Text from {{ first_name }}"', effects.Create("case", "Text from Ana")),
        (
            'create lead:\n  set name to "{{ first_name }}"\n  set score to 3',
            effects.Create("lead", None, (("name", "Ana"), ("score", Decimal(3)))),
        ),
        ("attach message to case", effects.AttachMessage()),
        ("close case", effects.CloseCase()),
        ('assign to user "Ben Smith"', effects.Assign(Person("user", "Ben Smith"))),
        ("assign to owner", effects.Assign(Person("owner"))),
        ('notify group "Duty" "{{ first_name }}!"', effects.Notify(Person("group", "Duty"), "Ana!")),
        ('start rule "Other"', effects.StartRule("Other")),
        ('call webhook "billing"', effects.CallWebhook("billing")),
        ("stop", End("stop")),
        ("do nothing", End("the last step is done")),
    ],
)
def test_a_step_asks_for_its_effect(step: str, effect: effects.Effect) -> None:
    assert first(step) == effect


@pytest.mark.parametrize(
    ("step", "until", "follows"),
    [
        ("wait 10 minutes", "2030-01-07 10:40", None),
        ("wait 1 day 30 minutes", "2030-01-08 11:00", None),
        ("wait until 09:00", "2030-01-08 09:00", None),
        ("wait until tomorrow at 09:00", "2030-01-08 09:00", None),
        ("wait until monday at 09:30", "2030-01-14 09:30", None),
        ("wait until 2030-12-24 at 09:00", "2030-12-24 09:00", None),
        ("wait until due", "2030-01-09 00:00", "due"),
        ("wait until 1 day before due at 12:00", "2030-01-08 12:00", "due"),
        ("wait until 2 hours after due", "2030-01-09 02:00", "due"),
    ],
)
def test_a_wait_parks_the_run(step: str, until: str, follows: str | None) -> None:
    done = advance(rule(f'{step}\nadd tag "after"'), START, facts())
    assert done.effect == Wait(utc(until), follows)
    assert done.position == ((0,) if follows else (1,))
    woken = advance(rule(f'{step}\nadd tag "after"'), done.position, facts(utc(until) + timedelta(seconds=3)))
    assert woken.effect == effects.AddTag("after")
    assert "late" not in woken.words


@pytest.mark.parametrize("step", ["wait until 10:30", "wait until monday at 10:30", "wait until business hours"])
def test_the_present_minute_counts_as_now(step: str) -> None:
    done = advance(rule(f'{step}\nadd tag "after"'), START, facts(NOW + timedelta(seconds=40)))
    assert done.effect == effects.AddTag("after")
    assert "late" not in done.words


@pytest.mark.parametrize("step", ["wait until 2030-01-07 at 09:00", "wait until 3 days before due"])
def test_a_moment_already_past_does_not_wait_and_the_log_says_late(step: str) -> None:
    done = advance(rule(f'{step}\nadd tag "after"'), START, facts())
    assert done.effect == effects.AddTag("after")
    assert done.words.startswith("late: ")


def test_a_wait_follows_its_field() -> None:
    steps = rule('wait until due\nadd tag "after"')
    moved = facts(utc("2030-01-09 00:00"), due=date(2030, 1, 20))
    assert advance(steps, (0,), moved).effect == Wait(utc("2030-01-20 00:00"), "due")
    with pytest.raises(InterpreterError, match="due is empty"):
        advance(steps, (0,), facts(due=None))


def test_business_hours_are_waited_for() -> None:
    assert first("wait until business hours", facts(utc("2030-01-05 12:00"))) == Wait(utc("2030-01-07 09:00"))


CHOICES = """
if status is "Hot":
  add tag "hot"
else if status is "New":
  if first_name is "Ana":
    add tag "ana"
    add tag "new"
else:
  add tag "other"
add tag "end"
"""


def tags(steps: syntax.Rule, about: Facts) -> list[str]:
    """Performs nothing and keeps the position as JSON in between."""
    position, found = START, []
    while not isinstance((done := advance(steps, position, about)).effect, End):
        position = tuple(json.loads(json.dumps(done.position)))
        found.append(done.effect.tag)
    return found


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "hot"}, ["hot", "end"]),
        ({"status": "New"}, ["ana", "new", "end"]),
        ({"status": "New", "first_name": "Ben"}, ["end"]),
        ({"status": "x"}, ["other", "end"]),
    ],
)
def test_one_branch_is_carried_out_and_the_run_goes_on_below(fields: dict[str, str], expected: list[str]) -> None:
    assert tags(rule(CHOICES), facts(**fields)) == expected


def test_the_words_name_every_decision_on_the_way() -> None:
    done = advance(rule(CHOICES), START, facts())
    assert done.words == 'if: status is New; if: first_name is Ana; adds the tag "ana"'
    assert advance(rule(CHOICES), START, facts(status="x")).words.startswith(
        "else: status is x, not Hot, status is x, not New"
    )


def test_stop_ends_the_run_inside_a_block() -> None:
    done = advance(rule('if status is "New":\n  stop\nadd tag "x"'), START, facts())
    assert done.effect == End("stop")


QUESTION = """
send sms "Is Friday fine?"
wait for reply up to 1 day:
  on reply matches "YES*", "Y":
    add tag "yes"
  on reply matches "N*":
    add tag "no"
  on no reply:
    add tag "silence"
add tag "end"
"""


@pytest.mark.parametrize(
    ("reply", "position"),
    [("Yes!", (1, 0, 0)), (" y ", (1, 0, 0)), ("nope", (1, 1, 0)), ("what?", None), (None, (1, 2, 0))],
)
def test_a_reply_chooses_its_block(reply: str | None, position: tuple[int, ...] | None) -> None:
    steps = rule(QUESTION)
    asked = advance(steps, (1,), facts())
    assert asked.effect == WaitForReply(NOW + timedelta(days=1))
    assert resume_reply(steps, asked.position, reply) == position
    if position:
        inner = advance(steps, position, facts())
        assert isinstance(inner.effect, effects.AddTag)
        assert advance(steps, inner.position, facts()).effect == effects.AddTag("end")


def test_any_other_reply_takes_every_text_but_not_silence() -> None:
    steps = rule(QUESTION.replace('on reply matches "N*"', "on any other reply"))
    assert resume_reply(steps, (1,), "what?") == (1, 1, 0)
    assert resume_reply(steps, (1,), None) == (1, 2, 0)


@pytest.mark.parametrize("position", [(0,), (9,), (1, 7, 0), (1, 0), (), (-1,), (0, 0, 0)])
def test_a_position_where_no_question_stands_is_an_error(position: tuple[int, ...]) -> None:
    with pytest.raises(InterpreterError, match="Start it again"):
        resume_reply(rule(QUESTION), position, "yes")


def test_a_rule_begins_if_every_condition_is_met() -> None:
    head = HEAD + 'only if status is "New"\nonly if first_name is "Ana"\nonly while due is not empty'
    assert begin(rule("stop", head), facts()).ok
    assert begin(rule("stop", head), facts()).words == "status is New; first_name is Ana; due is 2030-01-09"
    refused = begin(rule("stop", head), facts(first_name="Ben"))
    assert (refused.ok, refused.words) == (False, "only if: first_name is Ben, not Ana")
    refused = begin(rule("stop", head), facts(due=None))
    assert (refused.ok, refused.words) == (False, "only while: due is empty")
    assert begin(rule("stop"), facts()) == interpreter.Verdict(True, "")


def test_only_while_is_looked_at_again_and_only_if_is_not() -> None:
    head = HEAD + 'only if status is "New"\nonly while due is not empty'
    assert still_wanted(rule("stop", head), facts(status="Old")).ok
    assert not still_wanted(rule("stop", head), facts(due=None)).ok


@pytest.mark.parametrize(
    ("window", "now", "opens"),
    [
        ("between 09:00 and 20:00", "2030-01-07 20:00", "2030-01-08 09:00"),
        ("between 09:00 and 20:00", "2030-01-07 19:59", None),
        ("between 22:00 and 07:00", "2030-01-07 06:59", None),
        ("between 22:00 and 07:00", "2030-01-07 07:00", "2030-01-07 22:00"),
        ("during business hours", "2030-01-05 12:00", "2030-01-07 09:00"),
    ],
)
def test_a_text_waits_for_its_window_and_is_looked_at_again(window: str, now: str, opens: str | None) -> None:
    steps = rule('add tag "x"\nsend sms "Hi"', HEAD + f"send only {window}")
    about = facts(utc(now))
    assert window_opens(steps, about) == (utc(opens) if opens else None)
    assert advance(steps, START, about).effect == effects.AddTag("x")
    done = advance(steps, (1,), about)
    if opens is None:
        assert done.effect == SendSms("Hi")
    else:
        assert (done.effect, done.position) == (Wait(utc(opens)), (1,))
        assert advance(steps, done.position, facts(utc(opens))).effect == SendSms("Hi")


def test_an_empty_field_in_a_text_is_noted() -> None:
    assert advance(rule('send sms "Hi {{ nickname }}!"'), START, facts()).words == "sends: Hi ! (nickname empty)"


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ('send sms "{{ gone }}"', 'no field "gone"'),
        ('send sms "{{ long }}"', "1,600 characters"),
        ("wait until 1 month after far", "outside the calendar"),
        ("wait until status", "status is New"),
    ],
)
def test_what_cannot_be_worked_out_fails_the_step_with_a_sentence(step: str, says: str) -> None:
    with pytest.raises(InterpreterError, match=says):
        first(step, facts(long="x" * 1601, far=date(9999, 12, 31)))


def test_nothing_but_the_facts_decides() -> None:
    about = replace(facts(), now=NOW)
    assert advance(rule(QUESTION), START, about) == advance(rule(QUESTION), START, facts())
