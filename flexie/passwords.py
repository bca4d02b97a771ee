"""Passwords: kept as argon2id digests with the library's defaults (RFC 9106, second recommended option)."""

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody's password")

SHORTEST = 12  # characters
LONGEST = 1_000  # characters; more is not hashed
FEWEST_DIFFERENT = 5  # characters
_RUNS = ("abcdefghijklmnopqrstuvwxyz" * 2, "1234567890" * 3, "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb")
_EVERYBODYS = frozenset({"password", "passwort", "letmein", "welcome", "iloveyou", "admin", "changeme", "secret"})


class WeakPassword(Exception):
    """A password that others would find out; the sentence says what to choose instead."""


def refuse_weak(password: str, names: Iterable[str] = ()) -> None:
    """Whether a password may be chosen; `names` are what the person and the account are called.

    Length is what protects, so there are no rules on kinds of characters (NIST SP 800-63B, 3.1.1.2).

    Raises:
        WeakPassword: it is too short or too long, or among the first that others would try.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(f"Choose a password of at least {SHORTEST} characters; this one has {len(password)}.")
    if len(password) > LONGEST:
        raise WeakPassword(f"Choose a password of at most {LONGEST:,} characters.")
    plain = password.casefold()
    if len(set(plain)) < FEWEST_DIFFERENT or any(plain in run or plain in run[::-1] for run in _RUNS):
        raise WeakPassword("This password is among the first that others would try. Three or four words are better.")
    rest = "".join(char for char in plain if char.isalpha())
    if rest in _EVERYBODYS or any(plain == name.casefold() or rest == name.casefold() for name in names if name):
        raise WeakPassword(
            "This password can be guessed: it is a common one, or a name. Three or four words are better."
        )


def hashed(password: str) -> str:
    """The digest to keep. Takes some 50 ms on purpose."""
    return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one behind a kept digest. Takes as long when there is none (yet)."""
    try:
        return _hasher.verify(kept or _NOBODY, password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False
