"""The statements of intake, written for each database: they are the hot path, and the only SQL written by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

_EVENT_COLUMNS = (
    "provider, account, kind, provider_id, status, line_id, state, reason, payload, received_at, due_at, tries"
)
_MESSAGE_COLUMNS = (
    "public_id, conversation_id, line_id, direction, text, sender_number, to_number, status, segments, media, "
    "provider_id, provider_status, event_id, stage, created_at, attempts, opens, reaction"
)
_CONVERSATION_COLUMNS = (
    "public_id, line_id, number, last_at, last_text, last_direction, unread, linked, state, opened_at, texts"
)
_KEEP_CONVERSATION = """ON CONFLICT (line_id, number) DO UPDATE SET
    last_at = excluded.last_at, last_text = excluded.last_text, last_direction = 'in',
    unread = conversations.unread + excluded.unread,
    state = CASE WHEN excluded.texts = 1 THEN 'open' ELSE conversations.state END,
    texts = CASE WHEN conversations.state = 'open' THEN conversations.texts + excluded.texts
                 WHEN excluded.texts = 1 THEN 1 ELSE conversations.texts END,
    opened_at = CASE WHEN conversations.state = 'open' OR excluded.texts = 0 THEN conversations.opened_at
                     ELSE excluded.opened_at END"""
"""`counts` is 1 for a text, and 0 for a reaction: nobody has to read it, and it opens nothing."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What stores one kind of event: a single statement, or a function over a SQLite cursor in a transaction.

    Either says whether the event was new.
    """

    postgresql: str
    in_sqlite: Callable[[Any, Row], bool]


_EVENT_POSTGRESQL = f"""
INSERT INTO webhook_events ({_EVENT_COLUMNS})
VALUES (%(provider)s, %(account)s, %(kind)s, %(provider_id)s, %(status)s, %(line_id)s, %(state)s, %(reason)s,
        %(payload)s::jsonb, %(now)s, %(now)s, 0)
ON CONFLICT DO NOTHING RETURNING id"""  # noqa: S608 - column names of ours

_TEXT_POSTGRESQL = f"""
WITH event AS ({_EVENT_POSTGRESQL}),
conversation AS (
    INSERT INTO conversations ({_CONVERSATION_COLUMNS})
    SELECT %(conversation_public_id)s, %(line_id)s, %(number)s, %(now)s, %(preview)s, 'in', %(counts)s, false, 'open',
           %(now)s, %(counts)s
    FROM event
    {_KEEP_CONVERSATION}
    RETURNING id, texts
)
INSERT INTO messages ({_MESSAGE_COLUMNS})
SELECT %(message_public_id)s, conversation.id, %(line_id)s, 'in', %(text)s, %(sender_number)s, %(to_number)s,
       'received', %(segments)s, %(media)s::jsonb, %(provider_id)s, %(opt_out)s, event.id, 'stored', %(now)s, 0,
       conversation.texts = 1 AND %(counts)s = 1, %(reaction)s
FROM event, conversation RETURNING id"""  # noqa: S608

_EVENT_SQLITE = f"""
INSERT INTO webhook_events ({_EVENT_COLUMNS})
VALUES (:provider, :account, :kind, :provider_id, :status, :line_id, :state, :reason, :payload,
        :now_in_sqlite, :now_in_sqlite, 0)
ON CONFLICT DO NOTHING RETURNING id"""  # noqa: S608

_CONVERSATION_SQLITE = f"""
INSERT INTO conversations ({_CONVERSATION_COLUMNS})
VALUES (:conversation_public_id, :line_id, :number, :now_in_sqlite, :preview, 'in', :counts, 0, 'open', :now_in_sqlite,
        :counts)
{_KEEP_CONVERSATION} RETURNING id, texts = 1 AND :counts = 1"""  # noqa: S608

_MESSAGE_SQLITE = f"""
INSERT INTO messages ({_MESSAGE_COLUMNS})
VALUES (:message_public_id, :conversation_id, :line_id, 'in', :text, :sender_number, :to_number,
        'received', :segments, :media, :provider_id, :opt_out, :event_id, 'stored', :now_in_sqlite, 0, :opens,
        :reaction)"""  # noqa: S608


def _returned(cursor: Any) -> tuple[Any, ...] | None:
    """The row that a statement returned; read to the end, which is when SQLite has carried it out."""
    rows = cursor.fetchall()
    return rows[0] if rows else None


def _event_in_sqlite(cursor: Any, row: Row) -> bool:
    return _returned(cursor.execute(_EVENT_SQLITE, row)) is not None


def _text_in_sqlite(cursor: Any, row: Row) -> bool:
    event = _returned(cursor.execute(_EVENT_SQLITE, row))
    if event is None:
        return False
    conversation_id, opens = _returned(cursor.execute(_CONVERSATION_SQLITE, row)) or (None, False)
    found = {"event_id": event[0], "conversation_id": conversation_id, "opens": opens}
    cursor.execute(_MESSAGE_SQLITE, {**row, **found})
    return True


EVENT = Statement(_EVENT_POSTGRESQL, _event_in_sqlite)
TEXT = Statement(_TEXT_POSTGRESQL, _text_in_sqlite)
