"""Links by which people set a password: an administrator makes one and hands it over; it works once, for two days."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from flexie import audit, clock, live, passwords
from flexie.db import db
from flexie.models import PasswordLink, Settings, SignIn, User

LASTS = timedelta(hours=48)


def issue(person: User) -> str:
    """A link's token of 256 bits for an active person, kept nowhere but as a digest. Earlier ones of theirs end."""
    db.session.execute(delete(PasswordLink).where(PasswordLink.user_id == person.id))
    token, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(PasswordLink(digest=_digest(token), user_id=person.id, created_at=now, expires_at=now + LASTS))
    audit.note("person", person.id, "made a link to set a password for", {}, name=person.name)
    return token


def find(token: str) -> PasswordLink | None:
    """The link of a token, or None: there is none, it was used or replaced, it is too old, or the person left."""
    query = select(PasswordLink).join(PasswordLink.user).where(PasswordLink.digest == _digest(token), User.is_active)
    return db.session.scalar(query.where(PasswordLink.expires_at > clock.now()))


def accept(link: PasswordLink, password: str) -> User | None:
    """Set the password and use the link up. Whoever was signed in as this person is so no more.

    Of two who do it at once, the later one gets None: the link is gone.

    Raises:
        WeakPassword: choose another one; the link stays.
    """
    person = link.user
    passwords.refuse_weak(password, (*person.names, Settings.get().name))
    kept = passwords.hashed(password)
    used = delete(PasswordLink).where(PasswordLink.id == link.id, PasswordLink.digest == link.digest)
    if db.session.scalar(used.returning(PasswordLink.user_id)) is None:
        return None
    db.session.expunge(link)
    person.password_hash = kept
    db.session.execute(delete(SignIn).where(SignIn.user_id == person.id))
    live.access_changed()
    audit.act_as(person)
    audit.note("person", person.id, "set a password", {}, name=person.name)
    return person


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
