"""Passwords: kept as argon2id digests with the library's defaults (RFC 9106, second recommended option)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody's password")


def hashed(password: str) -> str:
    """The digest to keep. Takes some 50 ms on purpose."""
    return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether a password is the one behind a kept digest. Takes as long when there is no digest at all."""
    try:
        return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
