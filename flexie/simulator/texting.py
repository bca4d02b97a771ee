"""Texts that people send from their phones to a line."""

from __future__ import annotations

import sqlite3

from flexie.simulator.deliveries import plan_inbound
from flexie.simulator.network import Network
from flexie.simulator.records import FROM_PHONE, Account, Line, Phone, Text
from flexie.simulator.texts import insert_text, new_text_id, read_content

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS = frozenset({"START", "UNSTOP"})
"""The words on which a North American carrier blocks a line for a phone, and lifts the block."""


def text_a_line(network: Network, phone_number: str, line_number: str, text: object, media: object = None) -> Text:
    """A person texts a line: the text is kept and its delivery to the line's address is planned.

    Raises InvalidNumber, InvalidRequest and Unknown.
    """
    phone, line = network.phone(phone_number), network.line(line_number)
    body, pictures = read_content({"text": text, "media": media})
    written = _written(network, phone, line, body, pictures)
    with network.store.transaction() as db:
        row = db.execute("SELECT * FROM accounts WHERE id = ?", (line.account_id,)).fetchone()
        account = Account.from_row(row)
        _apply_carrier_words(db, phone, line, body)
        insert_text(db, account, written)
        plan_inbound(db, account, written, line.inbound_url)
    network.bell.set()
    return written


def _written(network: Network, phone: Phone, line: Line, body: str, pictures: list[str]) -> Text:
    now = network.clock()
    return Text(
        id=new_text_id(),
        direction=FROM_PHONE,
        line=line.number,
        phone=phone.number,
        sender_id=None,
        text=body,
        media=pictures,
        segments=network.count_segments(body),
        arrived=True,
        status="sending",
        error_code=None,
        created_at=now,
        updated_at=now,
    )


def _apply_carrier_words(db: sqlite3.Connection, phone: Phone, line: Line, body: str) -> None:
    word = body.strip().upper()
    pair = (phone.number, line.number)
    if word in STOP_WORDS and phone.carrier_stop:
        db.execute("INSERT INTO opt_outs (phone, line) VALUES (?, ?) ON CONFLICT DO NOTHING", pair)
    elif word in START_WORDS:
        db.execute("DELETE FROM opt_outs WHERE phone = ? AND line = ?", pair)
