"""The test table of Vonage's older SMS API."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

ACCOUNT = "a1b2c3d4"
SECRET = "signature-canary-5d77"
CREDENTIALS = {
    "api_key": ACCOUNT, "api_secret": "secret-canary-e0e1", "signature_secret": SECRET, "signature_method": "sha256",
}  # fmt: skip
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VECTORS = vectors.of("vonage", ("vonage-sms",))
SIGNED = ("body",)
PROVES = ()  # the signature is one of the parameters
URL = "https://sms.example.test/webhooks/vonage_sms/t0k/"
FORM = "application/x-www-form-urlencoded"

TEXT = {
    "msisdn": PHONE[1:], "to": LINE[1:], "messageId": "in-1", "text": "hi", "type": "text", "keyword": "HI",
    "api-key": ACCOUNT, "message-timestamp": "2026-01-01 00:00:00", "timestamp": "1767225600", "nonce": "n-1",
}  # fmt: skip
RECEIPT = {
    "msisdn": PHONE[1:], "to": LINE[1:], "messageId": "out-1", "status": "delivered", "err-code": "0",
    "client-ref": "m-1", "timestamp": "1767225600", "nonce": "n-2",
}  # fmt: skip


def sign(fields, method="sha256", secret=SECRET):
    """Vonage's signature, written a second time."""
    clean = {name: str(value).replace("&", "_").replace("=", "_") for name, value in fields.items()}
    words = "".join(f"&{name}={clean[name]}" for name in sorted(clean)).encode()
    if method == "md5hash":
        return hashlib.md5(words + secret.encode()).hexdigest()
    return hmac.new(secret.encode(), words, method).hexdigest()


def signed(url, fields, method="POST", how="sha256", content_type="application/json"):
    """An authentic request: JSON, a form, or the query of a GET."""
    fields = fields | {"sig": sign(fields, how)}
    if method == "GET":
        return RawRequest("GET", f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", {}, b"")
    body = urlencode(fields) if content_type == FORM else json.dumps(fields, ensure_ascii=False)
    return RawRequest("POST", url, {"Content-Type": content_type}, body.encode())


def inbound(**changes):
    return signed(f"{URL}inbound", TEXT | changes)


def texted(text):
    return inbound(text=text)


def receipt(our_id="m-1", **changes):
    return signed(f"{URL}status?message={our_id}", RECEIPT | {"client-ref": our_id} | changes)


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    return replace(inbound(to=to[1:]) if kind == "inbound" else receipt(our_id), url=address)


def error(status, code, message="Told so"):
    return 200, {}, json.dumps({"message-count": "1", "messages": [{"status": code, "error-text": message}]})


def taken(*statuses):
    parts = [{"status": status, "message-id": f"out-{at}", "error-text": "no"} for at, status in enumerate(statuses, 1)]
    return 200, {}, json.dumps({"message-count": str(len(parts)), "messages": parts})


SENT_BY_SDK = []  # test_vonage_sms compares forms
FITS = {}

RESPONSES = {
    "accepted": (taken("0"), Accepted("out-1", "accepted", "queued", 1)),
    "accepted in parts": (taken("0", "0", "0"), Accepted("out-1", "accepted", "queued", 3)),
    "invalid number": (
        error(200, "3", "Invalid value for to param"),
        Rejected("invalid recipient", "Invalid value for to param", invalid_number=True),
    ),
    "another parameter": (error(200, "3", "Invalid from"), Rejected("status 3", "Invalid from")),
    "bad credentials": (error(200, "4"), Rejected("status 4", "Told so", bad_credentials=True)),
    # It takes the message, and tells so in the receipt.
    "opted out": (taken("0"), Accepted("out-1", "accepted", "queued", 1)),
    "throttled": (error(200, "1"), Throttled(1)),
    "throttled by HTTP": ((429, {"retry-after": "3"}, "{}"), Throttled(3)),
    "success with an error": (error(200, "9"), Rejected("status 9", "Told so")),
    "some parts only": (
        taken("0", "1"), Unknown("Vonage (older SMS API) took 1 of the 2 parts of the message"),
    ),
    "an error of its own": (
        error(200, "5"), Unknown("Vonage (older SMS API) had an error of its own while it took the message"),
    ),
    "server error": ((503, {}, "{}"), Unknown("Vonage (older SMS API) answered with HTTP 503")),
    "garbage": (
        (200, {}, "<html>"), Unknown("Vonage (older SMS API) accepted the request, but its answer cannot be read"),
    ),
}  # fmt: skip
