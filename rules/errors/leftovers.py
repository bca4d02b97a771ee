"""What nobody has a special word for: unknown words, missing words, something left over."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import Situation
from rules.errors.spelling import nearest
from rules.errors.wanted import expected_phrase, expected_words
from rules.syntax import Place

_PREPOSITIONS = {"on": "from", "from": "on"}


def other_word(at: Situation) -> Mistake | None:
    """`on line` behind `send sms`, and `from line` behind `when incoming sms`."""
    right = _PREPOSITIONS.get(at.word.lower(), "")
    rest = at.after[len(at.word) :].strip()
    if not right or not at.expects(f"_{right.upper()}") or not rest.lower().startswith("line"):
        return None
    return at.mistake("R022", f'"{at.shown}" does not fit here.', f"Write:  {right} {rest}")


def misspelled(at: Situation) -> Mistake | None:
    """A word that is nearly one that fits."""
    if not at.word[:1].isalpha() or at.kind == f"_{at.word.upper()}":
        return None
    meant = nearest(at.word, expected_words(at.trouble.expected) + _days_and_units(at.trouble.expected))
    if meant is None or meant == at.word.lower():
        return None
    return at.mistake("R022", f'I do not know the word "{at.word}" here.', f'Did you mean "{meant}"?')


def _days_and_units(expected: frozenset[str]) -> list[str]:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekday"]
    units = ["seconds", "minutes", "hours", "days", "weeks", "months"]
    return (days if "DAY" in expected else []) + (units if "UNIT" in expected else [])


def misspelled_before(at: Situation) -> Mistake | None:
    """The word before was taken as a field, but is nearly a word of the language that fits there."""
    before = at.trouble.before
    if before is None or before.type != "PATH" or before.line != at.trouble.line:
        return None
    known = at.trouble.before_expected
    meant = nearest(before, expected_words(known) + _days_and_units(known))
    if meant is None or meant == before.lower():
        return None
    return Mistake(
        "R022",
        Place(before.line, before.column or 1, len(before)),
        f'I do not know the word "{before}" here.',
        f'Did you mean "{meant}"?',
    )


def mark_missing(at: Situation) -> Mistake | None:
    """Only a comma could stand here."""
    if at.trouble.expected != {"_COMMA"}:
        return None
    return at.mistake("R025", "A comma is missing here.", f"Write:  {at.before}, {at.after}", length=1)


def word_missing(at: Situation) -> Mistake | None:
    """Exactly one word of the language could stand here."""
    fitting = expected_words(at.trouble.expected)
    if len(fitting) != 1 or at.phrase != f'"{fitting[0]}"':
        return None
    rest = _rest_behind(at, fitting[0])
    blank = "" if rest.startswith((":", ",")) or not rest else " "
    written = f"{at.before} {fitting[0]}{blank}{rest}"
    return at.mistake("R025", f'The word "{fitting[0]}" is missing here.', f"Write:  {written}")


def _rest_behind(at: Situation, missing: str) -> str:
    """How the line goes on once the missing word stands: a word that took its place goes away."""
    if at.kind == "_NL":
        return _ending(at)
    if at.kind == "_COLON" and "STRING" in at.trouble.behind:
        return f'"..."{at.after}'
    later = re.search(rf"\b{missing}\b\s*", at.after, re.IGNORECASE)
    if later:
        return at.after[later.end() :]
    replaced = at.word.isalpha() and at.kind not in at.trouble.behind
    return (at.after[len(at.word) :].strip() or _ending(at)) if replaced else at.after


def _ending(at: Situation) -> str:
    """What follows the missing last word of a line."""
    behind = at.trouble.behind
    if "_NL" in behind:
        return ""
    if "_RECORD" in behind:
        return "record"
    if "_CASE" in behind:
        return "case"
    return ":" if "_COLON" in behind else "09:00" if "CLOCK" in behind else "..."


def doubled(at: Situation) -> Mistake | None:
    """The same word twice."""
    before = at.trouble.before
    if before is None or not at.word.isalpha() or before.lower() != at.word.lower() or before.line != at.trouble.line:
        return None
    return at.mistake("R025", f'"{at.shown}" stands here twice.', "Leave one of the two out.")


def ends_early(at: Situation) -> Mistake | None:
    """The line ends before it is complete."""
    if at.kind not in ("_NL", "$END"):
        return None
    phrase = at.phrase
    return at.mistake(
        "R025",
        "Something is missing at the end of this line.",
        f"Here follows {phrase}." if phrase else "Look at the line again; a statement stands on one line.",
        length=1,
    )


def left_over(at: Situation) -> Mistake | None:
    """The statement is complete, but the line goes on."""
    if not at.expects("_NL") or not at.word:
        return None
    length = len(at.after.split("#")[0].rstrip()) or 1
    phrase = expected_phrase(at.trouble.expected - {"_NL"})
    more = f" It can only go on with {phrase}." if phrase else ""
    return at.mistake(
        "R025",
        "The line could end here; what follows does not belong to it.",
        f"Leave it out, or write it on a line of its own.{more}",
        length=length,
    )


def unknown(at: Situation) -> Mistake:
    """Anything else."""
    phrase = at.phrase
    advice = f"Here fits {phrase}." if phrase else "The reference of the language shows how this line is written."
    if re.match(r"[A-Za-z]", at.word):
        known = at.kind.startswith("_") or at.kind in ("DAY", "UNIT")
        message = f'"{at.shown}" does not fit here.' if known else f'I do not know the word "{at.shown}" here.'
        return at.mistake("R022", message, advice)
    return at.mistake("R025", f"{at.shown or 'This'} does not fit here.", advice)
