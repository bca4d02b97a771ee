"""The test table of Telnyx."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
ACCOUNT = hashlib.sha256(PUBLIC_KEY.encode()).hexdigest()[:16]
CREDENTIALS = {"api_key": "KEY-canary-3f1c", "public_key": PUBLIC_KEY}
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VECTORS = vectors.of("telnyx")
SIGNED = ("body",)
SENT_BY_SDK = [
    vectors.Sent("/v2/messages", vectors.as_sent(media=("https://a.example/1.png",)), CREDENTIALS | {"api_key": "KEY1"})
]
FITS = {}
PROVES = ("telnyx-signature-ed25519", "telnyx-timestamp")
URL = "https://sms.example.test/webhooks/telnyx/t0k/inbound"

TEXT = {
    "id": "in-1", "direction": "inbound", "type": "SMS", "text": "hi", "parts": 1, "media": [], "errors": [],
    "from": {"phone_number": PHONE}, "to": [{"phone_number": LINE, "status": "webhook_delivered"}],
    "received_at": "2026-01-01T00:00:00.000+00:00", "webhook_url": URL,
}  # fmt: skip


def signed(found, at=NOW):
    """An authentic request; `found` may be raw bytes too."""
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    timestamp = str(int(at.timestamp()))
    signature = base64.b64encode(KEY.sign(timestamp.encode() + b"|" + body)).decode()
    headers = {
        "Content-Type": "application/json", "telnyx-signature-ed25519": signature, "telnyx-timestamp": timestamp,
    }  # fmt: skip
    return RawRequest("POST", URL, headers, body)


def event(event_type, payload):
    return {"data": {"event_type": event_type, "id": "ev-1", "payload": payload, "record_type": "event"}, "meta": {}}


def inbound(**changes):
    return signed(event("message.received", TEXT | changes))


def texted(text):
    return inbound(text=text)


def receipt(our_id="m-1", status="delivered", event_type="message.finalized", **changes):
    payload = TEXT | {
        "id": "out-1", "direction": "outbound", "parts": 3, "from": {"phone_number": LINE},
        "to": [{"phone_number": PHONE, "status": status}], "webhook_url": f"{URL}?message={our_id}",
    }  # fmt: skip
    return signed(event(event_type, payload | changes))


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    recipients = [{"phone_number": to, "status": "webhook_delivered"}]
    return replace(inbound(to=recipients) if kind == "inbound" else receipt(our_id), url=address)


def error(status, code, message="Told so"):
    return status, {}, json.dumps({"errors": [{"code": code, "title": "Title", "detail": message}]})


def created(**changes):
    data = {"id": "out-1", "parts": 2, "errors": [], "to": [{"phone_number": PHONE, "status": "queued"}]}
    return 200, {}, json.dumps({"data": data | changes})


RESPONSES = {
    "accepted": (created(), Accepted("out-1", "queued", "queued", 2)),
    "invalid number": (error(400, "40310"), Rejected("40310", "Told so", invalid_number=True)),
    "bad credentials": (error(401, "10009"), Rejected("10009", "Told so", bad_credentials=True)),
    "opted out": (error(409, "40300"), Rejected("40300", "Told so", opted_out=True)),
    "opted out with a 403": (error(403, "40300"), Rejected("40300", "Told so", opted_out=True)),
    "throttled": ((429, {"retry-after": "7"}, '{"errors":[{"code":"10011"}]}'), Throttled(7)),
    "its queue is full": (error(400, "40318"), Throttled(1)),
    "success with an error": (
        created(to=[{"status": "sending_failed"}], errors=[{"code": "40300", "detail": "Stopped"}]),
        Rejected("40300", "Stopped", opted_out=True),
    ),
    "key used for another message": (error(422, "10027"), Rejected("10027", "Told so")),
    "server error": (error(503, "10007"), Unknown("Telnyx answered with HTTP 503")),
    "garbage": ((200, {}, "<html>"), Unknown("Telnyx accepted the request, but its answer cannot be read")),
}
