"""Twilio's webhook signature: HMAC over the address and the sorted form parameters.

Source: Twilio's "Webhooks Security" page, and the behaviour of its official Python library 9.13. The
signature holds no time, so a replay is stopped by MessageSid alone.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit, urlunsplit

from flexie.providers import addresses
from flexie.providers.base import Credentials
from flexie.providers.fields import FORM
from flexie.providers.request import RawRequest, Refused

_HASHES = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_PORTS = {"http": 80, "https": 443}


def check(request: RawRequest, credentials: Credentials) -> None:
    """Raises Refused unless the request is signed with this connection's secret."""
    signature = request.header("X-Twilio-Signature")
    if not signature:
        raise Refused("The request is not signed: X-Twilio-Signature is missing.")
    algorithm, secret = _secret(request, credentials)
    signed = _signed_fields(request)
    for url in _spellings(request.url):
        if _fits(signature, url, signed, secret, algorithm):
            return
    raise Refused(
        addresses.why(
            request,
            lambda other: any(_fits(signature, url, signed, secret, algorithm) for url in _spellings(other)),
        )
    )


def _secret(request: RawRequest, credentials: Credentials) -> tuple[str, str]:
    """SHA-1 goes with the account's auth token, SHA-256 with a shared key that the settings header announces."""
    algorithm = _algorithm(request.header("X-Twilio-Webhooks-Signature-Settings"))
    if algorithm not in _HASHES:
        raise Refused("The request is signed with an algorithm that is not known here.")
    field, words = ("auth_token", "auth token") if algorithm == "HMAC_SHA1" else ("shared_key", "shared key")
    secret = credentials.get(field, "")
    if not secret:
        raise Refused(f"The request is signed with the account's {words}, which is not set for this connection.")
    return algorithm, secret


def _algorithm(settings: str) -> str:
    for part in settings.split(","):
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


def _signed_fields(request: RawRequest) -> str:
    """What follows the address in the signed text. Of a body that is no form only the address is signed,
    and its query holds the body's hash."""
    if request.content_type == FORM or not request.body:
        try:
            return "".join(name + value for name, value in sorted(set(request.form)))
        except ValueError:
            raise Refused("The request has more fields than Twilio sends.") from None
    hashes = parse_qs(urlsplit(request.url).query).get("bodySHA256", [])
    if len(hashes) != 1:
        raise Refused("The request is neither a form nor names the hash of its body.")
    if not hmac.compare_digest(hashlib.sha256(request.body).hexdigest(), hashes[0].encode("ascii", "replace").decode()):
        raise Refused("The body of the request was changed after it was signed.")
    return ""


def _fits(signature: str, url: str, signed: str, secret: str, algorithm: str) -> bool:
    text = (url + signed).encode("utf-8", "replace")
    digest = hmac.new(secret.encode(), text, _HASHES[algorithm]).digest()
    return hmac.compare_digest(base64.b64encode(digest), signature.encode("utf-8", "replace"))


def _spellings(url: str) -> Iterator[str]:
    """The address as it is, without its port, and with the default one: Twilio signs any of them."""
    yield url
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0] if _has_port(parts.netloc) else parts.netloc
    with_port = parts.netloc if _has_port(parts.netloc) else f"{host}:{_PORTS.get(parts.scheme, 443)}"
    netlocs = (parts.netloc, host, with_port)
    yield from dict.fromkeys(urlunsplit(parts._replace(netloc=netloc)) for netloc in netlocs)


def _has_port(netloc: str) -> bool:
    return netloc.rpartition("@")[2].rpartition("]")[2].partition(":")[2].isdigit()
