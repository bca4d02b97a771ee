"""What somebody changes about themselves: name, password, and how they read times and numbers."""

from collections.abc import Iterable, Mapping

from sqlalchemy import delete

from flexie import audit, passwords, signin, zones
from flexie.db import db
from flexie.models import PasswordLink, SignIn, User
from flexie.people import LONGEST_NAME


class CannotChange(Exception):
    """Something that will not do: box of the form → a sentence for the person."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def change(user: User, name: str, time_zone: str, locale: str) -> None:
    """Keep a name, and the chosen zone (an IANA name) and locale; empty ones are as the browser says.

    Raises:
        CannotChange: the name or the zone will not do.
    """
    name, errors = " ".join(name.split()), {}
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        errors["name"] = f"Write the name that colleagues see, at most {LONGEST_NAME} characters."
    if time_zone and not zones.is_known(time_zone):
        errors["zone"] = "Choose a time zone of the list."
    if errors:
        raise CannotChange(errors)
    if name != user.name:
        audit.note("person", user.id, "changed", {"name": (user.name, name)}, name=name)
    user.name, user.time_zone, user.locale = name, time_zone or None, locale or None


def new_password(kept: str, names: Iterable[str], old: str, new: str, again: str) -> str:
    """The digest of a new password. `kept` is the digest of the old one; `names` are no passwords.

    Takes some 100 ms, and opens no database.

    Raises:
        CannotChange: the old one is not right, or the new one will not do.
    """
    if len(old) > passwords.LONGEST or not passwords.fits(old, kept):
        raise CannotChange({"old": "This is not your password. Write the one that you sign in with."})
    try:
        passwords.refuse_weak(new, names)
    except passwords.WeakPassword as problem:
        raise CannotChange({"new": str(problem)}) from None
    if new == old:
        raise CannotChange({"new": "This is the password that you have. Write another one."})
    if new != again:
        raise CannotChange({"again": "This is not what you wrote above. Write the new password twice."})
    return passwords.hashed(new)


def change_password(browser: SignIn, digest: str) -> int:
    """Keep a new password's digest, and sign the person out in every other browser; returns how many those were.

    A link to set a password ends, too.
    """
    browser.user.password_hash = digest
    db.session.execute(delete(PasswordLink).where(PasswordLink.user_id == browser.user_id))
    audit.note("person", browser.user_id, "changed the password", {}, name=browser.user.name)
    return signin.end_others(browser)


def sign_out_elsewhere(browser: SignIn) -> int:
    """Sign the person out in every browser but this one; returns how many those were."""
    ended = signin.end_others(browser)
    if ended:
        audit.note(
            "person", browser.user_id, "signed out elsewhere", {"browsers": (ended + 1, 1)}, name=browser.user.name
        )
    return ended
