"""The test table of Twilio."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

ACCOUNT = "AC" + "a" * 32
CREDENTIALS = {"account_sid": ACCOUNT, "auth_token": "token-canary-7d1f", "shared_key": "shared-canary-99e2"}
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VECTORS = vectors.of("twilio")
SIGNED = ("body", "address")
SENT_BY_SDK = []  # test_twilio_send compares forms
PROVES = ("x-twilio-signature",)

TEXT = {
    "MessageSid": "SM" + "1" * 32, "AccountSid": ACCOUNT, "From": PHONE, "To": LINE, "Body": "hi",
    "NumMedia": "0", "NumSegments": "1", "ApiVersion": "2010-04-01", "FromCity": "",
}  # fmt: skip
RECEIPT = {
    "MessageSid": "SM" + "2" * 32, "AccountSid": ACCOUNT, "From": LINE, "To": PHONE, "MessageStatus": "delivered",
}  # fmt: skip


def sign(url, pairs, token=CREDENTIALS["auth_token"]):
    """Twilio's signature, written a second time."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def signed(url, fields):
    """An authentic request with these fields (a dict or a list of pairs)."""
    pairs = list(fields.items()) if isinstance(fields, dict) else fields
    headers = {"X-Twilio-Signature": sign(url, pairs), "Content-Type": "application/x-www-form-urlencoded"}
    return RawRequest("POST", url, headers, urlencode(pairs).encode())


def inbound(**changes):
    return signed("https://sms.example.test/webhooks/twilio/t0k/inbound", TEXT | changes)


def texted(text):
    return inbound(Body=text)


def receipt(our_id="m-1", **changes):
    return signed(f"https://sms.example.test/webhooks/twilio/t0k/status?message={our_id}", RECEIPT | changes)


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    if kind == "inbound":
        return signed(address, TEXT | {"To": to})
    return signed(f"{address}?message={our_id}", RECEIPT)


def error(status, code, message="Told so"):
    return status, {}, json.dumps({"code": code, "message": message, "status": status})


def created(**changes):
    body = {"sid": "SM1", "status": "queued", "num_segments": "2", "error_code": None, "error_message": None}
    return 201, {}, json.dumps(body | changes)


RESPONSES = {
    "accepted": (created(), Accepted("SM1", "queued", "queued", 2)),
    "accepted by a service": (created(status="accepted", num_segments="0"), Accepted("SM1", "accepted", "queued")),
    "invalid number": (error(400, 21211), Rejected("21211", "Told so", invalid_number=True)),
    "bad credentials": (error(401, 20003), Rejected("20003", "Told so", bad_credentials=True)),
    "opted out": (error(400, 21610), Rejected("21610", "Told so", opted_out=True)),
    "opted out with a 403": (error(403, 21610), Rejected("21610", "Told so", opted_out=True)),
    "created but failed": (
        created(status="failed", error_code=21610, error_message="Stopped"),
        Rejected("21610", "Stopped", opted_out=True),
    ),
    "throttled": ((429, {"retry-after": "7"}, '{"code":20429}'), Throttled(7)),
    "throttled by its code": (error(400, 20429), Throttled(1)),
    "server error": (error(503, 20503), Unknown("Twilio answered with HTTP 503")),
    "redirect": ((307, {"location": "/x"}, ""), Unknown("Twilio answered with HTTP 307")),
    "garbage": (
        (201, {}, "<html>"),
        Unknown("Twilio accepted the request, but its answer cannot be read"),
    ),
    "refusal without words": (
        (404, {}, "<html>"),
        Rejected("HTTP 404", "Twilio refused the message with HTTP 404."),
    ),
}
