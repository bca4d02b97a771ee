"""The life of an outbound message, and why its status only ever climbs.

scheduled → queued → sending → accepted → sent → delivered | undelivered | failed
queued → suppressed | cancelled;  sending → queued (provably not sent) | unknown → held (a person decides)
"""

from typing import Literal

Status = Literal[
    "received",
    "scheduled", "queued", "sending", "accepted", "sent", "delivered", "undelivered", "failed",
    "unknown", "held", "suppressed", "cancelled",
]  # fmt: skip

RANK: dict[str, int] = {
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "unknown": 3,
    "held": 4,
    "accepted": 5,
    "sent": 6,
    "failed": 7,
    "undelivered": 8,
    "delivered": 9,
}
"""A receipt applies only if it outranks what is known, so receipts in any order and number end alike.

Providers send one final status. Should two disagree, "delivered" wins: the customer has the text.
"""

FINAL = frozenset({"delivered", "undelivered", "failed", "suppressed", "cancelled"})
WAITING = ("queued", "scheduled")
IN_DOUBT = ("unknown", "held")
TROUBLE = ("failed", "undelivered", "suppressed", *IN_DOUBT)
"""What a person should look at: it did not arrive, or nobody knows. The partial index on them has this order."""

WORDS: dict[str, str] = {
    "received": "received",
    "scheduled": "scheduled",
    "queued": "queued",
    "sending": "sending",
    "accepted": "queued at the provider",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "not delivered",
    "failed": "failed",
    "unknown": "not known whether it was sent",
    "held": "not known whether it was sent",
    "suppressed": "not sent",
    "cancelled": "cancelled",
}
"""What a person reads."""


def outranks(new: str, known: str) -> bool:
    """Whether a status moves a message forward. Suppressed and cancelled messages never move again."""
    return known in RANK and RANK[new] > RANK[known]
