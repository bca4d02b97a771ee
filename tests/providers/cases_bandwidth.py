"""The test table of Bandwidth."""

import json
from datetime import UTC, datetime

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

ACCOUNT = "9900000"
CREDENTIALS = {
    "account_id": ACCOUNT, "application_id": "app", "api_username": "u-canary-18", "api_password": "p-canary-77a2",
    "username": "hookuser", "password": "hook-canary-4c1e",
}  # fmt: skip
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
# 4775 is an opt-out, of which the vector's expectation does not speak.
VECTORS = [
    vector | {"expect": [event | {"opt_out": "stop"} for event in vector["expect"]]}
    if vector["id"] == "bw-st-optedout"
    else vector
    for vector in vectors.of("bandwidth")
]
SIGNED = ()  # a name and a password, nothing else
PROVES = ("authorization",)
URL = "https://sms.example.test/webhooks/bandwidth/t0k/inbound"
BASIC = "Basic aG9va3VzZXI6aG9vay1jYW5hcnktNGMxZQ=="

TEXT = {
    "id": "in-1", "time": "2026-01-01T00:00:00.000Z", "segmentCount": 1, "direction": "in", "to": [LINE],
    "from": PHONE, "text": "hi",
}  # fmt: skip


def signed(found):
    """An authentic request; `found` may be raw bytes too."""
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    return RawRequest("POST", URL, {"Content-Type": "application/json", "Authorization": BASIC}, body)


def received(**changes):
    return {"type": "message-received", "to": LINE, "message": TEXT | changes}


def reported(our_id="m-1", said="message-delivered", **changes):
    sent = {"id": "out-1", "to": [PHONE], "from": LINE, "text": "", "tag": our_id, "segmentCount": 2}
    return {"type": said, "to": PHONE, "description": "ok", "message": sent} | changes


def inbound(**changes):
    return signed([received(**changes)])


def texted(text):
    return inbound(text=text)


def receipt(our_id="m-1", **changes):
    return signed([reported(our_id, **changes)])


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    request = signed([received() | {"to": to}]) if kind == "inbound" else receipt(our_id)
    return RawRequest(request.method, address, request.headers, request.body)


def error(status, code, message="Told so", **more):
    return status, {}, json.dumps({"type": code, "description": message, **more})


SENT_BY_SDK = [
    vectors.Sent(
        "/users/9900000/messages", vectors.as_sent(media=("https://a.example/1.png",)),
        CREDENTIALS | {"api_username": "u", "api_password": "p"}, below="/api/v2",
    )
]  # fmt: skip
FITS = {}

WRONG = {"fieldErrors": [{"fieldName": "to[0]", "description": "'+1' is not a number"}]}
RESPONSES = {
    "accepted": ((202, {}, '{"id":"out-1","segmentCount":2}'), Accepted("out-1", "accepted", "queued", 2)),
    "invalid number": (
        error(400, "request-validation", **WRONG),
        Rejected("invalid recipient", "'+1' is not a number", invalid_number=True),
    ),
    "another field": (
        error(400, "request-validation", fieldErrors=[{"fieldName": "from", "description": "no"}]),
        Rejected("request-validation", "no"),
    ),
    "bad credentials": (error(401, "unauthorized"), Rejected("unauthorized", "Told so", bad_credentials=True)),
    # It takes the message, and tells so in the receipt.
    "opted out": ((202, {}, '{"id":"out-2"}'), Accepted("out-2", "accepted", "queued")),
    "throttled": ((429, {"retry-after": "2"}, '{"type":"rate-limit"}'), Throttled(2)),
    "success with an error": (
        (202, {}, error(202, "request-validation")[2]),
        Unknown("Bandwidth accepted the request, but its answer cannot be read"),
    ),
    "server error": (error(500, "internal"), Unknown("Bandwidth answered with HTTP 500")),
    "garbage": ((202, {}, "<html>"), Unknown("Bandwidth accepted the request, but its answer cannot be read")),
}
