"""What became of a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from rules.syntax import Place, RuleTest
from rules.testing.world import LogLine


@dataclass(frozen=True, slots=True)
class Difference:
    """A text that was expected beside the one that was sent."""

    expected: str
    sent: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a test failed: the line at which it did, when that was on the test's clock, and a sentence.

    `found` lists what there was instead, under the heading `label`; `story` is what rules did until then.
    """

    place: Place
    at: datetime | None
    zone: ZoneInfo
    message: str
    difference: Difference | None = None
    label: str = ""
    found: Sequence[str] = ()
    story: Sequence[LogLine] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """One test of a file; it passed if there is no failure. `seconds` is how long it took."""

    test: RuleTest
    failure: Failure | None = None
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything expected came true."""
        return self.failure is None
