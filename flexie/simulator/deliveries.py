"""The callbacks that the network owes: planned in rows, claimed by one courier at a time, tried again on failure."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping

from flexie.simulator.behaviour import REPEAT_AFTER, PlannedReceipt
from flexie.simulator.network import Network
from flexie.simulator.records import Account, Delivery, Text, iso_moment
from flexie.simulator.texts import touch_phone

LEASE_SECONDS = 30.0
"""How long a claim holds: longer than one attempt can take, so that two couriers never make it at once."""

_CLAIMABLE = """
    SELECT seq FROM deliveries AS d
    WHERE done_at IS NULL AND due_at <= :now AND (claimed_until IS NULL OR claimed_until <= :now)
      AND NOT EXISTS (
        SELECT 1 FROM deliveries AS other
        WHERE other.text_id = d.text_id AND other.done_at IS NULL AND other.claimed_until > :now)
    ORDER BY due_at, seq LIMIT 1
"""
"""The next one: of one text only one callback is under way, so that its receipts keep their order."""

_RANK = {"queued": 0, "sent": 1, "delivered": 2, "failed": 2, "undelivered": 2}


def plan_inbound(db: sqlite3.Connection, account: Account, text: Text, url: str) -> None:
    """Owe the line's address the text that a person wrote, from now on."""
    body = {
        "type": "inbound",
        "id": text.id,
        "from": text.phone,
        "to": text.line,
        "text": text.text,
        "media": text.media,
        "received_at": iso_moment(text.created_at),
    }
    _plan(db, account, text, ("inbound", "received", None), url, body, text.created_at)


def plan_receipt(
    db: sqlite3.Connection, account: Account, text: Text, receipt: PlannedReceipt, url: str | None
) -> None:
    """Owe a receipt to the sender's address; without an address only the text's own status will move."""
    body = {
        "type": "status",
        "id": f"evt_{secrets.token_hex(12)}",
        "message": text.sender_id,
        "status": receipt.status,
        "error_code": receipt.error_code,
        "to": text.phone,
    }
    said = ("status", receipt.status, receipt.error_code)
    for copy in range(receipt.copies):
        due_at = text.created_at + receipt.after + copy * REPEAT_AFTER
        _plan(db, account, text, said, url, body, due_at)


def _plan(
    db: sqlite3.Connection,
    account: Account,
    text: Text,
    said: tuple[str, str, str | None],
    url: str | None,
    body: Mapping[str, object],
    due_at: float,
) -> None:
    db.execute(
        "INSERT INTO deliveries (text_id, account_id, kind, status, error_code, url, body, planned_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (text.id, account.id, *said, url, json.dumps(body, ensure_ascii=False), text.created_at, due_at),
    )


def next_due(network: Network) -> float | None:
    """The moment of the earliest callback that is still owed, in seconds since the epoch."""
    row = network.store.row("SELECT min(due_at) AS due FROM deliveries WHERE done_at IS NULL")
    return row["due"] if row else None


def claim_next(network: Network, now: float) -> Delivery | None:
    """Take the next due callback for this courier alone; None when nothing is due.

    With the first attempt at a receipt the text's own status moves: the network knows before it tells.
    """
    if network.store.row(_CLAIMABLE, {"now": now}) is None:
        return None
    with network.store.transaction() as db:
        row = db.execute(_CLAIMABLE, {"now": now}).fetchone()
        if row is None:
            return None
        return _claim(db, row["seq"], now)


def _claim(db: sqlite3.Connection, seq: int, now: float) -> Delivery:
    claim = secrets.token_hex(8)
    db.execute(
        "UPDATE deliveries SET claim = ?, claimed_until = ?, attempts = attempts + 1 WHERE seq = ?",
        (claim, now + LEASE_SECONDS, seq),
    )
    row = db.execute(
        "SELECT d.*, a.secret FROM deliveries AS d JOIN accounts AS a ON a.id = d.account_id WHERE d.seq = ?",
        (seq,),
    ).fetchone()
    if row["kind"] == "status" and row["attempts"] == 1:
        _climb(db, row["text_id"], row["status"], row["error_code"], now)
    return Delivery(**{name: row[name] for name in Delivery.__dataclass_fields__})


def _climb(db: sqlite3.Connection, text_id: str, status: str, error_code: str | None, now: float) -> None:
    text = db.execute("SELECT status FROM texts WHERE id = ?", (text_id,)).fetchone()
    if _RANK[status] > _RANK[text["status"]]:
        _set_status(db, text_id, status, error_code, now)


def _set_status(db: sqlite3.Connection, text_id: str, status: str, error_code: str | None, now: float) -> None:
    db.execute(
        "UPDATE texts SET status = ?, error_code = ?, updated_at = ? WHERE id = ?",
        (status, error_code, now, text_id),
    )
    row = db.execute("SELECT phone FROM texts WHERE id = ?", (text_id,)).fetchone()
    touch_phone(db, row["phone"])


def finish(network: Network, delivery: Delivery, result: str, now: float) -> None:
    """Nothing more is owed: the callback was `received`, `refused` for good, or is `lost` after many tries."""
    with network.store.transaction() as db:
        held = db.execute(
            "UPDATE deliveries SET done_at = ?, result = ?, claimed_until = NULL WHERE seq = ? AND claim = ?",
            (now, result, delivery.seq, delivery.claim),
        ).rowcount
        if held and delivery.kind == "inbound":
            _set_status(db, delivery.text_id, result, None, now)


def postpone(network: Network, delivery: Delivery, due_at: float, now: float) -> None:
    """The callback failed; it is owed again at `due_at`."""
    with network.store.transaction() as db:
        held = db.execute(
            "UPDATE deliveries SET due_at = ?, claimed_until = NULL WHERE seq = ? AND claim = ?",
            (due_at, delivery.seq, delivery.claim),
        ).rowcount
        if held and delivery.kind == "inbound":
            _set_status(db, delivery.text_id, "retrying", None, now)
