"""When people and API tokens were last seen: written now and then, so that reading a page costs no write each time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update

from flexie import clock
from flexie.db import db
from flexie.models import ApiToken, User

LATELY = timedelta(minutes=10)
"""How far the kept moment may lag behind."""


def is_old(kept: datetime | None) -> bool:
    """Whether a kept moment is to be written anew."""
    return kept is None or clock.now() - kept >= LATELY


def keep(user_id: int | None = None, token_id: int | None = None) -> None:
    """A person, or an API token, was seen now, in the session. Of several requests at one moment, one writes."""
    for column, row_id in ((User.last_seen_at, user_id), (ApiToken.last_used_at, token_id)):
        if row_id is not None:
            _write(column, row_id)


def _write(column: Any, row_id: int) -> None:
    now, model = clock.now(), column.class_
    stale = or_(column.is_(None), column <= now - LATELY)
    seen = update(model).where(model.id == row_id, stale).values({column.key: now})
    db.session.execute(seen.execution_options(synchronize_session=False))
