"""What people get wrong about colons and indentation."""

from __future__ import annotations

from rules.errors.finding import Mistake
from rules.errors.margin import stray
from rules.errors.situation import Situation, first_word, indent_of
from rules.syntax import Place

_OPENERS = ("if", "else", "on", "create", "notify", "given", "rule", "test", "settings")
_COLON_SAYS = "The indented lines below it belong to it; the colon says so."


def no_up_to(at: Situation) -> Mistake | None:
    """A question without its longest wait."""
    if not at.statement.startswith("wait for reply") or not at.expects("_UP"):
        return None
    return at.mistake(
        "R018",
        "A wait for a reply has to say how long it waits at most.",
        "Write for example:  wait for reply up to 1 day:",
    )


def colon_missing(at: Situation) -> Mistake | None:
    """A line that opens a block and does not say so."""
    if at.kind != "_NL" or not at.expects("_COLON"):
        return None
    if at.expects("STRING") and not at.deeper_below:
        return None
    return at.mistake("R014", "A colon is missing at the end of this line.", _COLON_SAYS, length=1)


def colon_surplus(at: Situation) -> Mistake | None:
    """A colon at the end of a line that opens no block."""
    if at.kind != "_COLON" or not at.expects("_NL"):
        return None
    return at.mistake("R015", "This line opens no block, so it ends without a colon.", "Leave the colon out.")


def block_empty(at: Situation) -> Mistake | None:
    """A colon with nothing below it."""
    if not at.expects("_INDENT") or at.kind == "_INDENT" or not at.above:
        return None
    opener = at.lines[at.above - 1] if at.kind not in ("_NL", "$END") else at.text
    number = at.above if at.kind not in ("_NL", "$END") else at.trouble.line
    if at.word and indent_of(at.text) == 0 and indent_of(opener) == 0:
        return _not_indented(at)
    return Mistake(
        "R015",
        Place(number, indent_of(opener) + 1, max(1, len(opener.strip()))),
        "This line opens a block, but nothing is indented below it.",
        "Indent the lines that belong to it by two blanks; a block that shall do nothing says:  do nothing",
    )


def at_margin(at: Situation) -> Mistake | None:
    """A line of an item that is not indented."""
    if at.trouble.expected != {"$END"} or not at.word:
        return None
    return _not_indented(at)


def _not_indented(at: Situation) -> Mistake:
    if at.start == "version":
        return stray(at.lines, at.trouble.line)
    return at.line_mistake(
        "R004",
        "This line is not indented, so it belongs to nothing.",
        f"Begin it with two blanks, so that it stands inside the {at.start} above.",
    )


def too_deep(at: Situation) -> Mistake | None:
    """A line that is indented deeper than the line above, which opens no block."""
    if at.kind != "_INDENT" or not at.above:
        return None
    above = at.lines[at.above - 1]
    if first_word(above).lower() in _OPENERS and not above.rstrip().endswith(":"):
        end = Place(at.above, len(above.rstrip()) + 1, 1)
        return Mistake("R014", end, "A colon is missing at the end of this line.", _COLON_SAYS)
    return at.line_mistake(
        "R004",
        "This line is indented deeper than the line above, but that line opens no block.",
        f"Begin it as far from the left as line {at.above}.",
    )
