"""Plivo's webhook signatures.

Messaging uses version 2: HMAC-SHA256 over the address without its query, and a nonce. Neither the query nor the body is
signed, so a nonce may serve for one content only (`Plivo.nonce`). Version 3 signs the fields too; it is taken where it
comes. Source: the behaviour of Plivo's official Python library 4.63.
"""

import base64
import hashlib
import hmac
from collections import defaultdict
from urllib.parse import urlsplit, urlunsplit

from flexie.providers import addresses
from flexie.providers.base import Credentials
from flexie.providers.request import RawRequest, Refused

LONGEST_NONCE = 128


def check(request: RawRequest, credentials: Credentials) -> None:
    """Raises Refused unless the request is signed with the account's auth token, by either version."""
    token = credentials.get("auth_token", "")
    if not token:
        raise Refused("No auth token is set for this connection: enter it on its page.")
    third, second = _signatures(request, "V3"), _signatures(request, "V2")
    if not third and not second:
        raise Refused("The request is not signed: X-Plivo-Signature-V2 is missing.")
    if third and _is_signed_by_version_3(request, token, third):
        return
    if not second:
        raise Refused("The signature fits neither the address nor the fields: the auth token is another account's.")
    if nonce(request) and _fits(token, _words_of_version_2(request.url, request), second):
        return
    raise Refused(addresses.why(request, lambda url: _fits(token, _words_of_version_2(url, request), second)))


def nonce(request: RawRequest) -> str:
    """The nonce of version 2; blank where there is none, or one that is longer than any of Plivo's."""
    found = request.header("X-Plivo-Signature-V2-Nonce")
    return found if len(found) <= LONGEST_NONCE else ""


def _signatures(request: RawRequest, version: str) -> list[bytes]:
    """Of the account itself and of the main account, whichever of the two the connection's token is of."""
    names = (f"X-Plivo-Signature-{version}", f"X-Plivo-Signature-Ma-{version}")
    listed = ",".join(request.header(name) for name in names)
    return [one.strip().encode("utf-8", "replace") for one in listed.split(",") if one.strip()]


def _fits(token: str, words: bytes, signatures: list[bytes]) -> bool:
    signed = base64.b64encode(hmac.new(token.encode(), words, hashlib.sha256).digest())
    return any(hmac.compare_digest(signed, signature) for signature in signatures)


def _is_signed_by_version_3(request: RawRequest, token: str, signatures: list[bytes]) -> bool:
    try:
        return _fits(token, _words_of_version_3(request), signatures)
    except ValueError:
        return False


def _without_query(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _words_of_version_2(url: str, request: RawRequest) -> bytes:
    return (_without_query(url) + nonce(request)).encode("utf-8", "replace")


def _words_of_version_3(request: RawRequest) -> bytes:
    """Address, sorted query and sorted fields. Raises ValueError for more fields than any provider sends."""
    form = [] if request.method == "GET" else request.form
    query = _joined(request.query, "=", "&")
    head = _without_query(request.url) + (f"?{query}" if query or form else "") + ("." if query and form else "")
    nonce_of_3 = request.header("X-Plivo-Signature-V3-Nonce")
    return f"{head}{_joined(form, '', '')}.{nonce_of_3}".encode("utf-8", "replace")


def _joined(pairs: list[tuple[str, str]], equals: str, between: str) -> str:
    """Names in order, each with its values in order."""
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        values[name].append(value)
    return between.join(f"{name}{equals}{value}" for name in sorted(values) for value in sorted(values[name]))
