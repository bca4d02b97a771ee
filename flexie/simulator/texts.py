"""What a text holds and how its row is written, whichever way it goes."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping

from flexie.simulator.errors import InvalidRequest
from flexie.simulator.network import web_address
from flexie.simulator.records import Account, Text

TEXT_LENGTH = 1600
MEDIA_COUNT = 10


def read_content(given: Mapping[str, object]) -> tuple[str, list[str]]:
    """The text and the addresses of its pictures; one of them must be there. Raises InvalidRequest."""
    text, media = given.get("text") or "", given.get("media") or []
    if not isinstance(text, str) or len(text) > TEXT_LENGTH:
        raise InvalidRequest(f"text must be up to {TEXT_LENGTH} characters.")
    if not isinstance(media, list) or len(media) > MEDIA_COUNT:
        raise InvalidRequest(f"media must be a list of up to {MEDIA_COUNT} web addresses.")
    if not text.strip() and not media:
        raise InvalidRequest("Write something: the text is empty.")
    return text, [web_address(item, "media") for item in media]


def new_text_id() -> str:
    """A name for a text that nobody can guess."""
    return f"msg_{secrets.token_hex(12)}"


def insert_text(db: sqlite3.Connection, account: Account, text: Text) -> None:
    """Write the row of a text and let its phone's page know."""
    db.execute(
        "INSERT INTO texts (id, direction, account_id, line, phone, sender_id, text, media, segments, arrived,"
        " status, error_code, created_at, updated_at) VALUES (:id, :direction, :account_id, :line, :phone,"
        " :sender_id, :text, :media, :segments, :arrived, :status, :error_code, :created_at, :updated_at)",
        {**text.__dict__, "media": json.dumps(text.media), "account_id": account.id},
    )
    touch_phone(db, text.phone)


def touch_phone(db: sqlite3.Connection, number: str) -> None:
    """Something that the phone's page shows has changed."""
    db.execute("UPDATE phones SET version = version + 1 WHERE number = ?", (number,))
