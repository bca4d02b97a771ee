"""The question whether a text goes although it is quiet where it goes, as boxes that people write in show it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flexie.askingfirst import AsksFirst
from flexie.web.viewer import account, viewer


@dataclass(frozen=True)
class Question:
    """What is asked: `there` is the time on the reader's clock, `until` when it may go without a question; `later` is
    that moment as the box's Send later menu would send it, `chosen` what was picked in it before.
    """

    name: str
    there: str
    until: str
    later: str
    chosen: str

    @property
    def is_now(self) -> bool:
        """Whether the text was to go at once."""
        return not self.chosen


def question(problem: Exception) -> Question | None:
    """The question that a problem is, if it is one."""
    if not isinstance(problem, AsksFirst):
        return None
    found = problem.quiet
    at_home = found.until.astimezone(ZoneInfo(account().time_zone))
    return Question(
        problem.name,
        _clock(found.there),
        _clock(found.until.astimezone(found.there.tzinfo)),
        at_home.strftime("%Y-%m-%dT%H:%M"),
        problem.when.chosen,
    )


def _clock(there: datetime) -> str:
    return viewer().format.time(there)
