"""The test table of Infobip."""

import json
from datetime import UTC, datetime

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

ACCOUNT = "xyz1.api.infobip.com"
CREDENTIALS = {
    "api_key": "key-canary-90fe", "api_host": ACCOUNT, "username": "hookuser", "password": "hook-canary-4c1e",
}  # fmt: skip
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VECTORS = vectors.of("infobip")
SIGNED = ()  # a name and a password, nothing else
PROVES = ("authorization",)
URL = "https://sms.example.test/webhooks/infobip/t0k/inbound"
BASIC = "Basic aG9va3VzZXI6aG9vay1jYW5hcnktNGMxZQ=="

TEXT = {
    "messageId": "in-1", "from": PHONE[1:], "to": LINE[1:], "text": "hi", "cleanText": "hi", "keyword": "",
    "receivedAt": "2026-01-01T00:00:00.000+0000", "smsCount": 1,
}  # fmt: skip
DELIVERED = {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET", "description": "ok"}


def signed(found):
    """An authentic request; `found` may be raw bytes too."""
    body = found if isinstance(found, bytes) else json.dumps(found).encode()
    return RawRequest("POST", URL, {"Content-Type": "application/json", "Authorization": BASIC}, body)


def results(*entries):
    return signed({"results": list(entries), "messageCount": len(entries)})


def reported(our_id="m-1", **changes):
    return {
        "messageId": our_id, "to": PHONE[1:], "sender": LINE[1:], "status": DELIVERED, "messageCount": 2,
        "error": {"id": 0, "name": "NO_ERROR"}, "callbackData": our_id,
    } | changes  # fmt: skip


def inbound(**changes):
    return results(TEXT | changes)


def texted(text):
    return inbound(text=text)


def receipt(our_id="m-1", **changes):
    return results(reported(our_id, **changes))


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    request = inbound(to=to[1:]) if kind == "inbound" else receipt(our_id)
    return RawRequest(request.method, address, request.headers, request.body)


def error(status, code, message="Told so"):
    return status, {}, json.dumps({"requestError": {"serviceException": {"messageId": code, "text": message}}})


def answered(group, name, **more):
    status = {"groupName": group, "name": name, "description": "Told so"}
    return 200, {}, json.dumps({"bulkId": "b-1", "messages": [{"messageId": "m-1", "status": status, **more}]})


SENT_BY_SDK = [
    vectors.Sent("/sms/3/messages", vectors.as_sent(to="+41793026727", sender="Acme"), CREDENTIALS | {"api_key": "k"}),
]
FITS = {}

RESPONSES = {
    "accepted": (
        answered("PENDING", "PENDING_ACCEPTED", details={"messageCount": 2}),
        Accepted("m-1", "PENDING_ACCEPTED", "queued", 2),
    ),
    "invalid number": (
        answered("REJECTED", "REJECTED_PREFIX_MISSING"),
        Rejected("REJECTED_PREFIX_MISSING", "Told so", invalid_number=True),
    ),
    "bad credentials": (error(401, "UNAUTHORIZED"), Rejected("UNAUTHORIZED", "Told so", bad_credentials=True)),
    "bad credentials in the newer form": (
        (401, {}, '{"errorCode":"E401","description":"no"}'), Rejected("E401", "no", bad_credentials=True),
    ),
    "opted out": (
        answered("REJECTED", "REJECTED_USER_OPTED_OUT"),
        Rejected("REJECTED_USER_OPTED_OUT", "Told so", opted_out=True),
    ),
    "success with an error": (
        answered("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"),
        Rejected("REJECTED_NOT_ENOUGH_CREDITS", "Told so"),
    ),
    "throttled": ((429, {"retry-after": "4"}, error(429, "TOO_MANY_REQUESTS")[2]), Throttled(4)),
    "server error": (error(500, "GENERAL_ERROR"), Unknown("Infobip answered with HTTP 500")),
    "garbage": ((200, {}, "<html>"), Unknown("Infobip accepted the request, but its answer cannot be read")),
}  # fmt: skip
