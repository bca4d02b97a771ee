"""When people and API tokens were last seen: written now and then, so that reading a page costs no write each time."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update

from flexie import clock
from flexie.db import db
from flexie.models import User

LATELY = timedelta(minutes=10)
"""How far the kept moment may lag behind."""


def is_old(kept: datetime | None) -> bool:
    """Whether a kept moment is to be written anew."""
    return kept is None or clock.now() - kept >= LATELY


def keep(user_id: int) -> None:
    """A person was seen now, in the session. Of several requests at one moment, one writes."""
    now = clock.now()
    stale = or_(User.last_seen_at.is_(None), User.last_seen_at <= now - LATELY)
    seen = update(User).where(User.id == user_id, stale).values(last_seen_at=now)
    db.session.execute(seen.execution_options(synchronize_session=False))
