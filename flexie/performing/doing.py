"""What performers share: the step that is being carried out, and how it fails."""

from dataclasses import dataclass

from flexie import ruleset
from flexie.models import Conversation, Record, Run
from rules import syntax


class StepFailed(Exception):
    """A step that cannot be carried out: its run fails there, with this sentence in its log."""


@dataclass(frozen=True)
class Doing:
    """One step of a run. `behind` is the position after it; `conversation` is where the run's text came in."""

    run: Run
    rule: syntax.Rule
    position: tuple[int, ...]
    behind: tuple[int, ...]
    conversation: Conversation | None
    defaults: syntax.Settings

    @property
    def record(self) -> Record:
        """The record that the run is about. Raises StepFailed for an unknown sender."""
        if self.run.record is None:
            raise StepFailed("There is no record to change: the sender is unknown.")
        return self.run.record

    @property
    def mark(self) -> str:
        """What makes this step, at this visit, like no other."""
        return f"{self.run.id}:{'.'.join(map(str, self.position))}:{self.run.visit}"

    def bound(self, kind: str, name: str) -> int | None:
        """The id of the line, user, group, webhook or rule that a name meant when the rule was saved."""
        return ruleset.bound(self.run.version, kind, name)
