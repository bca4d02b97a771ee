"""What people get wrong about conditions."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import Situation
from rules.syntax import Place

_SIGNS = {"=": "is", "==": "is", "===": "is", "!=": "is not", "<>": "is not", "=<": "<=", "=>": ">=", "≤": "<=",
          "≥": ">=", "≠": "is not", "&&": "and", "&": "and", "||": "or", "!": "not"}  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekday")
_PHRASES = (
    (r"(?:does not contain|doesn't contain|not contains)\b", 'does not match "*...*"'),
    (r"(?:contains?|includes?|has)\b", 'matches "*...*"'),
    (r"(?:starts|begins) with\b", 'matches "...*"'),
    (r"ends with\b", 'matches "*..."'),
    (r"(?:equals?|are|was|eq)\b", "is"),
    (r"(?:isn't|aren't|isnt)(?!\w)", "is not"),
    (r"(?:like|match|~)(?!\w)", 'matches "..."'),
    (r"in\b", 'is any of "...", "..."'),
    (r"(?:doesn't|don't) match\b", 'does not match "..."'),
)
_AFTER_IS = (
    (r"(?:one of|in|either)\b", 'is any of "...", "..."'),
    (r"not (?:one of|in)\b", 'is not any of "...", "..."'),
    (r"(?:greater|more|larger|bigger|higher|over) than\b", "> ..."),
    (r"(?:less|smaller|lower|fewer|under) than\b", "< ..."),
    (r"at least\b", ">= ..."),
    (r"at most\b", "<= ..."),
    (r"(?:null|none|blank|missing|unknown)\b", "is empty"),
    (r"(?:set|filled|present)\b", "is not empty"),
    (r"(?:true|on)\b", "is yes"),
    (r"(?:false|off)\b", "is no"),
    (r"equal to\b", "is ..."),
)


def mixed(at: Situation) -> Mistake | None:
    """`and` beside `or` without brackets."""
    if at.kind not in ("_AND", "_OR") or not at.expects("_AND", "_OR"):
        return None
    return at.mistake(
        "R007",
        '"and" and "or" stand side by side here; it could be read in two ways.',
        "Put brackets around the part that belongs together, for example:\n\n"
        '    only if stage is "Won" and (city is "Tirana" or city is "Durres")',
    )


def sign(at: Situation) -> Mistake | None:
    """A sign from a spreadsheet or another language."""
    if at.word == ">" and at.text[: at.column - 1].endswith("<"):
        return at.mistake("R011", "<> is not a sign of the language.", "Write:  is not", at.column - 1, 2)
    found = re.match(r"[=!<>≤≥≠&|]+", at.after)
    right = _SIGNS.get(found[0]) if found else None
    if found is None or at.kind == "BAR":
        return None
    if right is None and at.kind == "COMPARE":
        return None
    if right == "is":
        right = "to" if at.expects("_TO") else "as" if at.expects("_AS") else right
    advice = f"Write:  {right}" if right else "Write is, is not, <, <=, > or >=."
    return at.mistake("R011", f"{found[0]} is not a sign of the language.", advice, length=len(found[0]))


def phrase(at: Situation) -> Mistake | None:
    """A comparison in words that the language does not have."""
    table: tuple[tuple[str, str], ...] = ()
    if at.expects("_IS", "_MATCHES") and at.kind != "_IS":
        table = _PHRASES
    elif re.search(r"\bis( not)?$", at.before, re.IGNORECASE):
        table = _AFTER_IS
    for form, right in table:
        found = re.match(form, at.after, re.IGNORECASE)
        if found:
            message = f'"{found[0]}" is not how a comparison is written.'
            return at.mistake("R011", message, f"Write:  {right}", length=len(found[0]))
    return None


def value_repeated(at: Situation) -> Mistake | None:
    """`is "a" or "b"`: the second side of an `or` has no field."""
    before = at.trouble.before
    if before is not None and before.lower() in _DAYS and re.search(r"\b(or|and)\s+\w+$", at.before, re.IGNORECASE):
        place = Place(before.line or 1, before.column or 1, len(before))
        return Mistake("R011", place, "Days are listed with commas.", "Write for example:  monday, tuesday")
    if at.kind not in ("STRING", "NUMBER", "DATE", "COMPARE") or not re.search(
        r"\b(or|and)$", at.before, re.IGNORECASE
    ):
        return None
    return at.mistake(
        "R011",
        'Behind "or" and "and" stands a whole condition again, with its field.',
        'For several values of one field write:  is any of "...", "..."  or  matches "...", "..."',
    )


def bracket_open(at: Situation) -> Mistake | None:
    """A bracket that is not closed."""
    if not at.expects("_RPAR") or at.before.count("(") <= at.before.count(")") or at.word not in ("", ":"):
        return None
    return at.mistake("R007", "A closing bracket is missing here.", "Close each ( with a ) on the same line.", length=1)
