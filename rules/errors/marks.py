"""Marks that people bring along from prose, lists and other languages: colons, commas, dashes, plus signs."""

from __future__ import annotations

import re

from rules.errors.finding import Mistake
from rules.errors.situation import Situation, first_word

_COMMENT = re.compile(r"//|--|/\*|;")
_LIST = re.compile(r"(?:[-*•–—]|\d+[.)])(?=\s)")
_TEXT_FIRST = ("send", "notify", "create")


def comment(at: Situation) -> Mistake | None:
    """A comment as other languages write it."""
    if not at.begins_line or not _COMMENT.match(at.after):
        return None
    return at.mistake("R022", "A comment begins with #.", f"Write:  # {at.after.lstrip('/-*; ').rstrip('/* ')}")


def list_mark(at: Situation) -> Mistake | None:
    """`- stop`: a dash or a number before a line."""
    found = _LIST.match(at.after) if at.begins_line else None
    if found is None:
        return None
    message = "A line begins with its first word, with no mark or number before it."
    return at.mistake("R022", message, f"Write:  {at.after[found.end() :].strip()}", length=len(found[0]))


def version_colon(at: Situation) -> Mistake | None:
    """`version: 1`, and `version` alone."""
    if at.start == "version" and at.kind == "_NL" and at.before.lower() == "version":
        return at.mistake("R019", "The version of the language is missing here.", "Write:  version 1", length=1)
    if at.start != "version" or at.word != ":":
        return None
    return at.mistake("R015", "This line opens no block, so it has no colon.", "Write:  version 1")


def behind_colon(at: Situation) -> Mistake | None:
    """Something behind the colon that opens a block."""
    before = at.trouble.before
    if before is None or before.type != "_COLON" or before.line != at.trouble.line or not at.word:
        return None
    if at.kind == "STRING" and first_word(at.text).lower() in _TEXT_FIRST:
        message = "A text on the same line stands without a colon before it."
        return at.mistake("R015", message, f"Write:  {at.before.removesuffix(':').rstrip()} {at.after}")
    return at.mistake(
        "R025",
        "What belongs to a block begins on a line of its own.",
        f"Write on the next line, indented by two blanks:  {at.after}",
        length=len(at.after),
    )


def before_colon(at: Situation) -> Mistake | None:
    """A colon where the line is not complete yet."""
    if at.kind != "_COLON" or at.begins_line:
        return None
    phrase = at.phrase
    advice = f"Before it stands {phrase}." if phrase else "Say the whole condition, for example:  city is not empty"
    return at.mistake("R025", "Something is missing before this colon.", advice)


def joined_list(at: Situation) -> Mistake | None:
    """`"A" or "B"` in a list."""
    before = at.trouble.before
    listing = re.match(r"every\b|.*\b(?:matches|on line)\b", at.before, re.IGNORECASE)
    if at.word.lower() not in ("and", "or") or before is None or before.type not in ("DAY", "STRING") or not listing:
        return None
    code, what = ("R011", "Days are") if before.type == "DAY" else ("R025", "The parts of a list are")
    rest = at.after[len(at.word) :].strip()
    return at.mistake(code, f"{what} listed with commas.", f"Write:  {at.before}, {rest}")


def joined_text(at: Situation) -> Mistake | None:
    """`"Hi " + first_name`."""
    before = at.trouble.before
    found = re.match(r"[+&~.]\s*([A-Za-z_][\w.]*)?", at.after)
    if before is None or before.type != "STRING" or found is None:
        return None
    name = found[1] or "first_name"
    message = f"Texts are not joined with {at.after[0]}."
    return at.mistake("R025", message, f'Put the field into the text:  "... {{{{ {name} }}}}"', length=1)


def thousands(at: Situation) -> Mistake | None:
    """`1,000`."""
    before = at.trouble.before
    found = re.match(r",(\d{3})\b", at.after)
    if before is None or before.type != "NUMBER" or found is None:
        return None
    message = "A number has no mark between its thousands."
    return at.mistake("R025", message, f"Write:  {before}{found[1]}", before.column, len(before) + 4)
