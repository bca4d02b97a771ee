"""A file of rules: its items, and the head of a rule."""

from __future__ import annotations

from dataclasses import dataclass

from rules.syntax.conditions import Between, BusinessHours, Condition
from rules.syntax.json import digest
from rules.syntax.node import Node
from rules.syntax.steps import Step
from rules.syntax.tests import TestLine
from rules.syntax.triggers import Trigger
from rules.syntax.values import Duration, Field, Name, Text


@dataclass(frozen=True, slots=True)
class Settings(Node):
    """The defaults of a file; None means the account's."""

    zone: Text | None = None
    line: Name | None = None
    mobile: Field | None = None


@dataclass(frozen=True, slots=True)
class ForKinds(Node):
    """`for contact, lead`: contact, lead, account, deal, case, or `unknown sender` alone."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnlyIf(Node):
    """`only if C`: looked at once, when the trigger fires."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class OnlyWhile(Node):
    """`only while C`: looked at when the run starts and each time it wakes."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class AtMost(Node):
    """`at most 3 times per 1 day`; per is None for `per record`."""

    times: int
    per: Duration | None = None


@dataclass(frozen=True, slots=True)
class IfAlreadyRunning(Node):
    """`if already running, ...`; choice is `ignore`, `restart` or `run both`."""

    choice: str


@dataclass(frozen=True, slots=True)
class SendOnly(Node):
    """`send only during business hours` or `send only between 09:00 and 20:00`."""

    window: BusinessHours | Between


@dataclass(frozen=True, slots=True)
class Rule(Node):
    """One rule. Its name is its identity in the account."""

    name: str
    for_kinds: ForKinds
    triggers: tuple[Trigger, ...]
    steps: tuple[Step, ...]
    formerly: str | None = None
    off: bool = False
    about: Text | None = None
    only_if: tuple[OnlyIf, ...] = ()
    only_while: OnlyWhile | None = None
    at_most: AtMost | None = None
    already: IfAlreadyRunning | None = None
    send_only: SendOnly | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of record the rule is for."""
        return self.for_kinds.kinds

    def digest(self) -> str:
        """A hash that stays the same as long as the tree does: places, comments and layout do not count."""
        return digest(self)


@dataclass(frozen=True, slots=True)
class RuleTest(Node):
    """One `test` with its script."""

    name: str
    lines: tuple[TestLine, ...]


Item = Settings | Rule | RuleTest


@dataclass(frozen=True, slots=True)
class File(Node):
    """The items of a file that could be read, in the order written; version is None where the line is missing."""

    items: tuple[Item, ...] = ()
    version: int | None = None

    @property
    def settings(self) -> Settings:
        """The file's settings; all unset where the file has none."""
        return next((item for item in self.items if isinstance(item, Settings)), Settings())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in order."""
        return tuple(item for item in self.items if isinstance(item, Rule))

    @property
    def tests(self) -> tuple[RuleTest, ...]:
        """The tests, in order."""
        return tuple(item for item in self.items if isinstance(item, RuleTest))
