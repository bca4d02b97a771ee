"""What was posted to the network: every send and how often each of the sender's ids came."""

from __future__ import annotations

from flexie.simulator.network import Network
from flexie.simulator.records import TO_PHONE, Account, Text

PAGE = 1000
"""The most texts that one look at the ledger shows."""


def sends(network: Network, account: Account, sender_id: str | None = None, after: int = 0) -> dict[str, object]:
    """The accepted texts of an account, oldest first, and the POSTs behind them.

    `posts` counts every POST by the sender's id, also the refused ones, and `answers` says how each was
    answered (an HTTP status, or "none" when the connection broke). `next` is given when there is more.
    """
    rows = network.store.rows(
        "SELECT * FROM texts WHERE account_id = ? AND direction = ? AND seq > ?"
        " AND (? IS NULL OR sender_id = ?) ORDER BY seq LIMIT ?",
        (account.id, TO_PHONE, after, sender_id, sender_id, PAGE),
    )
    answers = _answers(network, account, sender_id)
    return {
        "messages": [Text.from_row(row).as_json() for row in rows],
        "posts": {name: len(given) for name, given in answers.items()},
        "answers": answers,
        "next": rows[-1]["seq"] if len(rows) == PAGE else None,
    }


def _answers(network: Network, account: Account, sender_id: str | None) -> dict[str, list[str]]:
    rows = network.store.rows(
        "SELECT sender_id, answer FROM posts WHERE account_id = ? AND (? IS NULL OR sender_id = ?) ORDER BY seq",
        (account.id, sender_id, sender_id),
    )
    answers: dict[str, list[str]] = {}
    for row in rows:
        answers.setdefault(row["sender_id"], []).append(row["answer"])
    return answers


def received(network: Network, account: Account, after: int = 0) -> dict[str, object]:
    """The texts that people wrote to an account's lines, oldest first, for those who lost a webhook."""
    rows = network.store.rows(
        "SELECT * FROM texts WHERE account_id = ? AND direction <> ? AND seq > ? ORDER BY seq LIMIT ?",
        (account.id, TO_PHONE, after, PAGE),
    )
    return {
        "messages": [Text.from_row(row).as_json() for row in rows],
        "next": rows[-1]["seq"] if len(rows) == PAGE else None,
    }
