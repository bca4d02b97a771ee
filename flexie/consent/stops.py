"""What keeps a text from being sent, and whether a person may send it all the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["opt-out", "allow sms", "same text", "number cap", "rule cap", "line cap", "quiet hours", "access"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FOREVER = frozenset({"opt-out", "allow sms"})
"""Whoever said no is not texted, whoever asks for it."""


@dataclass(frozen=True)
class Stop:
    """Why a text may not go now, in words. With `until` (UTC) it waits for that moment; else it is not sent."""

    kind: Kind
    reason: str
    until: datetime | None = None


def may_be_passed(kind: str | None) -> bool:
    """Whether a person may decide that a text that was held back so goes all the same."""
    return kind in KINDS and kind not in FOREVER
