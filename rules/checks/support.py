"""What the engine that will run the rules can not do yet."""

from __future__ import annotations

import re

from rules.checks.scope import Scope
from rules.syntax import Condition, ForKinds, OnlyIf, OnlyWhile, Rule, Step, Trigger
from rules.syntax.file import AtMost, IfAlreadyRunning, SendOnly
from rules.syntax.walking import everything

_JUDGED = (Step, Trigger, Condition, ForKinds, OnlyIf, OnlyWhile, AtMost, IfAlreadyRunning, SendOnly)
_ALWAYS = frozenset({"ForKinds"})


def unsupported(rule: Rule, supports: frozenset[str], scope: Scope) -> None:
    """R026 for each trigger, step, condition and head line whose class is not among the supported ones."""
    for node in everything(rule):
        name = type(node).__name__
        if isinstance(node, _JUDGED) and name not in supports | _ALWAYS:
            scope.error(
                "R026",
                node.place,
                f"{_in_words(name)} is not available yet in this version.",
                "Leave it out for now, or keep the rule as a draft until it is.",
            )


def _in_words(name: str) -> str:
    """The class as words of the language: WaitForReply is "wait for reply"."""
    return f'"{" ".join(re.findall("[A-Z][a-z]*", name)).lower()}"'
