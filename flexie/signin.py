"""Signing in: a random token for the browser, and a row with its digest for us. Deleting the row signs it out."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import contains_eager

from flexie import clock, live, passwords
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


def begin(user: User, browser: str = "", time_zone: str | None = None) -> str:
    """Sign a browser in: adds a SignIn and returns its token of 256 bits, which is kept nowhere else.

    `browser` is what it is in words, `time_zone` the zone (an IANA name) that it is in, if it told.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    made = SignIn(digest=_digest(token), user_id=user.id, created_at=now, browser=browser, time_zone=time_zone)
    made.expires_at = now + timedelta(days=SESSION_DAYS)
    db.session.add(made)
    return token


def end(token: str | None) -> None:
    """Sign a browser out. A token that is not known any more is signed out already."""
    if token:
        db.session.execute(delete(SignIn).where(SignIn.digest == _digest(token)))


def find(token: str | None) -> tuple[SignIn, Settings] | None:
    """The browser's sign-in, or None: its token is unknown, revoked or too old, or the person has left.

    With the account's settings, which every page needs as well: one statement for both, the person and their groups.
    """
    if not token:
        return None
    whose = contains_eager(SignIn.user).joinedload(User.groups)
    query = select(SignIn, Settings).join(SignIn.user).join(Settings, Settings.id == 1).options(whose)
    query = query.where(SignIn.digest == _digest(token), SignIn.expires_at > clock.now(), User.is_active)
    found = db.session.execute(query).unique().one_or_none()
    return (found[0], found[1]) if found else None


def of(user: User) -> Sequence[SignIn]:
    """The browsers in which somebody is signed in, newest first."""
    query = select(SignIn).where(SignIn.user_id == user.id, SignIn.expires_at > clock.now())
    return db.session.scalars(query.order_by(SignIn.id.desc())).all()


def end_others(kept: SignIn) -> int:
    """Sign this person out in every other browser. Returns how many those were."""
    live.access_changed()
    others = delete(SignIn).where(SignIn.user_id == kept.user_id, SignIn.id != kept.id, SignIn.expires_at > clock.now())
    return cast(CursorResult[Any], db.session.execute(others)).rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
