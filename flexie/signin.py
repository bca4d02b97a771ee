"""Signing in: a random token for the browser, and a row with its digest for us. Deleting the row signs it out."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from flexie import clock, passwords
from flexie.config import SESSION_DAYS
from flexie.db import db
from flexie.models import Settings, SignIn, User


class SignInRefused(Exception):
    """Nobody here has this address and password. Says no more, so that addresses cannot be guessed."""


def recognise(email: str, password: str) -> User:
    """The active person with this address and password; only reads.

    Raises:
        SignInRefused: address or password is wrong, or the person has left. Takes equally long in each case.
    """
    user = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    right = passwords.fits(password[: passwords.LONGEST], user.password_hash if user else None)
    if user is None or not user.is_active or not right or len(password) > passwords.LONGEST:
        raise SignInRefused("The address or the password is not right. Check both and try again.")
    return user


def begin(user: User) -> str:
    """Sign a browser in: adds a SignIn and returns its token of 256 bits, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    expires_at = now + timedelta(days=SESSION_DAYS)
    db.session.add(SignIn(digest=_digest(token), user_id=user.id, created_at=now, expires_at=expires_at))
    return token


def end(token: str | None) -> None:
    """Sign a browser out. A token that is not known any more is signed out already."""
    if token:
        db.session.execute(delete(SignIn).where(SignIn.digest == _digest(token)))


def person(token: str | None) -> tuple[User, Settings] | None:
    """Whose browser this is, or None when the token is unknown, revoked or too old, or the person has left.

    With the account's settings, which every page needs as well: one statement for both, and for the person's groups.
    """
    if not token:
        return None
    query = select(User, Settings).join(SignIn).join(Settings, Settings.id == 1).options(joinedload(User.groups))
    query = query.where(SignIn.digest == _digest(token), SignIn.expires_at > clock.now(), User.is_active)
    found = db.session.execute(query).unique().one_or_none()
    return (found[0], found[1]) if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
