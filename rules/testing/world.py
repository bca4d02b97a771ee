"""What a test needs of the world that it happens in: an account of its own, on a clock of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rules.facts import Facts, Plain


class WorldProblem(Exception):
    """A line of a test that cannot happen; the message is a sentence for a person. `path`: the field that is wrong."""

    def __init__(self, message: str, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Sent:
    """A text that was handed to the provider. `line` is the name of the line it went out on, `at` aware UTC."""

    text: str
    to: str
    line: str
    rule: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Skipped:
    """A text that was not sent, and why, in the words of the run's log."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice within the application: kind is `user` or `group`; `owner` says that it is the record's owner."""

    kind: str
    name: str
    text: str
    owner: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of what rules did or decided; `at` is aware UTC."""

    at: datetime
    rule: str
    step: str
    words: str


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a rule has come for the record: `waiting`, `finished`, `not started`, else in words (`failed`)."""

    state: str
    words: str = ""


class World(Protocol):
    """A throw-away account with the rules of a file in force. Events return when nothing is left to do.

    Every method may raise WorldProblem.
    """

    def begin(self, moment: datetime) -> None:
        """Start anew: no records, nothing has happened, it is `moment` (aware UTC)."""

    def given(self, kind: str, fields: Mapping[str, Plain], tags: Sequence[str]) -> None:
        """There is such a record. The first one is what the test is about."""

    def given_sender(self, number: str) -> None:
        """The test is about somebody unknown who texts from this number."""

    def text_arrives(self, text: str, line: str | None) -> None:
        """The person that the test is about texts us; without a line, on the one they last heard from."""

    def report(self, *, delivered: bool) -> None:
        """The provider reports that the last text was delivered, or that it failed."""

    def change(self, path: str, value: Plain) -> None:
        """A person changes a field of the record."""

    def start_rule(self, name: str) -> None:
        """A person starts a rule for the record."""

    def advance(self, to: datetime) -> None:
        """Time passes until `to` (aware UTC); what is due on the way happens in order."""

    def facts(self) -> Facts:
        """What a rule would see of the record now; `now` is the world's clock."""

    def sent(self) -> Sequence[Sent]:
        """All texts of rules sent so far, in order; answers to STOP, START and HELP are the system's own."""

    def skipped(self) -> Sequence[Skipped]:
        """All texts of rules that were skipped so far, in order."""

    def told(self) -> Sequence[Told]:
        """All notices so far, in order."""

    def rule_state(self, name: str) -> RunState:
        """How far a rule has come for the record."""

    def story(self) -> Sequence[LogLine]:
        """What rules did and decided so far, in order."""
