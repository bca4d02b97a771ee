"""The test table of Sinch."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

ACCOUNT = "plan"
SECRET = "secret-canary-2f7a"
CREDENTIALS = {"service_plan_id": ACCOUNT, "api_token": "token-canary-d3b0", "webhook_secret": SECRET}
PROJECT = {"project_id": "proj", "key_id": "k", "key_secret": "secret-canary-88aa", "webhook_secret": SECRET}
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
# The official verifier does not look at the timestamp; one of 1970 is a replay.
VECTORS = [
    vector | {"valid": False, "expect": None} if vector["id"] == "si-old-ts" else vector
    for vector in vectors.of("sinch")
]
SIGNED = ("body",)
PROVES = tuple(f"x-sinch-webhook-signature{part}" for part in ("", "-nonce", "-timestamp"))
URL = "https://sms.example.test/webhooks/sinch/t0k/inbound"

TEXT = {
    "type": "mo_text", "id": "in-1", "from": PHONE[1:], "to": LINE[1:], "body": "hi", "operator_id": "311071",
    "received_at": "2026-01-01T00:00:00.000Z",
}  # fmt: skip
RECEIPT = {
    "type": "recipient_delivery_report_sms", "batch_id": "out-1", "recipient": PHONE[1:], "code": 0,
    "status": "Delivered", "at": "2026-01-01T00:00:05.123Z", "client_reference": "m-1",
}  # fmt: skip


def signed(found, at=NOW, charset="utf-8"):
    """An authentic request; `found` may be raw bytes too."""
    text = found.decode() if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False)
    timestamp = str(int(at.timestamp()))
    words = f"{text}.n-1.{timestamp}".encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), words, hashlib.sha256).digest()).decode()
    headers = {
        "Content-Type": f"application/json; charset={charset}", "x-sinch-webhook-signature": signature,
        "x-sinch-webhook-signature-nonce": "n-1", "x-sinch-webhook-signature-timestamp": timestamp,
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }  # fmt: skip
    return RawRequest("POST", URL, headers, text.encode(charset))


def inbound(**changes):
    return signed(TEXT | changes)


def texted(text):
    return inbound(body=text)


def receipt(our_id="m-1", **changes):
    return signed(RECEIPT | {"client_reference": our_id} | changes)


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    request = inbound(to=to[1:]) if kind == "inbound" else receipt(our_id)
    return RawRequest(request.method, address, request.headers, request.body)


def error(status, code, message="Told so"):
    return status, {}, json.dumps({"code": code, "text": message})


SENT_BY_SDK = [
    vectors.Sent("/xms/v1/proj/batches", vectors.as_sent(to="+12015555555", sender="+12017777777"), PROJECT),
]
FITS = {"authorization": lambda ours, theirs: (ours, theirs) == ("", "Bearer tok")}  # the transport adds the token

RESPONSES = {
    "accepted": ((201, {}, '{"id":"out-1","to":["1"],"canceled":false}'), Accepted("out-1", "accepted", "queued")),
    "invalid number": (
        error(400, "syntax_invalid_parameter_format", "Invalid value for parameter: to"),
        Rejected("invalid recipient", "Invalid value for parameter: to", invalid_number=True),
    ),
    "another field": (
        error(400, "syntax_constraint_violation", "body is too long"),
        Rejected("syntax_constraint_violation", "body is too long"),
    ),
    "bad credentials": (
        (401, {}, ""), Rejected("HTTP 401", "Sinch refused the message with HTTP 401.", bad_credentials=True),
    ),
    # It takes the message, and tells so in the receipt.
    "opted out": ((201, {}, '{"id":"out-2"}'), Accepted("out-2", "accepted", "queued")),
    "throttled": ((429, {"retry-after": "6"}, "{}"), Throttled(6)),
    "success with an error": (
        (200, {}, error(200, "internal")[2]),
        Unknown("Sinch accepted the request, but its answer cannot be read"),
    ),
    "server error": (error(503, "internal"), Unknown("Sinch answered with HTTP 503")),
    "garbage": ((201, {}, "<html>"), Unknown("Sinch accepted the request, but its answer cannot be read")),
}  # fmt: skip
