"""What really happened in histories: which triggers started runs, which steps and conditions were carried out."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import rules
from flexie import clock
from rules import interpreter, syntax
from rules.syntax.walking import everything
from tests.histories.comparing import Outcome

STEPS = frozenset(one.__name__ for one in syntax.Step.__args__ if one is not syntax.WaitUntil) | {
    f"WaitUntil {one.__name__}" for one in syntax.MomentAhead.__args__
}
TRIGGERS = frozenset(one.__name__ for one in syntax.Trigger.__args__ if one is not syntax.Every) | {
    "Daily", "Weekly", "Monthly", "StartRule", "IncomingSms matches", "AnyIncomingSms matches"
}  # fmt: skip
CONDITIONS = frozenset(one.__name__ for one in syntax.Condition.__args__)
ENDS = frozenset(
    ("answered", "no reply", "nobody can answer", "only if", "only while", "at most", "already running", "restarted",
     "texts not sent", "texts that waited for a window", "reported delivered", "reported failed", "failed runs",
     "late waits", "texts to unknown senders")
)  # fmt: skip
ALL = STEPS | TRIGGERS | CONDITIONS | ENDS
_CAUSES = {
    "delivered": "SmsDelivered",
    "failed": "SmsFailed",
    "created": "Created",
    "changed": "FieldChanges",
    "moment": "Relative",
    "hand": "Started",
    "rule": "StartRule",
}


class Coverage:
    """Counts, over histories: kinds of things by how many histories they happened in, and how often things were."""

    def __init__(self) -> None:
        self.histories: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()
        self._of_seed: dict[int, frozenset[str]] = {}
        self._now: set[str] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Inside, steps that are carried out outside rehearsals are noted, until `add` is told of their history."""
        real = interpreter._outcome

        def noting(rule: Any, step: Any, here: Any, about: Any) -> Any:
            if not clock.is_rehearsed():
                self._note(step)
            return real(rule, step, here, about)

        with mock.patch.object(interpreter, "_outcome", noting):
            yield

    def _note(self, step: Any) -> None:
        name = type(step).__name__
        self._now.add(f"WaitUntil {type(step.moment).__name__}" if isinstance(step, syntax.WaitUntil) else name)
        if isinstance(step, syntax.If):
            self._now.update(*(_conditions(branch.condition) for branch in step.branches))

    def add(self, outcome: Outcome) -> None:
        """One more history."""
        trees = {rule.name: rule for rule in rules.parse(outcome.history.text, "history").file.rules}
        sections = outcome.seen.sections
        for run in sections["runs"]:
            self._now.update(_started_by(run, trees[run["rule"]]))
            self._now.update(_of_log(run))
        for one in sections["not started"]:
            self._now.update(*(_conditions(line.condition) for line in trees[one["rule"]].only_if))
            self._now.update(kind for kind in ("only if", "only while", "at most") if one["why"].startswith(kind))
            self._now.update({"already running"} if "still going on" in one["why"] else ())
        self._now.update(_of_texts(sections))
        self.histories.update(self._now)
        self._of_seed[outcome.history.seed] = frozenset(self._now)
        self._now = set()
        self._count(outcome)

    def _count(self, outcome: Outcome) -> None:
        sections = outcome.seen.sections
        lines = [line for run in sections["runs"] for line in run["log"]]
        counted = {
            "histories": 1,
            "happenings": len(outcome.told.happened),
            "rules": len(outcome.history.rules),
            "starts": len(sections["runs"]),
            "not started": len(sections["not started"]),
            "texts sent": len(outcome.seen.sent),
            "texts not sent": sum(one["status"] == "suppressed" for one in sections["texts out"]),
            "texts in": len(sections["texts in"]),
            "waits": sum(step == "wait" for _, step, _, _ in lines),
            "questions answered": sum(words.startswith("answered:") for _, _, _, words in lines),
            "questions not answered": sum(words == "no reply" for _, _, _, words in lines),
            "lines of logs": len(lines),
            "records created by rules": sum(step == "create" for _, step, _, _ in lines),
            "notices": len(sections["notices"]),
            "webhooks called": len(outcome.told.calls),
            "with a start": bool(sections["runs"]),
            "with a text sent": bool(outcome.seen.sent),
            "with a wait": any(step in ("wait", "wait for reply") for _, step, _, _ in lines),
            "with a question": any(step == "wait for reply" for _, step, _, _ in lines),
            "differences": outcome.difference is not None,
        }
        self.totals.update({name: int(count) for name, count in counted.items()})

    def missing(self, least: int) -> list[str]:
        """Kinds of triggers, steps, conditions and ends that happened in fewer histories than so many."""
        return sorted(one for one in ALL if self.histories[one] < least)

    def few(self) -> list[int]:
        """Few seeds in whose histories everything happened that happened in any: each adds the most to those before."""
        left, found = ALL & frozenset(self.histories), []
        while left:
            best = max(self._of_seed, key=lambda seed: len(left & self._of_seed[seed]))
            found.append(best)
            left -= self._of_seed[best]
        return found

    def words(self) -> str:
        """All counts."""
        lines = [f"{name}: {count:,}" for name, count in self.totals.items()]
        for title, kinds in (("triggers", TRIGGERS), ("steps", STEPS), ("conditions", CONDITIONS), ("also", ENDS)):
            counts = ", ".join(f"{kind} {self.histories[kind]:,}" for kind in sorted(kinds))
            lines.append(f"histories by {title}: {counts}")
        return "\n".join(lines)


def _conditions(condition: syntax.Node) -> set[str]:
    return {type(node).__name__ for node in everything(condition)} & CONDITIONS


def _started_by(run: dict[str, Any], tree: syntax.Rule) -> Iterator[str]:
    """The kinds of triggers that can only have been it."""
    kind = run["cause"].partition(" ")[0]
    if kind in _CAUSES:
        yield _CAUSES[kind]
        return
    wanted = syntax.TextTrigger if kind == "incoming" else syntax.Every
    triggers = [one for one in tree.triggers if isinstance(one, wanted)]
    if len(triggers) == 1:
        (only,) = triggers
        yield type(only.calendar if isinstance(only, syntax.Every) else only).__name__
        if getattr(only, "patterns", ()):
            yield f"{type(only).__name__} matches"


def _of_log(run: dict[str, Any]) -> Iterator[str]:
    for _, step, _, words in run["log"]:
        if step == "wait for reply":
            yield from (end for end in ("answered", "no reply", "nobody can answer") if words.startswith(end))
        if step == "wait" and "late" in words:
            yield "late waits"
        if step == "wait" and "send" in words:
            yield "texts that waited for a window"
        if "started again by a new event" in words:
            yield "restarted"
        if words.startswith("ended: only while"):
            yield "only while"
    if run["state"] == "failed":
        yield "failed runs"


def _of_texts(sections: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for one in sections["texts out"]:
        if one["status"] == "suppressed":
            yield "texts not sent"
        if one["delivered at"]:
            yield "reported delivered"
        if one["failed at"] and one["status"] in ("undelivered", "failed"):
            yield "reported failed"
        if not one["about"] and one["sent at"]:
            yield "texts to unknown senders"
