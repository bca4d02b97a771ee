"""Values as histories have them: how the language writes them, and what the API is given for them."""

from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from tests.histories import walltime


def quoted(text: str) -> str:
    """A text between quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@dataclass(frozen=True)
class Literal:
    """A text, number (as it is written), yes or no, a day, a day with a clock time, or so many units from now."""

    value: str | bool | date | tuple[date, clock_time] | tuple[int, str] | None
    is_number: bool = False

    def written(self) -> str:
        """As in a rule."""
        match self.value:
            case None:
                return "nothing"
            case bool():
                return "yes" if self.value else "no"
            case str():
                return self.value if self.is_number else quoted(self.value)
            case date():
                return self.value.isoformat()
            case (date() as day, clock_time() as at):
                return f"{day.isoformat()} at {at:%H:%M}"
            case (int() as count, str() as unit):
                return f"{count} {unit}{'' if count == 1 else 's'} from now"
        raise TypeError(self.value)

    def sent(self, now: datetime, zone: ZoneInfo) -> str | bool | None:
        """As JSON of the API."""
        match self.value:
            case date() as day:
                return day.isoformat()
            case (date() as day, clock_time() as at):
                return walltime.at(day, at, zone).isoformat()
            case (int() as count, str() as unit):
                return walltime.later(now, count, unit, zone).isoformat(timespec="seconds")
            case str() | bool() | None:
                return self.value
        raise TypeError(self.value)
