"""How the network treats the texts that are sent to one phone, and when which receipts follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from flexie.simulator.errors import InvalidRequest

OUTCOMES = {
    "arrive": "Arrives",
    "fail": "Fails, says the receipt",
    "undelivered": "Is sent, never delivered",
    "refuse": "Refused: invalid number",
    "opted_out": "Refused: opted out",
    "throttle": "Refused: too many at once",
    "error": "Arrives, answer is an error",
    "drop": "Arrives, connection breaks",
    "silence": "Arrives, no answer comes",
}
"""What becomes of a text: the word the API takes, and the same in words for the page."""

RECEIPTS = {
    "normal": "Come within a second",
    "late": "Come late",
    "twice": "Come twice",
    "reversed": "Come in the wrong order",
    "never": "Never come",
}
"""How the delivery receipts come: the word the API takes, and the same in words for the page."""

SENT_AFTER = 0.2
DELIVERED_AFTER = 0.8
REPEAT_AFTER = 0.15
"""Seconds from acceptance to “sent” and to “delivered”, and from a receipt to its copy."""

MAX_SECONDS = 3600
MAX_SILENCE = 60
"""The longest lateness of a receipt and the longest that a connection is held without an answer, in seconds."""


@dataclass(frozen=True)
class Behaviour:
    """What happens to a text.

    `seconds` is how late receipts are, how long a sender is told to wait when throttled, or how long the
    connection is held in silence; `error_code` goes into a receipt of failure.
    """

    outcome: str = "arrive"
    receipts: str = "normal"
    seconds: int = 10
    error_code: str = "30003"

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> Behaviour:
        """Read what a form or the API gave; what is missing has its default. Raises InvalidRequest."""
        outcome = _one_of(OUTCOMES, given.get("outcome", "arrive"), "outcome")
        receipts = _one_of(RECEIPTS, given.get("receipts", "normal"), "receipts")
        return cls(outcome, receipts, _seconds(given.get("seconds", 10)), _code(given.get("error_code", "30003")))

    def as_mapping(self) -> dict[str, object]:
        """The same as plain data, for JSON."""
        return asdict(self)

    @property
    def is_ordinary(self) -> bool:
        """True when texts arrive and receipts come as they should."""
        return self.outcome == "arrive" and self.receipts == "normal"

    @property
    def accepts(self) -> bool:
        """True when the network takes the text on, whatever it then answers."""
        return self.outcome not in ("refuse", "opted_out", "throttle")

    def in_words(self) -> str:
        """One line for the page."""
        if self.is_ordinary:
            return "Everything works"
        if self.receipts == "normal" or not self.accepts:
            return OUTCOMES[self.outcome]
        late = f" ({self.seconds} s)" if self.receipts == "late" else ""
        return f"{OUTCOMES[self.outcome]}. Receipts {RECEIPTS[self.receipts].lower()}{late}"


@dataclass(frozen=True)
class PlannedReceipt:
    """A receipt to come `after` seconds from acceptance; a copy is the same event told once more."""

    after: float
    status: str
    error_code: str | None = None
    copies: int = 1


def planned_receipts(behaviour: Behaviour) -> list[PlannedReceipt]:
    """The receipts that follow an accepted text, in the order of their moments."""
    if behaviour.receipts == "never":
        return []
    steps = _steps(behaviour)
    statuses = [(status, code) for _, status, code in steps]
    if behaviour.receipts == "reversed":
        statuses.reverse()
    lateness = behaviour.seconds if behaviour.receipts == "late" else 0
    copies = 2 if behaviour.receipts == "twice" else 1
    return [
        PlannedReceipt(after + lateness, status, code, copies)
        for (after, _, _), (status, code) in zip(steps, statuses, strict=True)
    ]


def _steps(behaviour: Behaviour) -> list[tuple[float, str, str | None]]:
    if behaviour.outcome == "fail":
        return [(DELIVERED_AFTER, "failed", behaviour.error_code)]
    last = (DELIVERED_AFTER, "delivered", None)
    if behaviour.outcome == "undelivered":
        return [(SENT_AFTER, "sent", None), (DELIVERED_AFTER, "undelivered", behaviour.error_code)]
    return [(SENT_AFTER, "sent", None), last]


def _one_of(choices: Mapping[str, str], value: object, name: str) -> str:
    if isinstance(value, str) and value in choices:
        return value
    raise InvalidRequest(f"{name} must be one of: {', '.join(choices)}.")


def _seconds(value: object) -> int:
    try:
        seconds = int(str(value))
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= MAX_SECONDS:
        raise InvalidRequest(f"Seconds must be a whole number from 0 to {MAX_SECONDS}.")
    return seconds


def _code(value: object) -> str:
    code = str(value).strip()
    if not (code.isalnum() and len(code) <= 20):
        raise InvalidRequest("An error code is up to 20 letters and digits, such as 30003.")
    return code
