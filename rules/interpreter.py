"""Carries out a rule, purely: a rule, a position and the facts of a moment go in, one effect comes out.

The caller performs the effect and stores the new position in one transaction, then asks again with new facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from rules import effects, moments, patterns, positions, stepping, syntax
from rules.conditions import holds
from rules.effects import Effect
from rules.explaining import explain
from rules.facts import Facts
from rules.moments import MomentError
from rules.positions import START, LostPosition, Position, question_ahead
from rules.templates import TemplateError
from rules.values import UnfitValue

__all__ = [
    "START",
    "Advance",
    "Facts",
    "InterpreterError",
    "Position",
    "Verdict",
    "advance",
    "begin",
    "question_ahead",
    "resume_reply",
    "still_wanted",
    "window_opens",
]


class InterpreterError(Exception):
    """A step that cannot be carried out: the run fails there. The message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run may start or go on, and the condition that decided, with its value."""

    ok: bool
    words: str


@dataclass(frozen=True, slots=True)
class Advance:
    """One effect to perform, the position to store with it, and what was decided on the way, in words."""

    effect: Effect
    position: Position
    words: str


def begin(rule: syntax.Rule, about: Facts) -> Verdict:
    """Whether the rule starts for this record: every `only if`, then `only while`. Raises InterpreterError."""
    with _told():
        words = []
        for line in rule.only_if:
            words.append(explain(line.condition, about))
            if not holds(line.condition, about):
                return Verdict(False, f"only if: {words[-1]}")
        wanted = still_wanted(rule, about)
        return wanted if not wanted.ok else Verdict(True, "; ".join(filter(None, [*words, wanted.words])))


def still_wanted(rule: syntax.Rule, about: Facts) -> Verdict:
    """Whether `only while` holds; to be asked when a run starts and each time it wakes."""
    if rule.only_while is None:
        return Verdict(True, "")
    with _told():
        words = explain(rule.only_while.condition, about)
        met = holds(rule.only_while.condition, about)
        return Verdict(met, words if met else f"only while: {words}")


def window_opens(rule: syntax.Rule, about: Facts) -> datetime | None:
    """When the rule may send next (aware UTC), after `send only`; None if it may now."""
    if rule.send_only is None:
        return None
    with _told():
        window = rule.send_only.window
        if isinstance(window, syntax.Between):
            opens = moments.next_between(about.now, window.start, window.end, about.zone)
        else:
            hours = about.business_hours(window.of.value if window.of else None)
            opens = moments.next_open(about.now, hours, about.zone)
        return opens if opens > about.now else None


def advance(rule: syntax.Rule, position: Position, about: Facts) -> Advance:
    """Goes on from the position, through `if` and waits that are over, to the next effect.

    A `Wait` whose position is the same means that the step is looked at again: the wait follows a field, or a
    text waits for its sending window. After a `WaitForReply` the position comes from `resume_reply`.
    Raises InterpreterError.
    """
    decided: list[str] = []
    with _told():
        here: Position | None = position
        while here is not None:
            step = positions.step_at(rule, here)
            if step is None:
                here = positions.behind_block(here)
                continue
            outcome = _outcome(rule, step, here, about)
            if outcome.words:
                decided.append(outcome.words)
            if outcome.effect is not None:
                return Advance(outcome.effect, outcome.position, "; ".join(decided))
            here = outcome.position
        return Advance(effects.End("the last step is done"), (len(rule.steps),), "; ".join(decided))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one step comes to: an effect, or only a new position."""

    effect: Effect | None
    position: Position
    words: str = ""


def _outcome(rule: syntax.Rule, step: syntax.Step, here: Position, about: Facts) -> _Outcome:
    behind = positions.next_to(here)
    if isinstance(step, syntax.If):
        return _branch(step, here, about)
    if isinstance(step, syntax.DoNothing):
        return _Outcome(None, behind)
    if isinstance(step, syntax.Wait | syntax.WaitUntil):
        return _wait(step, here, about)
    if isinstance(step, syntax.WaitForReply):
        until = moments.add(about.now, step.limit, about.zone)
        return _Outcome(effects.WaitForReply(until), here, f"waits for a reply until {stepping.shown(until, about)}")
    if isinstance(step, syntax.SendSms) and (opens := window_opens(rule, about)) is not None:
        return _Outcome(effects.Wait(opens), here, f"may send again at {stepping.shown(opens, about)}")
    effect, words = stepping.asked(step, about)
    return _Outcome(effect, behind, words)


def _branch(step: syntax.If, here: Position, about: Facts) -> _Outcome:
    reasons = []
    for number, branch in enumerate(step.branches):
        reasons.append(explain(branch.condition, about))
        if holds(branch.condition, about):
            return _Outcome(None, positions.into(here, number), f"if: {reasons[-1]}")
    return _Outcome(None, positions.into(here, len(step.branches)), f"else: {', '.join(reasons)}")


def _wait(step: syntax.Wait | syntax.WaitUntil, here: Position, about: Facts) -> _Outcome:
    behind = positions.next_to(here)
    due = stepping.due(step, about)
    when = stepping.shown(due.until, about)
    if due.until > about.now:
        return _Outcome(due, here if due.follows else behind, f"waits until {when}")
    late = stepping.is_late(due.until, about)
    return _Outcome(None, behind, f"late: {when} is past, goes on" if late else "")


def resume_reply(rule: syntax.Rule, position: Position, reply: str | None) -> Position | None:
    """Where a run goes on that waits for a reply at this position.

    `reply` is the text of the answer, None when the time is over or nobody can answer. The first block that
    matches decides; None says that no block takes this text, and the question keeps waiting.
    Raises InterpreterError if no such question stands there.
    """
    with _told():
        step = positions.step_at(rule, position)
    if not isinstance(step, syntax.WaitForReply):
        raise InterpreterError("The run does not wait for a reply there. Start it again.")
    for number, case in enumerate(step.cases):
        if _takes(case, reply):
            return positions.into(position, number)
    return positions.next_to(position) if reply is None else None


def _takes(case: syntax.Case, reply: str | None) -> bool:
    if isinstance(case, syntax.OnNoReply):
        return reply is None
    if reply is None:
        return False
    if isinstance(case, syntax.OnOtherReply):
        return True
    return patterns.first_match((pattern.value for pattern in case.patterns), reply) is not None


@contextmanager
def _told() -> Iterator[None]:
    """One family of errors for the caller, whatever part of a step could not be worked out."""
    try:
        yield
    except (TemplateError, MomentError, UnfitValue, LostPosition) as error:
        raise InterpreterError(str(error)) from error
