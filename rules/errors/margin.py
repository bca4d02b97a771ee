"""Lines at the left margin that belong to nothing."""

from __future__ import annotations

from rules.errors.finding import Mistake
from rules.errors.situation import first_word, indent_of, show
from rules.errors.spelling import nearest
from rules.syntax import Place

_ITEMS = ("version", "settings", "rule", "test")


def stray(lines: list[str], number: int) -> Mistake:
    """The mistake about a line that begins no item and belongs to none."""
    line = lines[number - 1]
    word = first_word(line)
    place = Place(number, indent_of(line) + 1, max(1, len(word)))
    if line[:1].isspace():
        return Mistake(
            "R004",
            place,
            "This line is indented, but it belongs to nothing.",
            'Indented lines stand below  settings:,  rule "...":  or  test "...":',
        )
    meant = nearest(word, _ITEMS)
    advice = f'Did you mean "{meant}"?' if meant else "At the left margin stand only version, settings, rule and test."
    return Mistake("R022", place, f'I do not know the word "{show(word)}" here.', advice)
