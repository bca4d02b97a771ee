"""The limit of the webhook route: Flask, the form, HMAC-SHA1, and the same three rows by the driver alone.

It knows one line with one secret, reads nothing, and checks nothing but the signature. Its database is one that the
application's own migrations made, with the same indexes and the same durability.
"""

import base64
import hashlib
import hmac
import os
import random
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask, Response, abort, request

DATABASE, PUBLIC_URL = os.environ["DATABASE_URL"], os.environ["PUBLIC_URL"]
TOKEN = os.environ["BARE_TOKEN"].encode()
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

EVENT = """INSERT INTO webhook_events
    (provider, account, kind, provider_id, status, line_id, state, received_at, due_at, tries)
VALUES ('twilio', :account, 'inbound', :sid, '', 1, 'applied', :now, :now, 0)
ON CONFLICT DO NOTHING RETURNING id"""
CONVERSATION = """INSERT INTO conversations
    (public_id, line_id, number, last_at, last_text, last_direction, unread, linked, state, opened_at)
{values} :conversation, 1, :number, :now, :preview, 'in', 1, false, 'open', :now {source}
ON CONFLICT (line_id, number) DO UPDATE SET last_at = excluded.last_at, last_text = excluded.last_text,
    last_direction = 'in', unread = conversations.unread + 1, state = 'open'
RETURNING id"""
MESSAGE = """INSERT INTO messages
    (public_id, conversation_id, line_id, direction, text, sender_number, to_number, status, segments, provider_id,
     event_id, stage, created_at, attempts)
SELECT :message, {conversation_id}, 1, 'in', :text, :number, :to, 'received', 1, :sid, {event_id}, 'stored', :now, 0
{source}"""

ONE_STATEMENT = (
    f"WITH event AS ({EVENT}), conversation AS ("
    + CONVERSATION.format(values="SELECT", source="FROM event")
    + ") "
    + MESSAGE.format(conversation_id="conversation.id", event_id="event.id", source="FROM event, conversation")
)
for _name in ("account", "sid", "now", "conversation", "number", "preview", "message", "text", "to"):
    ONE_STATEMENT = ONE_STATEMENT.replace(f":{_name}", f"%({_name})s")
THREE_STATEMENTS = (
    EVENT,
    CONVERSATION.format(values="SELECT", source="WHERE true"),
    MESSAGE.format(conversation_id=":conversation_id", event_id=":event_id", source=""),
)

app = Flask(__name__)
_own = threading.local()


@app.post("/bare")
def receive() -> Response:
    """Verify, store, answer."""
    form = request.form
    signed = PUBLIC_URL + request.path + "".join(name + form[name] for name in sorted(form))
    digest = base64.b64encode(hmac.new(TOKEN, signed.encode(), hashlib.sha1).digest())
    if not hmac.compare_digest(digest, request.headers["X-Twilio-Signature"].encode()):
        abort(403)
    _store(_connection(), _row(form))
    return Response(TWIML, content_type="text/xml")


def _row(form: Any) -> dict[str, Any]:
    return {
        "account": form["AccountSid"],
        "sid": form["MessageSid"],
        "now": _moment(),
        "conversation": secrets.token_hex(16),
        "message": secrets.token_hex(16),
        "number": form["From"],
        "to": form["To"],
        "text": form["Body"],
        "preview": form["Body"][:160],
    }


def _in_postgresql(connection: Any, row: dict[str, Any]) -> None:
    connection.execute(ONE_STATEMENT, row)


def _in_sqlite(connection: Any, row: dict[str, Any]) -> None:
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
            break
        except sqlite3.OperationalError:
            time.sleep(random.uniform(0.0005, 0.004))
    event, conversation, message = THREE_STATEMENTS
    with connection:  # commits, or rolls back
        row["event_id"] = connection.execute(event, row).fetchall()[0][0]
        row["conversation_id"] = connection.execute(conversation, row).fetchall()[0][0]
        connection.execute(message, row)


def _connection() -> Any:
    if not hasattr(_own, "connection"):
        _own.connection = _connect()
    return _own.connection


def _open_postgresql() -> Any:
    return psycopg.connect(DATABASE.replace("+psycopg", ""), autocommit=True)


def _open_sqlite() -> Any:
    connection = sqlite3.connect(DATABASE.removeprefix("sqlite:///"), isolation_level=None, timeout=5)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=0"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


_IS_SQLITE = DATABASE.startswith("sqlite:")
_connect: Callable[[], Any] = _open_sqlite if _IS_SQLITE else _open_postgresql
_store: Callable[[Any, dict[str, Any]], None] = _in_sqlite if _IS_SQLITE else _in_postgresql


def _moment() -> Any:
    now = datetime.now(UTC)
    return now.strftime("%Y-%m-%d %H:%M:%S.%f") if _IS_SQLITE else now
