"""Sinch's webhook signature: base64 of HMAC-SHA256 over body, nonce and timestamp, with dots between.

Source: the behaviour of Sinch's official Python library 2.3, which does not judge the timestamp.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from flexie.providers import basic
from flexie.providers.base import Credentials
from flexie.providers.moments import is_recent
from flexie.providers.request import RawRequest, Refused

TOLERANCE_SECONDS = 86_400
"""Sinch repeats what was not answered for 22 hours and 45 minutes, and does not say whether it signs each try anew: a
text that waited out our own outage must not be lost for it. What is repeated within a day changes nothing anyway."""

NOT_SIGNED = 503
"""Sinch gives a text up after a 4xx, and tries again for a day after a 5xx: time to enter the secret."""

PREFIX = "x-sinch-webhook-signature"


def check(request: RawRequest, credentials: Credentials, now: datetime) -> None:
    """Raises Refused unless the request is signed with the webhook secret, or carries the webhook user and password."""
    signature, secret = request.header(PREFIX), credentials.get("webhook_secret", "")
    if signature:
        _check_signature(request, signature, secret, now)
    elif request.header("Authorization"):
        basic.check(request, credentials.get("username", ""), credentials.get("password", ""))
    else:
        raise Refused("The request is neither signed nor carries a name and a password.", NOT_SIGNED)


def _check_signature(request: RawRequest, signature: str, secret: str, now: datetime) -> None:
    nonce, timestamp = request.header(f"{PREFIX}-nonce"), request.header(f"{PREFIX}-timestamp")
    if not secret:
        raise Refused("No webhook secret is set for this connection: enter it on its page.", NOT_SIGNED)
    if not nonce or not timestamp:
        raise Refused("The signature lacks its nonce or its timestamp.")
    words = request.utf8 + f".{nonce}.{timestamp}".encode("utf-8", "replace")
    signed = base64.b64encode(hmac.new(secret.encode(), words, hashlib.sha256).digest())
    if not hmac.compare_digest(signed, signature.encode("utf-8", "replace")):
        raise Refused("The signature does not fit: the webhook secret is another, or the body was changed.")
    if not is_recent(timestamp, now, TOLERANCE_SECONDS):
        raise Refused("The signature is too old, or one of the two clocks is wrong.")
