"""The test table of MessageBird."""

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors
from tests.providers.cases_vonage import token

SECRET = "signing-canary-c41b"
ACCOUNT = hashlib.sha256(SECRET.encode()).hexdigest()[:16]
CREDENTIALS = {"access_key": "live-canary-0b9d", "signing_key": SECRET}
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = int(NOW.timestamp())
VECTORS = vectors.of("messagebird")
SIGNED = ("body", "address")
PROVES = ("messagebird-signature-jwt",)
URL = "https://sms.example.test/webhooks/messagebird/t0k/"
FORM = "application/x-www-form-urlencoded"

TEXT = {
    "id": "in-1", "recipient": LINE[1:], "originator": PHONE[1:], "body": "hi",
    "createdDatetime": "2026-01-01T00:00:00+00:00",
}  # fmt: skip
RECEIPT = {
    "id": "out-1", "reference": "m-1", "recipient": PHONE[1:], "status": "delivered", "messagePartCount": "2",
    "statusDatetime": "2026-01-01T00:00:05+00:00", "statusErrorCode": "",
}  # fmt: skip


def claims_for(url, body, **changes):
    claims = {
        "iss": "MessageBird", "nbf": AT - 1, "exp": AT + 60, "jti": "j-1",
        "url_hash": hashlib.sha256(url.encode()).hexdigest(),
        "payload_hash": hashlib.sha256(body).hexdigest() if body else None,
    }  # fmt: skip
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def signed(url, fields, method="POST", content_type=FORM, **changes):
    """An authentic request; `changes` are of the token's claims."""
    if method == "GET":
        url, body = f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", b""
    else:
        body = json.dumps(fields).encode() if content_type != FORM else urlencode(fields).encode()
    headers = {
        "MessageBird-Signature-JWT": token(claims_for(url, body, **changes), SECRET),
        "Content-Type": content_type,
    }
    return RawRequest(method, url, headers, body)


def inbound(**changes):
    return signed(f"{URL}inbound", TEXT | changes)


def texted(text):
    return inbound(body=text)


def receipt(our_id="m-1", **changes):
    return signed(f"{URL}status?message={our_id}", RECEIPT | {"reference": our_id} | changes, "GET")


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    if kind == "inbound":
        return signed(address, TEXT | {"recipient": to[1:]})
    return signed(f"{address}?message={our_id}", RECEIPT | {"reference": our_id}, "GET")


def error(status, code, message="Told so", parameter=None):
    return status, {}, json.dumps({"errors": [{"code": code, "description": message, "parameter": parameter}]})


def created(**changes):
    item = {"recipient": 14135550122, "status": "sent", "messagePartCount": 2} | changes
    return 201, {}, json.dumps({"id": "out-1", "recipients": {"totalCount": 1, "items": [item]}})


SENT_BY_SDK = [
    vectors.Sent(
        "/messages", vectors.as_sent(to="+31612345678", sender="Acme"), CREDENTIALS | {"access_key": "live_key"}
    )
]
FITS = {"content-type": lambda ours, theirs: ours == theirs.partition(";")[0]}

RESPONSES = {
    "accepted": (created(), Accepted("out-1", "sent", "queued", 2)),
    "invalid number": (
        error(422, 9, "no (correct) recipients found", "recipients"),
        Rejected("invalid recipient", "no (correct) recipients found", invalid_number=True),
    ),
    "bad credentials": (error(401, 2), Rejected("2", "Told so", bad_credentials=True)),
    "opted out": (
        created(status="delivery_failed", statusErrorCode=103),
        Rejected("103", "MessageBird says: delivery_failed.", opted_out=True),
    ),
    "no credit": (error(422, 25), Rejected("25", "Told so")),
    "throttled": ((429, {"retry-after": "8"}, "{}"), Throttled(8)),
    "success with an error": (
        (200, {}, error(200, 9)[2]),
        Unknown("MessageBird accepted the request, but its answer cannot be read"),
    ),
    "server error": (error(500, 99), Unknown("MessageBird answered with HTTP 500")),
    "garbage": ((201, {}, "<html>"), Unknown("MessageBird accepted the request, but its answer cannot be read")),
}
