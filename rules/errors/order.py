"""Right words in a wrong order, and things denied where the language cannot deny them."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import Situation

_TURNED = (
    (
        r'(?P<first>send\s+sms\s+".*")\s+(?P<late>from\s+line\s+"[^"]*")$',
        r"to\s+[\w.\[\]]+",
        "First comes the number, then the line.",
    ),
    (
        r'(?P<first>when\s.*?)\s+(?P<late>matches\s+".*")$',
        r'on\s+line\s+"[^"]*"(?:\s*,\s*"[^"]*")*',
        "First comes the line, then the pattern.",
    ),
)
_DENIED = tuple(
    (re.compile(form, re.IGNORECASE), right)
    for form, right in (
        (r"\b(?:has (?:not|no)|(?:does not|doesn't|don't) have)(?: an?| the)? tags?\b", 'not has tag "..."'),
        (r"\b(?:can ?not|can't) receive\b(?: sms\b)?", "not can receive sms"),
        (r'\bis not (?:matches|matching|like)(?=\s*")', 'does not match "..."'),
        (r'\bis (?:matches|matching|like)(?=\s*")', 'matches "..."'),
    )
)


def turned(at: Situation) -> Mistake | None:
    """Two parts of a line of which the later one has to come first."""
    for before, now, message in _TURNED:
        earlier, moved = re.match(before, at.before, re.IGNORECASE), re.match(now, at.after, re.IGNORECASE)
        if earlier and moved:
            written = f"{earlier['first']} {moved[0]} {earlier['late']}{at.after[moved.end() :]}"
            return at.mistake("R024", message, f"Write:  {written}", length=len(moved[0]))
    return None


def denied(at: Situation) -> Mistake | None:
    """A comparison with a `not` in its middle, or one that is not denied as others are."""
    for form, right in _DENIED:
        for found in form.finditer(at.text):
            outside = at.text.count('"', 0, found.start()) % 2 == 0
            if outside and found.start() < at.column <= found.end() + 1:
                message = f'"{found[0]}" is not how a condition is written.'
                return at.mistake("R011", message, f"Write:  {right}", found.start() + 1, len(found[0]))
    return None


def schedule(at: Situation) -> Mistake | None:
    """`when every day`."""
    found = re.match(r"\s*(when)\s+(every\b.*)", at.text, re.IGNORECASE)
    if found is None or at.start != "rule" or not at.expects("_CHANGES"):
        return None
    message = 'A schedule begins with "every".'
    return at.mistake("R025", message, f"Write:  {found[2].strip()}", found.start(1) + 1, len(found[1]))
