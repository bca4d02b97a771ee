"""What a check says about a file: findings, in words for the person who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.syntax import Place


class Level(StrEnum):
    """How much a finding weighs: an error keeps a rule from running, a warning and a hint do not."""

    ERROR = "Error"
    WARNING = "Warning"
    HINT = "Hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Line and column are 1-based, length is in characters; message and advice may have several lines."""

    level: Level
    code: str
    file: str
    line: int
    column: int
    length: int
    message: str
    advice: str

    def render(self, source_text: str) -> str:
        """The finding as people see it: where, the source line with carets, what is wrong, what to write."""
        lines = source_text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        shown = lines[self.line - 1] if self.line <= len(lines) else ""
        gutter = " " * (len(str(self.line)) + 2)
        caret = "".join("\t" if char == "\t" else " " for char in shown[: self.column - 1]).ljust(self.column - 1)
        rows = [
            f"{self.level.value} {self.code}  {self.file}, line {self.line}, column {self.column}",
            f"{gutter}|",
            f" {self.line} |  {shown}",
            f"{gutter}|  {caret}{'^' * max(1, self.length)}",
            self.message,
        ]
        return "\n".join([*rows, self.advice] if self.advice else rows) + "\n"


class Mistake(Exception):
    """Something that the text of a rule gets wrong, found while reading it; becomes a finding of level error."""

    def __init__(self, code: str, place: Place, message: str, advice: str) -> None:
        super().__init__(message)
        self.code = code
        self.place = place
        self.message = message
        self.advice = advice

    def finding(self, file: str) -> Finding:
        """The mistake as a finding about that file."""
        return Finding(Level.ERROR, self.code, file, *self.place, self.message, self.advice)
