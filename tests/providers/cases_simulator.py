"""The test table of the Simulator."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown

ACCOUNT = "demo"
CREDENTIALS = {"account": ACCOUNT, "api_key": "key-canary-41aa", "webhook_secret": "secret-canary-5b0c"}
LINE = "+12025550111"
PHONE = "+14135550122"
SIGNED = ("body",)
SENT_BY_SDK = []  # it has none
PROVES = ("x-simulator-signature", "x-simulator-timestamp")
NOW = datetime(2026, 1, 1, tzinfo=UTC)

TEXT = {
    "type": "inbound", "id": "t-1", "from": PHONE, "to": LINE, "text": "hi", "media": [],
    "received_at": "2026-01-01T00:00:00+00:00",
}  # fmt: skip
RECEIPT = {
    "type": "status", "id": "t-2", "message": "m-1", "status": "delivered", "error_code": None, "to": PHONE,
}  # fmt: skip


def signed(url, fields, at=NOW):
    """An authentic request; `fields` may be raw bytes too."""
    body = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    timestamp = str(int(at.timestamp()))
    key = CREDENTIALS["webhook_secret"].encode()
    headers = {
        "Content-Type": "application/json",
        "X-Simulator-Timestamp": timestamp,
        "X-Simulator-Signature": hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest(),
    }
    return RawRequest("POST", url, headers, body)


def inbound(**changes):
    return signed("https://sms.example.test/webhooks/simulator/t0k/inbound", TEXT | changes)


def texted(text):
    return inbound(text=text)


def receipt(our_id="m-1", **changes):
    url = f"https://sms.example.test/webhooks/simulator/t0k/status?message={our_id}"
    return signed(url, RECEIPT | {"message": our_id} | changes)


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    return signed(address, TEXT | {"to": to} if kind == "inbound" else RECEIPT | {"message": our_id})


def vector(name, request, expect=None, kind="inbound", now=NOW, reason=None):
    """A vector in the form of the files of the others."""
    return {
        "id": name, "kind": kind, "method": "POST", "url": request.url, "headers": dict(request.headers),
        "body": request.body.decode(), "secrets": CREDENTIALS, "now": now.timestamp(),
        "valid": reason is None, "expect": expect, "reason": reason,
    }  # fmt: skip


def changed(request, body=None, **headers):
    kept = {name: value for name, value in {**request.headers, **headers}.items() if value is not None}
    return RawRequest(request.method, request.url, kept, request.body if body is None else body)


HEARD = {"external_id": "t-1", "from": PHONE, "to": LINE, "text": "hi", "media": []}
SEEN = {"external_id": "", "provider_status": "delivered", "status": "delivered", "final": True, "to": PHONE}
PICTURE = {"url": "https://m.example/1.png", "content_type": "image/png"}
VECTORS = [
    vector("si-in-plain", inbound(), [HEARD | {"received_at": TEXT["received_at"]}]),
    vector("si-in-media", inbound(media=[PICTURE]), [HEARD | {"media": [PICTURE]}]),
    vector("si-in-text", inbound(text="é 😀 + &\n"), [HEARD | {"text": "é 😀 + &\n"}]),
    vector("si-st-delivered", receipt(), [SEEN | {"client_ref": "m-1"}], "status"),
    vector(
        "si-st-opted-out",
        receipt(status="undelivered", error_code="opted_out"),
        [SEEN | {"status": "failed", "provider_status": "undelivered", "error_code": "opted_out", "opt_out": "stop"}],
        "status",
    ),
    vector("si-bad-body", changed(inbound(), inbound(text="bye").body), reason="body changed"),
    vector("si-bad-unsigned", changed(inbound(), **{"x-simulator-signature": None}), reason="no signature"),
    vector("si-bad-time", changed(inbound(), **{"x-simulator-timestamp": "x"}), reason="no time"),
    vector("si-bad-old", signed("https://x.test/", TEXT, NOW.replace(year=2025)), reason="too old"),
]


def error(status, code, message="Told so"):
    return status, {}, json.dumps({"code": code, "message": message})


RESPONSES = {
    "accepted": ((201, {}, '{"id":"t-9","status":"queued","segments":2}'), Accepted("t-9", "queued", "queued", 2)),
    "invalid number": (error(400, "invalid_number"), Rejected("invalid_number", "Told so", invalid_number=True)),
    "bad credentials": (error(401, "unauthorized"), Rejected("unauthorized", "Told so", bad_credentials=True)),
    "opted out": (error(403, "opted_out"), Rejected("opted_out", "Told so", opted_out=True)),
    "throttled": ((429, {"retry-after": "12"}, "{}"), Throttled(12)),
    "success with an error": (
        (200, {}, '{"code":"invalid_number","message":"no"}'),
        Unknown("Simulator accepted the request, but its answer cannot be read"),
    ),
    "server error": (error(500, "server_error"), Unknown("Simulator answered with HTTP 500")),
    "garbage": (
        (201, {}, "\x00\xff"),
        Unknown("Simulator accepted the request, but its answer cannot be read"),
    ),
}
