"""API tokens: 256 random bits, of which only the digest is kept."""

import hashlib
import secrets

from sqlalchemy import select

from flexie import clock
from flexie.db import db
from flexie.models import ApiToken, User

PREFIX = "flx_"  # so that a token that leaked is recognised for what it is


def issue(user: User, name: str = "") -> str:
    """A new token that acts as this user, in the session. It cannot be read again."""
    token = PREFIX + secrets.token_urlsafe(32)
    db.session.add(ApiToken(digest=digest(token), name=name, user_id=user.id, created_at=clock.now()))
    return token


def digest(token: str) -> str:
    """What is kept of a token. A plain hash will do: 256 random bits cannot be guessed through."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner(token: str) -> User | None:
    """The active user that a token acts as."""
    query = select(User).join(ApiToken, ApiToken.user_id == User.id)
    return db.session.scalar(query.where(ApiToken.digest == digest(token), User.is_active))
