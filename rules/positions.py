"""Where in a rule a run stands: a path of step numbers.

(2,) is the third step. Within `if` and `wait for reply` two numbers follow for each level: the block, in the
order written (`else` last), and the step in it. A path may point just behind the last step of a block.
"""

from __future__ import annotations

from rules import syntax

Position = tuple[int, ...]
"""A path of step numbers; plain numbers, so that it can be stored as JSON."""

START: Position = (0,)
"""The first step of every rule."""


class LostPosition(Exception):
    """A position that the rule does not have; the message is a sentence for a person."""


def blocks(step: syntax.Step) -> tuple[tuple[syntax.Step, ...], ...]:
    """The blocks of a step that has some, in the order of their numbers."""
    if isinstance(step, syntax.If):
        return (*(branch.steps for branch in step.branches), step.otherwise)
    if isinstance(step, syntax.WaitForReply):
        return tuple(case.steps for case in step.cases)
    return ()


def step_at(rule: syntax.Rule, position: Position) -> syntax.Step | None:
    """The step at the position, or None just behind the last of its block. Raises LostPosition."""
    steps = rule.steps
    try:
        if len(position) % 2 == 0 or min(position) < 0:
            raise IndexError(position)
        for place, block in zip(position[:-1:2], position[1::2], strict=True):
            steps = blocks(steps[place])[block]
        return steps[position[-1]] if position[-1] < len(steps) else None
    except (IndexError, ValueError) as error:
        raise LostPosition("The run stands at a step that its rule does not have. Start it again.") from error


def next_to(position: Position) -> Position:
    """The place behind this step, in the same block."""
    return (*position[:-1], position[-1] + 1)


def behind_block(position: Position) -> Position | None:
    """The place behind the step whose block ends here, or None at the end of the rule."""
    return next_to(position[:-2]) if len(position) > 2 else None


def into(position: Position, block: int) -> Position:
    """The first step of a block of the step at this position."""
    return (*position, block, 0)


def question_ahead(rule: syntax.Rule, position: Position) -> Position | None:
    """The `wait for reply` that a run is on its way to from here, so that a quick answer is not lost.

    A question listens from the moment its text was queued: so there is none if a text, a choice that could lead
    elsewhere, or the end comes first. Raises LostPosition.
    """
    here: Position | None = position
    while here is not None:
        step = step_at(rule, here)
        if isinstance(step, syntax.WaitForReply):
            return here
        if isinstance(step, syntax.SendSms | syntax.Stop | syntax.If):
            return None
        here = behind_block(here) if step is None else next_to(here)
    return None
