"""The test table of Vonage's Messages API."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
ACCOUNT = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab"
SECRET = "secret-canary-9b3e"
CREDENTIALS = {"application_id": ACCOUNT, "private_key": PEM, "signature_secret": SECRET}
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VECTORS = vectors.of("vonage", ("vonage-messages",))
SIGNED = ("body",)
PROVES = ("authorization",)
URL = "https://sms.example.test/webhooks/vonage/t0k/"

TEXT = {
    "channel": "sms", "message_uuid": "in-1", "to": LINE[1:], "from": PHONE[1:], "text": "hi",
    "timestamp": "2026-01-01T00:00:00Z", "sms": {"num_messages": "1"},
}  # fmt: skip
RECEIPT = {
    "channel": "sms", "message_uuid": "out-1", "to": PHONE[1:], "from": LINE[1:], "status": "delivered",
    "timestamp": "2026-01-01T00:00:05Z", "sms": {"count_total": "2"}, "client_ref": "m-1",
}  # fmt: skip


def piece(found):
    return base64.urlsafe_b64encode(json.dumps(found).encode()).rstrip(b"=")


def token(claims, secret=SECRET, header=None, digest=hashlib.sha256):
    """A token, written a second time."""
    words = piece(header or {"alg": "HS256", "typ": "JWT"}) + b"." + piece(claims)
    signature = hmac.new(secret.encode(), words, digest).digest()
    return (words + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def claims_for(body, **changes):
    claims = {
        "iat": int(NOW.timestamp()), "jti": "j-1", "iss": "Vonage", "payload_hash": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def signed(found, kind="inbound", bearer=None, **changes):
    """An authentic request; `found` may be raw bytes too, `changes` are of the token's claims."""
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    bearer = bearer or token(claims_for(body, **changes))
    return RawRequest(
        "POST", URL + kind, {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}, body
    )


def inbound(**changes):
    return signed(TEXT | changes)


def texted(text):
    return inbound(text=text)


def receipt(our_id="m-1", **changes):
    return signed(RECEIPT | {"client_ref": our_id} | changes, "status")


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    return replace(inbound(to=to[1:]) if kind == "inbound" else receipt(our_id), url=address)


def error(status, code, message="Told so"):
    page = f"https://developer.vonage.com/api-errors/messages#{code}"
    return status, {}, json.dumps({"type": page, "title": "Title", "detail": message, "instance": "i-1"})


def is_our_token(ours, _):
    """Whether the header holds a token of the application that is good for a quarter of an hour."""
    claims = jwt.decode(ours.removeprefix("Bearer "), KEY.public_key(), algorithms=["RS256"])
    return claims["application_id"] == ACCOUNT and claims["exp"] - claims["iat"] == 900 and len(claims["jti"]) == 36


SENT_BY_SDK = [
    vectors.Sent("/v1/messages", vectors.as_sent(to="+447700900000", sender="+447700900001"), CREDENTIALS),
]
FITS = {"authorization": is_our_token}

RESPONSES = {
    "accepted": ((202, {}, '{"message_uuid":"out-1"}'), Accepted("out-1", "accepted", "queued")),
    "invalid number": (error(422, "1170"), Rejected("1170", "Told so", invalid_number=True)),
    "bad credentials": (error(401, "unauthorized"), Rejected("unauthorized", "Told so", bad_credentials=True)),
    "opted out": (error(422, "1240"), Rejected("1240", "Told so", opted_out=True)),
    "no credit": (error(402, "low-balance"), Rejected("low-balance", "Told so")),
    "throttled": ((429, {"retry-after": "3"}, error(429, "1000")[2]), Throttled(3)),
    "throttled by its code": (error(400, "1000"), Throttled(1)),
    "success with an error": (
        (200, {}, error(200, "1020")[2]),
        Unknown("Vonage accepted the request, but its answer cannot be read"),
    ),
    "server error": (error(500, "1030"), Unknown("Vonage answered with HTTP 500")),
    "garbage": ((202, {}, "<html>"), Unknown("Vonage accepted the request, but its answer cannot be read")),
}
