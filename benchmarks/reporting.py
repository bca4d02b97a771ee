"""What every script prints: a measure beside its limit or its goal, as lines for people or as JSON for programs."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Result:
    """One measure. `value` is what the goal is about, in `unit`; `details` is all that it was worked out from."""

    name: str
    value: float
    goal: float
    better: Literal["higher", "lower"]
    unit: str = "x"
    details: dict[str, float] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        """Whether the goal was reached in this run."""
        return self.value >= self.goal if self.better == "higher" else self.value <= self.goal

    def __str__(self) -> str:
        sign = "≥" if self.better == "higher" else "≤"
        verdict = "met" if self.is_met else "missed"
        head = f"{self.name}: {self.value:,.3g} {self.unit} (goal {sign} {self.goal:g} {self.unit}: {verdict})"
        return "\n".join([head, *(f"    {name}: {value:,.4g}" for name, value in self.details.items())])


def arguments(description: str) -> argparse.ArgumentParser:
    """A parser with what all scripts take."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="only this database")
    return parser


def show(results: Sequence[Result], as_json: bool) -> None:
    """Print the results."""
    if as_json:
        print(json.dumps([{**asdict(result), "is_met": result.is_met} for result in results], indent=1))
    else:
        print("\n".join(map(str, results)))
