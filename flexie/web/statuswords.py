"""A message's status as people read it: a word, how it feels, and what to know."""

from dataclasses import dataclass
from datetime import datetime

from flexie import statuses, wentwrong
from flexie.models import Message


@dataclass(frozen=True)
class Shown:
    """`tone` is quiet, good, bad or doubt; `at` is when it came to that; `detail` is a sentence or empty."""

    word: str
    tone: str
    at: datetime | None
    detail: str


_TONES = {
    "delivered": "good",
    "undelivered": "bad",
    "failed": "bad",
    "suppressed": "bad",
    "unknown": "doubt",
    "held": "doubt",
}


def of(message: Message) -> Shown:
    """The status of a message that we sent or mean to send."""
    word = statuses.WORDS[message.status]
    detail = _detail(message) if message.error and message.status not in statuses.IN_DOUBT else ""
    return Shown(word[:1].upper() + word[1:], _TONES.get(message.status, "quiet"), _moment(message), detail)


def _detail(message: Message) -> str:
    return wentwrong.in_words(message.line.connection.provider, message.error, message.error_code)


def _moment(message: Message) -> datetime | None:
    moments = {
        "scheduled": message.due_at,
        "sent": message.sent_at,
        "accepted": message.sent_at,
        "delivered": message.delivered_at,
        "undelivered": message.failed_at,
        "failed": message.failed_at,
        "suppressed": message.failed_at,
        "cancelled": message.failed_at,
    }
    return moments.get(message.status)
