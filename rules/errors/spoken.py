"""What people say, and the language says in another way: weekends, next Monday, twice, between two numbers."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import Situation
from rules.syntax import Place

_TIMES = {"twice": 2, "thrice": 3, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
_VALUES = {
    **dict.fromkeys(("empty", "null", "none", "nil", "blank"), "nothing"),
    **dict.fromkeys(("true", "on"), "yes"),
    **dict.fromkeys(("false", "off"), "no"),
    "tomorrow": "1 day from now",
    "yesterday": "1 day ago",
}
_CALCULATION = re.compile(r"[-+]\s*\d+(?:\.\d+)?|[\w.\[\]]+(?:\s*[-+*/]\s*[\w.\[\]]+)+")
_IT_IS = re.compile(r"\bit is(?: not)?$", re.IGNORECASE)


def weekend(at: Situation) -> Mistake | None:
    """`it is weekend`."""
    if at.word.lower() not in ("weekend", "weekends") or not at.expects("DAY"):
        return None
    return at.mistake("R011", "The days of the weekend are written one by one.", "Write:  saturday, sunday")


def next_day(at: Situation) -> Mistake | None:
    """`next monday`, where "next" was taken as a field."""
    before = at.trouble.before
    if before is None or before.lower() not in ("next", "this", "on") or at.kind != "DAY":
        return None
    place = Place(before.line or 1, before.column or 1, len(before))
    clock = "" if re.search(r"\d", at.after) else " at 09:00"
    message = f'"{before}" is not needed: the next such day is meant.'
    return Mistake("R022", place, message, f"Write:  {at.after}{clock}")


def how_often(at: Situation) -> Mistake | None:
    """`at most twice`."""
    once = re.fullmatch(r"at\s+most\s+(once|\d+\s+times)", at.before, re.IGNORECASE)
    unit = re.match(r"(?:an?|each|every)\s+(second|minute|hour|day|week|month)\b", at.after, re.IGNORECASE)
    if once and unit:
        return at.mistake("R025", 'The word "per" is missing here.', f"Write:  {at.before} per 1 {unit[1]}")
    count = _TIMES.get(at.word.lower())
    if count is None or at.before.lower() != "at most":
        return None
    message = "How often is a number, or once."
    return at.mistake("R022", message, f"Write for example:  at most {count} times per 1 day")


def between_values(at: Situation) -> Mistake | None:
    """`score is between 1 and 5`."""
    found = re.search(r"(\S+) is$", at.before, re.IGNORECASE)
    if at.word.lower() != "between" or found is None or found[1].lower() == "it":
        return None
    name = found[1].lstrip("(")
    return at.mistake(
        "R011",
        '"between" compares only the time of day.',
        f"Write for numbers:  {name} >= 1 and {name} <= 5\n"
        f"and for dates:  {name} is after 3 days ago and {name} is before now",
    )


def time_of_day(at: Situation) -> Mistake | None:
    """`it is after 17:00`."""
    spoken = _IT_IS.search(at.before) and at.word.lower() in ("after", "before", "later", "earlier", "past", "until")
    moment = re.search(r"\bis (?:after|before)$", at.before, re.IGNORECASE) and re.match(r"\d{1,2}[:.]\d\d", at.after)
    if not spoken and not moment:
        return None
    message = "The time of day is always compared with two times."
    return at.mistake("R011", message, "Write for example:  it is between 17:00 and 23:59")


def field_trigger(at: Situation) -> Mistake | None:
    """`when status is "New"`."""
    found = re.fullmatch(r"when\s+(\S+)", at.before, re.IGNORECASE)
    if found is None or at.word.lower() != "is" or not at.expects("_CHANGES"):
        return None
    value = at.after[len("is") :].strip() or '"..."'
    return at.mistake(
        "R025",
        "A rule starts at the moment in which a field changes.",
        f"Write:  when {found[1]} changes to {value}\n"
        f"To ask what the field is when the rule starts, write below:  only if {found[1]} {at.after}",
    )


def several_values(at: Situation) -> Mistake | None:
    """`city is "a", "b"`."""
    found = re.search(r'\bis( not)?\s+("[^"]*"|[\w.-]+)$', at.before, re.IGNORECASE)
    if at.word != "," or found is None or at.expects("_COMMA"):
        return None
    values = f"{found[2]}{at.after.rstrip(':')}"
    message = 'Several values are compared with "any of".'
    return at.mistake("R011", message, f"Write:  is{found[1] or ''} any of {values}")


def value(at: Situation) -> Mistake | None:
    """A word, a sign or a calculation where a value stands."""
    if not at.expects("STRING") or not at.expects("_NOTHING") or at.expects("PATH"):
        return None
    written = at.after.partition("#")[0].strip().rstrip(":").rstrip()
    if at.word.lower() in _VALUES:
        message = f'"{at.shown}" is not a value of the language.'
        return at.mistake("R011", message, f"Write:  {_VALUES[at.word.lower()]}")
    if _CALCULATION.fullmatch(written):
        return at.mistake(
            "R025",
            "Signs and calculations stand inside a text, where they are worked out.",
            f'Write:  "{{{{ {written} }}}}"',
            length=len(written),
        )
    if at.before.lower().startswith(("set ", "remember ")) and re.fullmatch(r"[A-Za-z_][\w.\[\]]*", written):
        return at.mistake(
            "R005",
            "A text stands in quotes.",
            f'Write:  "{written}"  for this word, or  "{{{{ {written} }}}}"  for what the field of this name holds.',
            length=len(written),
        )
    return None
