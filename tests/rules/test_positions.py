"""Any nesting of choices and questions is walked like a plain program would, and always ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import positions, syntax
from rules.effects import AddTag, End, WaitForReply
from rules.facts import Facts
from rules.interpreter import START, advance, resume_reply
from rules.positions import LostPosition
from rules.syntax import Branch, DoNothing, If, OnNoReply, OnOtherReply, OnReply, Stop

FACTS = Facts(now=datetime(2030, 1, 7, tzinfo=UTC), zone=ZoneInfo("UTC"), fields={"status": "yes"})
YES = syntax.Is(syntax.Field("status"), syntax.Text("yes"))
NO = syntax.Not(YES)
DAY = syntax.Duration(((1, "day"),))

_leaves = st.sampled_from([syntax.AddTag(syntax.Text("")), syntax.AddTag(syntax.Text("")), DoNothing(), Stop()])


def _nested(steps: st.SearchStrategy[syntax.Step]) -> st.SearchStrategy[syntax.Step]:
    block = st.lists(steps, min_size=1, max_size=3).map(tuple)
    branch = st.builds(Branch, st.sampled_from([YES, NO]), block)
    choice = st.builds(If, st.lists(branch, min_size=1, max_size=3).map(tuple), block | st.just(()))
    answer = st.builds(OnReply, st.sampled_from([(syntax.Pattern("a*"),), (syntax.Pattern("b"),)]), block)
    case = answer | st.builds(OnOtherReply, block) | st.builds(OnNoReply, block)
    question = st.builds(syntax.WaitForReply, st.just(DAY), st.lists(case, min_size=1, max_size=3).map(tuple))
    return choice | question


_blocks = st.lists(st.recursive(_leaves, _nested, max_leaves=12), min_size=1, max_size=4).map(tuple)
_replies = st.lists(st.sampled_from(["abc", "b", "what", None]), max_size=8)


@given(_blocks, _replies)
def test_a_run_does_what_a_plain_program_would(steps: tuple[syntax.Step, ...], replies: list[str | None]) -> None:
    steps = _numbered(steps, count())
    expected: list[str] = []
    _program(steps, iter(replies), expected)
    assert _run(steps, iter(replies)) == expected


def _numbered(steps: tuple[syntax.Step, ...], numbers: Iterator[int]) -> tuple[syntax.Step, ...]:
    """The same steps, each tag its own."""
    done: list[syntax.Step] = []
    for step in steps:
        if isinstance(step, syntax.AddTag):
            step = syntax.AddTag(syntax.Text(str(next(numbers))))
        elif isinstance(step, If):
            branches = tuple(Branch(one.condition, _numbered(one.steps, numbers)) for one in step.branches)
            step = If(branches, _numbered(step.otherwise, numbers))
        elif isinstance(step, syntax.WaitForReply):
            step = syntax.WaitForReply(step.limit, tuple(_renumbered(case, numbers) for case in step.cases))
        done.append(step)
    return tuple(done)


def _renumbered(case: syntax.Case, numbers: Iterator[int]) -> syntax.Case:
    steps = _numbered(case.steps, numbers)
    return OnReply(case.patterns, steps) if isinstance(case, OnReply) else type(case)(steps)


def _program(steps: tuple[syntax.Step, ...], replies: Iterator[str | None], tags: list[str]) -> bool:
    """The oracle: plain recursion. Returns whether the run was stopped."""
    for step in steps:
        block: tuple[syntax.Step, ...] = ()
        if isinstance(step, Stop):
            return True
        if isinstance(step, syntax.AddTag):
            tags.append(step.tag.value)
        elif isinstance(step, If):
            block = next((one.steps for one in step.branches if one.condition == YES), step.otherwise)
        elif isinstance(step, syntax.WaitForReply):
            block = _chosen(step, replies)
        if _program(block, replies, tags):
            return True
    return False


def _chosen(question: syntax.WaitForReply, replies: Iterator[str | None]) -> tuple[syntax.Step, ...]:
    while (reply := next(replies, None)) is not None:
        for case in question.cases:
            letter = {"a*": "abc", "b": "b"}.get(case.patterns[0].value) if isinstance(case, OnReply) else reply
            if letter == reply and not isinstance(case, OnNoReply):
                return case.steps
    return next((case.steps for case in question.cases if isinstance(case, OnNoReply)), ())


def _run(steps: tuple[syntax.Step, ...], replies: Iterator[str | None]) -> list[str]:
    rule = syntax.Rule("R", syntax.ForKinds(("contact",)), (), steps)
    position, tags = START, []
    for _ in range(1_000):
        done = advance(rule, position, FACTS)
        if isinstance(done.effect, End):
            return tags
        position = tuple(json.loads(json.dumps(done.position)))
        if isinstance(done.effect, AddTag):
            tags.append(done.effect.tag)
        elif isinstance(done.effect, WaitForReply):
            position = _answered(rule, position, replies)
    raise AssertionError("The run does not end.")


def _answered(rule: syntax.Rule, position: tuple[int, ...], replies: Iterator[str | None]) -> tuple[int, ...]:
    while (found := resume_reply(rule, position, next(replies, None))) is None:
        continue
    return found


def test_a_position_that_the_rule_does_not_have_is_an_error() -> None:
    rule = syntax.Rule("R", syntax.ForKinds(("contact",)), (), (If((Branch(YES, (Stop(),)),)),))
    assert positions.step_at(rule, (0, 0, 0)) == Stop()
    assert positions.step_at(rule, (0, 0, 1)) is None
    for lost in ((3, 0, 0), (0, 5, 0), (0, 0), (0, 0, -1), ()):
        with pytest.raises(LostPosition, match="Start it again"):
            positions.step_at(rule, lost)


@pytest.mark.parametrize(
    ("position", "question"), [((0,), None), ((1,), (3,)), ((2,), (3,)), ((3,), (3,)), ((3, 0, 0), (4,)), ((5,), None)]
)
def test_the_question_ahead_is_the_one_whose_text_is_already_queued(
    position: tuple[int, ...], question: tuple[int, ...] | None
) -> None:
    text, wait = syntax.SendSms(syntax.Text("Fine?")), syntax.Wait(DAY)
    answered = syntax.WaitForReply(DAY, (OnReply((syntax.Pattern("a*"),), (wait,)), OnNoReply((Stop(),))))
    chosen = If((Branch(YES, (answered,)),))
    rule = syntax.Rule("R", syntax.ForKinds(("contact",)), (), (text, wait, wait, answered, answered, chosen, answered))
    assert positions.question_ahead(rule, position) == question
