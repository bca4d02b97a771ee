"""API tokens: 256 random bits, of which only the digest is kept. A token acts as its person, within its scopes."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import audit, clock
from flexie.db import db
from flexie.models import ApiToken, Settings, User

PREFIX = "flx_"  # so that a token that leaked is recognised for what it is
LONGEST_NAME = 100  # characters
SCOPES = {
    "messages:read": "Read messages, conversations and lines",
    "messages:send": "Send messages, see when presets would, and cancel those that wait",
    "conversations:handle": "Assign, close and reopen conversations, and note in them",
    "consent:read": "Read who opted out, and how it came to that",
    "consent:write": "Opt numbers out, and take that back",
    "documents:read": "Read quotes and invoices",
    "documents:write": "Create quotes and invoices, and make links to them",
    "people:read": "Read who works here, and in which groups",
    "records:read": "Read records",
    "records:write": "Create and change records",
    "templates:read": "Read the library of templates",
    "rules:read": "Read rules, and what they did",
    "rules:write": "Save files of rules",
    "rules:start": "Start rules for records",
}
"""What a token may be allowed to do, each in words. Nothing reaches further than its person does."""


class TokenProblem(Exception):
    """A token that cannot be made; `box` names the part of the form, and the sentence says what to do."""

    def __init__(self, box: str, sentence: str) -> None:
        super().__init__(sentence)
        self.box = box


class Owner(NamedTuple):
    """Who calls: the token, the active person whom it acts as, and the account's settings."""

    token: ApiToken
    user: User
    settings: Settings


def issue(user: User, name: str = "", scopes: Collection[str] = tuple(SCOPES)) -> str:
    """A new token that acts as this user, in the session. It cannot be read again.

    Raises:
        TokenProblem: the name is too long, or a scope is none; or there is no scope at all.
    """
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME or (name and not name.isprintable()):
        raise TokenProblem("name", f"Write what it is for, in at most {LONGEST_NAME} characters.")
    if not scopes or set(scopes) - set(SCOPES):
        raise TokenProblem("scopes", f"Choose at least one of: {', '.join(SCOPES)}.")
    token = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(digest=digest(token), name=name, user_id=user.id, created_at=clock.now())
    made.scopes = [scope for scope in SCOPES if scope in scopes]
    db.session.add(made)
    db.session.flush()
    changes = {"person": (None, user.name), "scopes": (None, made.scopes)}
    audit.note("token", made.id, "created", changes, name=name or None)
    return token


def digest(token: str) -> str:
    """What is kept of a token. A plain hash will do: 256 random bits cannot be guessed through."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner(token: str) -> Owner | None:
    """Whom a token acts as, with the account's settings: one statement, as for a browser."""
    query = select(ApiToken, User, Settings).join(User, User.id == ApiToken.user_id).join(Settings, Settings.id == 1)
    query = query.where(ApiToken.digest == digest(token), User.is_active).options(joinedload(User.groups))
    found = db.session.execute(query).unique().one_or_none()
    return Owner(*found) if found else None


def everyone() -> Sequence[ApiToken]:
    """All tokens with their people, the newest first."""
    return db.session.scalars(select(ApiToken).options(joinedload(ApiToken.user)).order_by(ApiToken.id.desc())).all()


def find(public_id: str) -> ApiToken | None:
    """The token of a public id (which is no part of it)."""
    return db.session.scalar(select(ApiToken).where(ApiToken.public_id == public_id))


def revoke(token: ApiToken) -> None:
    """Let a token open nothing any more, from the commit on."""
    changes = {"person": (token.user.name, None), "scopes": (token.scopes, None)}
    audit.note("token", token.id, "revoked", changes, name=token.name or None)
    db.session.delete(token)
