"""What may happen in a history, and the history itself. Everything is plain data."""

from dataclasses import dataclass
from datetime import date
from datetime import time as clock_time

from tests.histories.literals import Literal


@dataclass(frozen=True)
class Given:
    """A record that is there before. `fields` in the order they are written."""

    kind: str
    fields: tuple[tuple[str, Literal], ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class GivenSender:
    """Somebody of whom only the number is known."""

    number: str


@dataclass(frozen=True)
class Texted:
    """The person texts us: on a line that is named, or where they would."""

    text: str
    line: str | None = None


@dataclass(frozen=True)
class Reported:
    """The carrier reports on the last text."""

    delivered: bool


@dataclass(frozen=True)
class Changed:
    """A person changes a field of the record, by the API or on its page."""

    name: str
    value: Literal
    on_page: bool = False


@dataclass(frozen=True)
class Started:
    """A person starts a rule, by the API or on the record's page."""

    rule: str
    on_page: bool = False


@dataclass(frozen=True)
class Passed:
    """So much time passes."""

    count: int
    unit: str


@dataclass(frozen=True)
class Reached:
    """Time passes until a clock time: the next one, tomorrow's, that of a weekday or of a date."""

    clock: clock_time
    day: str | date | None = None


Happened = Texted | Reported | Changed | Started | Passed | Reached


@dataclass(frozen=True)
class History:
    """A file of rules and what happens. The first of `given` is whom it is about. `rules` are texts by name."""

    seed: int
    zone: str
    settings: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    begins: tuple[date, clock_time]
    given: tuple[Given | GivenSender, ...]
    happened: tuple[Happened, ...]

    @property
    def text(self) -> str:
        """The file of rules."""
        inside = "".join(f"  {line}\n" for line in self.settings)
        return "\n".join(["version 1\n", f"settings:\n{inside}", *(text for _, text in self.rules)])
