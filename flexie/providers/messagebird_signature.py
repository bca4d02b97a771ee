"""MessageBird's webhook signature: a token that names the hashes of the address and of the body.

Source: the behaviour of MessageBird's official Python library 2.2.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from flexie.providers import addresses, webtoken
from flexie.providers.base import Credentials
from flexie.providers.request import RawRequest, Refused

HEADER = "MessageBird-Signature-JWT"
LEEWAY_SECONDS = 1
NEEDED = ("iss", "nbf", "exp")


def check(request: RawRequest, credentials: Credentials, now: datetime) -> None:
    """Raises Refused unless the request carries a token under the signing key for this address and this body."""
    token = request.header(HEADER).strip()
    if not token:
        raise Refused(f"The request is not signed: {HEADER} is missing.")
    secret = credentials.get("signing_key", "")
    try:
        claims = webtoken.claims(token, secret, webtoken.HASHES, now, LEEWAY_SECONDS, times=("exp", "nbf"))
    except webtoken.BadToken as problem:
        raise Refused(problem.reason) from None
    if any(claims.get(name) is None for name in NEEDED) or claims["iss"] != "MessageBird":
        raise Refused("The signature lacks what MessageBird's have.")
    _check_address(request, claims)
    _check_body(request, claims)


def _check_address(request: RawRequest, claims: dict[str, Any]) -> None:
    def fits(url: str) -> bool:
        return _is_hash(claims.get("url_hash"), url.encode("utf-8", "replace"))

    if not fits(request.url):
        raise Refused(addresses.why(request, fits))


def _check_body(request: RawRequest, claims: dict[str, Any]) -> None:
    named = claims.get("payload_hash")
    if bool(named) != bool(request.body):
        raise Refused("The signature is for a request with another body, or with none.")
    if request.body and not _is_hash(named, request.body):
        raise Refused("The body of the request was changed after it was signed.")


def _is_hash(named: object, content: bytes) -> bool:
    if not isinstance(named, str):
        return False
    actual = hashlib.sha256(content).hexdigest()
    return hmac.compare_digest(actual.encode(), named.encode("utf-8", "replace"))
