"""The tests of a file of rules: lines are carried out in a world of their own, expectations are judged."""

from rules.testing.guessing import guessed
from rules.testing.results import Difference, Failure, Result
from rules.testing.showing import as_plain, explained, shown
from rules.testing.walking import run
from rules.testing.world import LogLine, RunState, Sent, Skipped, Told, World, WorldProblem

__all__ = [
    "Difference", "Failure", "LogLine", "Result", "RunState", "Sent", "Skipped", "Told", "World", "WorldProblem",
    "as_plain", "explained", "guessed", "run", "shown",
]  # fmt: skip
