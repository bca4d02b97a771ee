"""Comments in canonical form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SIGNS = re.compile(r"#*")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: its signs `#` (several for a ruler or a heading), and what stands behind them."""

    signs: str
    words: str

    @classmethod
    def read(cls, text: str) -> Comment:
        """The comment that the text writes; it begins with `#`."""
        signs = _SIGNS.match(text)
        length = signs.end() if signs else 0
        return cls(text[:length], text[length:].rstrip())

    @property
    def inset(self) -> int | None:
        """How many blanks stand before its words; None where it has no words."""
        return len(self.words) - len(self.words.lstrip()) if self.words else None

    def render(self, inset: int = 1) -> str:
        """The comment with so many blanks before its words."""
        return f"{self.signs}{' ' * inset}{self.words.lstrip()}" if self.words else self.signs


def render_together(comments: Sequence[Comment]) -> list[str]:
    """Comments directly below each other: the one furthest left gets one blank, the others keep their distance to it.

    So steps that somebody has commented out keep their blocks.
    """
    insets = [inset for comment in comments if (inset := comment.inset) is not None]
    leftmost = min(insets, default=0)
    return [comment.render((comment.inset or 0) - leftmost + 1) for comment in comments]
