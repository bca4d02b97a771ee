"""Provider credentials at rest: Fernet (AES-128-CBC with HMAC-SHA256), under keys that the database never sees."""

import base64
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app


class VaultError(Exception):
    """Stored credentials that the present keys do not open, with what to do about it."""


def seal(secrets: Mapping[str, str]) -> str:
    """Encrypt a connection's credentials for its row."""
    return _box().encrypt(json.dumps(dict(secrets)).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """The credentials behind a row.

    Raises:
        VaultError: they were sealed under another key.
    """
    try:
        return json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken as problem:
        raise VaultError(
            "The stored credentials do not open with this SECRET_KEY (or CREDENTIAL_KEYS). "
            "Put the key back that they were saved under, or connect the line again."
        ) from problem


def resealed(sealed: str) -> str:
    """The same secrets under the first key, whichever of the keys they were sealed under.

    Raises:
        VaultError: none of the present keys opens them.
    """
    return seal(unseal(sealed))


def is_current(sealed: str) -> bool:
    """Whether the first key alone opens it, so that the others are not needed for it any more."""
    try:
        Fernet(_keys()[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def new_key() -> str:
    """A key to put first into CREDENTIAL_KEYS."""
    return Fernet.generate_key().decode()


def present_key() -> str:
    """The key that seals now: what CREDENTIAL_KEYS begins with, or what is derived from SECRET_KEY."""
    return _keys()[0]


def _keys() -> list[str]:
    """The first key seals, every key opens. Without CREDENTIAL_KEYS the key is derived from SECRET_KEY."""
    keys: Sequence[str] = current_app.config["CREDENTIAL_KEYS"]
    return list(keys) or [_derived(current_app.config["SECRET_KEY"]).decode()]


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys()])


def _derived(secret: str) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"flexie credentials")
    return base64.urlsafe_b64encode(derivation.derive(secret.encode()))
