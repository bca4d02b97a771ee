"""JSON Web Tokens: those that webhooks are signed with are read, those that sends are made with are written.

Reading knows HMAC alone, whatever a token's header says: neither "none" nor a public key taken for a secret can pass.
"""

import time
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import HMACAlgorithm

from flexie.providers.json_body import NotReadable, read_object

HASHES = {"HS256": HMACAlgorithm.SHA256, "HS384": HMACAlgorithm.SHA384, "HS512": HMACAlgorithm.SHA512}
MINUTES = 15
"""How long a token of ours is good for."""


class BadToken(Exception):
    """A token that is not to be trusted, with a sentence that says why.

    `is_early` says that it is authentic, but for later by our clock."""

    def __init__(self, reason: str, *, is_early: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_early = is_early


class _Hmac(HMACAlgorithm):
    """The library's, without its remarks on the length of secrets: providers choose those."""

    def check_key_length(self, key: bytes) -> str | None:
        del key
        return None


def _reader() -> jwt.PyJWS:
    reader = jwt.PyJWS(algorithms=[])
    for name, digest in HASHES.items():
        reader.register_algorithm(name, _Hmac(digest))
    return reader


_READER = _reader()


def claims(
    token: str,
    secret: str,
    algorithms: Collection[str],
    now: datetime,
    leeway: float = 0,
    times: Collection[str] = ("exp", "nbf", "iat"),
) -> dict[str, Any]:
    """What a token claims, if it is signed with the secret by one of these algorithms (names in HASHES).

    Those of its `times` that are there are held against `now`, with so many seconds of leeway. Raises BadToken.
    """
    if not secret:
        raise BadToken("The secret that requests are signed with is not set for this connection.")
    try:
        found = read_object(_READER.decode(token, secret, algorithms=sorted(set(algorithms) & set(HASHES))))
    except (jwt.PyJWTError, NotReadable, ValueError, TypeError):
        raise BadToken("The signature does not fit: the secret is another, or the request was changed.") from None
    _check_times({name: found[name] for name in times if name in found}, now.timestamp(), leeway)
    return found


def _check_times(found: Mapping[str, Any], now: float, leeway: float) -> None:
    if "exp" in found and _seconds(found["exp"]) <= now - leeway:
        raise BadToken("The signature is too old, or one of the two clocks is wrong.")
    if any(name in found and _seconds(found[name]) > now + leeway for name in ("nbf", "iat")):
        raise BadToken("The signature is of a time to come: one of the two clocks is wrong.", is_early=True)


def _seconds(claim: object) -> int:
    """A time in a claim, in whole seconds since the epoch. Raises BadToken for anything else."""
    try:
        return int(claim)  # type: ignore[call-overload]
    except (ValueError, TypeError, OverflowError):
        raise BadToken("The signature holds a time that cannot be read.") from None


def signed_with(private_key: str, application_id: str) -> str:
    """A token that proves who sends, signed by RS256 and good for MINUTES.

    It is for the provider's clock, so the real time counts, whatever the application's clock is. Raises ValueError
    when the key is none."""
    issued = int(time.time())
    payload = {
        "application_id": application_id,
        "iat": issued,
        "jti": str(uuid.uuid4()),
        "exp": issued + MINUTES * 60,
    }
    return jwt.encode(payload, rsa_key(private_key), algorithm="RS256")


@lru_cache(maxsize=16)
def rsa_key(pem: str) -> RSAPrivateKey:
    """The RSA key of a PEM text, also of one whose line breaks were written as backslash and n. Raises ValueError."""
    try:
        key = load_pem_private_key(pem.strip().replace("\\n", "\n").encode(), None)
    except (ValueError, TypeError) as error:
        raise ValueError("not a private key in PEM form") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    return key
