"""Step 1 of a text's way: what a provider posted is stored, once, before it is answered.

This path goes without the ORM: one statement on PostgreSQL, one short transaction on SQLite (docs/decisions/0004).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from flexie import clock, intake_sql, phones, reactions, segments
from flexie.db import begin_sqlite, db, new_public_id
from flexie.models.messages import LONGEST_PREVIEW
from flexie.providers import InboundEvent, Malformed, StatusEvent
from flexie.providers.events import storable

LONGEST_KEPT_CONTENT = 4_000  # characters of a request that could not be read
Row = dict[str, Any]


class DatabaseUnavailable(Exception):
    """Nothing could be stored: the provider is to be told to try again (503)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which line an event came in on, and the provider account that its ids belong to."""

    line_id: int
    provider: str
    account: str


class Intake:
    """Stores events. On PostgreSQL it has connections of its own in autocommit: a text is one round trip."""

    def __init__(self, engine: Engine) -> None:
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.engine = engine if self.is_sqlite else _in_autocommit(engine)

    def text(self, origin: Origin, event: InboundEvent) -> bool:
        """Store an inbound text with its conversation. Returns whether it was new."""
        return self._store(intake_sql.TEXT, _text_row(origin, event))

    def text_within(self, connection: Connection, origin: Origin, event: InboundEvent) -> bool:
        """Store an inbound text in the caller's transaction. Returns whether it was new."""
        cursor, row = connection.connection.cursor(), _text_row(origin, event)
        if self.is_sqlite:
            return intake_sql.TEXT.in_sqlite(cursor, row)
        cursor.execute(intake_sql.TEXT.postgresql, row)
        return cursor.fetchone() is not None

    def receipt(self, origin: Origin, event: StatusEvent) -> bool:
        """Store a receipt for `receipts` to apply. Returns whether it was new."""
        return self._store(intake_sql.EVENT, _receipt_row(origin, event))

    def refused(self, origin: Origin, kind: str, malformed: Malformed) -> bool:
        """Keep an authentic event that cannot be read or is not this line's, with the reason; the same one once."""
        return self._store(intake_sql.EVENT, _refused_row(origin, kind, malformed))

    def _store(self, statement: intake_sql.Statement, row: Row) -> bool:
        """Store once more if the connection turns out to be dead: the unique key makes that harmless."""
        try:
            return self._store_once(statement, row)
        except (DBAPIError, OSError, self.engine.dialect.loaded_dbapi.Error):
            self.engine.dispose()
        try:
            return self._store_once(statement, row)
        except (DBAPIError, OSError, self.engine.dialect.loaded_dbapi.Error) as problem:
            raise DatabaseUnavailable from problem

    def _store_once(self, statement: intake_sql.Statement, row: Row) -> bool:
        connection = self.engine.raw_connection()
        try:
            return self._in_sqlite(connection, statement, row) if self.is_sqlite else _one(connection, statement, row)
        finally:
            connection.close()

    @staticmethod
    def _in_sqlite(connection: PoolProxiedConnection, statement: intake_sql.Statement, row: Row) -> bool:
        cursor = connection.cursor()
        begin_sqlite(cursor, writes=True)
        try:
            is_new = statement.in_sqlite(cursor, row)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        return is_new


def _one(connection: PoolProxiedConnection, statement: intake_sql.Statement, row: Row) -> bool:
    cursor = connection.cursor()
    cursor.execute(statement.postgresql, row)
    return cursor.fetchone() is not None


def _in_autocommit(engine: Engine) -> Engine:
    """Connections to the same database that have nothing to roll back when they are given back."""
    return create_engine(engine.url, isolation_level="AUTOCOMMIT", pool_size=8, pool_reset_on_return=None)


def init_app(app: Flask) -> None:
    """Give the application its intake."""
    with app.app_context():
        app.extensions["intake"] = Intake(db.engine)


def of_app() -> Intake:
    """The intake of the current application."""
    return current_app.extensions["intake"]


def _text_row(origin: Origin, event: InboundEvent) -> Row:
    now = clock.now()
    sender = phones.sender(event.sender)
    text = storable(event.text)
    reaction = reactions.read(text) if not event.opt_out else None
    media = [{"url": item.url, "content_type": item.content_type} for item in event.media if not item.is_layout]
    return {
        **_event_row(origin, "inbound", event.provider_id, "", "applied", now),
        "number": phones.canonical(sender),
        "preview": text.strip()[:LONGEST_PREVIEW] or _without_words(media),
        "conversation_public_id": new_public_id(),
        "message_public_id": new_public_id(),
        "text": text,
        "sender_number": sender,
        "to_number": phones.sender(event.to),
        "segments": event.segments or segments.count(text).segments,
        "media": json.dumps(media) if media else None,
        "opt_out": event.opt_out,
        "reaction": reaction.mark if reaction else None,
        "counts": 0 if reaction else 1,
    }


def _without_words(media: list[Row]) -> str:
    """What lists say of a text without words, by what its provider calls its files: more is not known yet."""
    are_pictures = [(item["content_type"] or "image/").lower().startswith("image/") for item in media]
    return "" if not media else "Picture" if any(are_pictures) else "File"


def _receipt_row(origin: Origin, event: StatusEvent) -> Row:
    now = clock.now()
    provider_id = event.provider_id or f"ours:{event.our_id}"
    row = _event_row(origin, "status", provider_id, event.provider_status or event.status, "received", now)
    payload = {
        "status": event.status,
        "provider_status": event.provider_status,
        "message": event.our_id,
        "provider_id": event.provider_id,
        "error_code": event.error_code,
        "opted_out": event.opted_out,
        "segments": event.segments,
    }
    return {**row, "payload": json.dumps(payload)}


def _refused_row(origin: Origin, kind: str, malformed: Malformed) -> Row:
    content = storable(malformed.content)
    mark = hashlib.sha256(content.encode()).hexdigest()
    row = _event_row(origin, kind, f"unread:{mark}", "", "refused", clock.now())
    return {**row, "reason": malformed.reason, "payload": json.dumps({"content": content[:LONGEST_KEPT_CONTENT]})}


def _event_row(origin: Origin, kind: str, provider_id: str, status: str, state: str, now: datetime) -> Row:
    return {
        "provider": origin.provider,
        "account": origin.account,
        "line_id": origin.line_id,
        "kind": kind,
        "provider_id": provider_id,
        "status": status,
        "state": state,
        "reason": None,
        "payload": None,
        "now": now,
        "now_in_sqlite": now.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds"),
    }
