"""API tokens: 256 random bits, of which only the digest is kept."""

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import clock
from flexie.db import db
from flexie.models import ApiToken, Settings, User

PREFIX = "flx_"  # so that a token that leaked is recognised for what it is


def issue(user: User, name: str = "") -> str:
    """A new token that acts as this user, in the session. It cannot be read again."""
    token = PREFIX + secrets.token_urlsafe(32)
    db.session.add(ApiToken(digest=digest(token), name=name, user_id=user.id, created_at=clock.now()))
    return token


def digest(token: str) -> str:
    """What is kept of a token. A plain hash will do: 256 random bits cannot be guessed through."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner(token: str) -> tuple[User, Settings] | None:
    """The active user that a token acts as, with the account's settings: one statement, as for a browser."""
    query = select(User, Settings).join(ApiToken, ApiToken.user_id == User.id).join(Settings, Settings.id == 1)
    query = query.where(ApiToken.digest == digest(token), User.is_active).options(joinedload(User.groups))
    found = db.session.execute(query).unique().one_or_none()
    return (found[0], found[1]) if found else None
