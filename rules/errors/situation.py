"""Where reading stopped: what stands there, what stands around it, and what would have fitted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rules.errors.finding import Mistake
from rules.errors.wanted import expected_phrase
from rules.reader import Trouble, words_below
from rules.syntax import Place

_WORD = re.compile(r'"[^"\n]*"?|[A-Za-z_][\w.\[\]]*|[^\s:,()"]+|.')

LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Situation:
    """The trouble together with the lines of the file. Columns are 1-based."""

    lines: list[str]
    start: str
    trouble: Trouble

    @cached_property
    def text(self) -> str:
        """The line on which reading stopped."""
        return self.lines[self.trouble.line - 1] if self.trouble.line <= len(self.lines) else ""

    @cached_property
    def column(self) -> int:
        """Where in the line reading stopped."""
        return self.trouble.column

    @cached_property
    def word(self) -> str:
        """The word, text in quotes or sign at which reading stopped; empty at the end of a line."""
        found = _WORD.match(self.text, self.column - 1)
        return found[0] if found and self.trouble.token not in ("_NL", "$END") else ""

    @property
    def shown(self) -> str:
        """The word as it stands in a message: not endless, and without signs that nobody can see."""
        return show(self.word)

    @cached_property
    def whole(self) -> tuple[int, str]:
        """The run of characters without a blank around the column, without marks at its end: column and text."""
        begin = max(self.text.rfind(" ", 0, self.column - 1) + 1, 0)
        run = re.match(r"\S*", self.text[begin:])
        return begin + 1, (run[0] if run else "").rstrip(",:()")

    @cached_property
    def before(self) -> str:
        """What stands in the line before the place, without blanks around it."""
        return self.text[: self.column - 1].strip()

    @cached_property
    def after(self) -> str:
        """What stands in the line from the place on, without blanks around it."""
        return self.text[self.column - 1 :].strip()

    @cached_property
    def statement(self) -> str:
        """The line without blanks around it, lower case."""
        return self.text.strip().lower()

    @cached_property
    def begins_line(self) -> bool:
        """Whether nothing stands before the place in its line."""
        return not self.before and bool(self.word)

    @cached_property
    def next_line(self) -> str:
        """The next line that is neither empty nor a comment; empty at the end of the file."""
        below = self.lines[self.trouble.line :]
        return next((line for line in below if line.strip() and not line.lstrip().startswith("#")), "")

    @cached_property
    def deeper_below(self) -> bool:
        """Whether the next line is indented deeper than this one."""
        return indent_of(self.next_line) > indent_of(self.text)

    @cached_property
    def above(self) -> int:
        """The number of the nearest line above that is neither empty nor a comment; 0 if there is none."""
        for number in range(self.trouble.line - 1, 0, -1):
            line = self.lines[number - 1].strip()
            if line and not line.startswith("#"):
                return number
        return 0

    @property
    def kind(self) -> str:
        """The name of the terminal at the place; empty where no terminal fits at all."""
        return self.trouble.token

    @property
    def phrase(self) -> str:
        """What would have fitted, in words; empty if there is nothing to say or too much."""
        return expected_phrase(self.trouble.expected)

    def expects(self, *terminals: str) -> bool:
        """Whether one of these would have fitted."""
        return not self.trouble.expected.isdisjoint(terminals)

    def mistake(
        self, code: str, message: str, advice: str, column: int | None = None, length: int | None = None
    ) -> Mistake:
        """A mistake in this line; without a column at the place itself, without a length as long as its word."""
        place = Place(self.trouble.line, column or self.column, length or max(1, len(self.word)))
        return Mistake(code, place, message, advice)

    def line_mistake(self, code: str, message: str, advice: str, length: int | None = None) -> Mistake:
        """A mistake that points at the beginning of this line."""
        return self.mistake(code, message, advice, indent_of(self.text) + 1, length or len(first_word(self.text)))


def show(word: str) -> str:
    """A word for a message."""
    visible = "".join(char if char.isprintable() else "?" for char in word)
    return visible if len(visible) <= LONGEST_SHOWN else f"{visible[: LONGEST_SHOWN - 3]}..."


def indent_of(line: str) -> int:
    """How many blanks a line begins with."""
    return len(line) - len(line.lstrip(" \t"))


def first_word(line: str) -> str:
    """The first word of a line."""
    found = _WORD.match(line.strip())
    return found[0] if found else ""


def step_words() -> frozenset[str]:
    """The words that begin a step."""
    return _words(words_below('rule "x":\n  stop\n', "rule"))


def head_words() -> frozenset[str]:
    """The words that begin only lines of a rule's head."""
    return _words(words_below('rule "x":\n  ', "rule")) - step_words()


def script_words() -> frozenset[str]:
    """The words that begin a line of a test."""
    return _words(words_below('test "x":\n  ', "test"))


def setting_words() -> frozenset[str]:
    """The words that begin a line of the settings."""
    return _words(words_below("settings:\n  ", "settings"))


def _words(terminals: frozenset[str]) -> frozenset[str]:
    return frozenset(name[1:].lower() for name in terminals if name.startswith("_")) - {"dedent", "indent", "nl"}
