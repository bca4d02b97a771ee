"""The messages of one conversation as a page shows them."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import inbox
from flexie.db import db
from flexie.models import Conversation, Message, Run
from flexie.web import paging


def shown(conversation: Conversation, before: str | None = None) -> dict[str, Any]:
    """What the thread's templates need: messages, the runs that sent some, and a fingerprint of it all."""
    found = inbox.messages(conversation, before, paging.rows_wanted())
    return {
        "conversation": conversation,
        "messages": found.rows,
        "earlier": found.older,
        "runs": runs_of(found.rows),
        "thread_seen": _fingerprint(conversation, found.rows),
    }


def runs_of(messages: Sequence[Message]) -> dict[int, Run]:
    """The runs that sent some of these messages, by row id, each with its rule."""
    ids = {message.run_id for message in messages if message.run_id}
    if not ids:
        return {}
    return {run.id: run for run in db.session.scalars(select(Run).where(Run.id.in_(ids)).options(joinedload(Run.rule)))}


def _fingerprint(conversation: Conversation, messages: Sequence[Message]) -> str:
    """Changes with every new message, status, and unread count."""
    parts = [(message.id, message.status, message.provider_status, message.error) for message in messages]
    return hashlib.sha256(repr((conversation.unread, parts)).encode()).hexdigest()[:20]
