"""The test table of Plivo."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from flexie.providers import Accepted, RawRequest, Rejected, Throttled, Unknown
from tests.providers import vectors

ACCOUNT = "MA" + "X" * 18
TOKEN = "token-canary-61d0"
CREDENTIALS = {"auth_id": ACCOUNT, "auth_token": TOKEN}
LINE = "+12025550111"
PHONE = "+14135550122"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
VECTORS = vectors.of("plivo")
SIGNED = ("path",)  # the known hole: neither query nor body
PROVES = ("x-plivo-signature-v2", "x-plivo-signature-v2-nonce")
URL = "https://sms.example.test/webhooks/plivo/t0k/"
FORM = "application/x-www-form-urlencoded"

TEXT = {
    "From": PHONE[1:], "To": LINE[1:], "Type": "sms", "Text": "hi", "MessageUUID": "in-1", "Units": "1",
    "TotalRate": "0", "TotalAmount": "0", "MessageIntent": "",
}  # fmt: skip
RECEIPT = {
    "From": LINE[1:], "To": PHONE[1:], "MessageUUID": "out-1", "Status": "delivered", "ErrorCode": "", "Units": "2",
    "Sequence": "3", "PartInfo": "1 of 1",
}  # fmt: skip


def sign(words, token=TOKEN):
    return base64.b64encode(hmac.new(token.encode(), words.encode(), hashlib.sha256).digest()).decode()


def signed(url, fields, nonce="0542956780", method="POST"):
    """A request that is authentic by version 2: the address without its query, and a nonce."""
    headers = {"X-Plivo-Signature-V2": sign(url.partition("?")[0] + nonce), "X-Plivo-Signature-V2-Nonce": nonce}
    if method == "GET":
        return RawRequest("GET", f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}", headers, b"")
    return RawRequest("POST", url, {**headers, "Content-Type": FORM}, urlencode(fields).encode())


def inbound(**changes):
    return signed(f"{URL}inbound", TEXT | changes)


def texted(text):
    return inbound(Text=text)


def receipt(our_id="m-1", **changes):
    return signed(f"{URL}status?message={our_id}", RECEIPT | changes)


def at(address, kind, our_id="m-1", to=LINE):
    """An authentic webhook at an address."""
    if kind == "inbound":
        return signed(address, TEXT | {"To": to[1:]}, nonce="10")
    return signed(f"{address}?message={our_id}", RECEIPT, nonce="20")


def error(status, code, message="Told so"):
    return status, {}, json.dumps({"api_id": code, "error": message})


SENT_BY_SDK = [
    vectors.Sent(
        f"/v1/Account/{ACCOUNT}/Message/", vectors.as_sent(media=("https://a.example/1.png",)),
        {"auth_id": ACCOUNT, "auth_token": "tok"}, idle={"log": "true", "trackable": False},
    )
]  # fmt: skip
FITS = {}

RESPONSES = {
    "accepted": (
        (202, {}, '{"api_id":"a","message":"message(s) queued","message_uuid":["out-1"]}'),
        Accepted("out-1", "queued", "queued"),
    ),
    "invalid number": (
        error(400, "a", "dst is not a valid phone number"),
        Rejected("invalid number", "dst is not a valid phone number", invalid_number=True),
    ),
    "a field is wrong": (
        (400, {}, '{"api_id":"a","error":{"src":["too long"]}}'), Rejected("HTTP 400", '{"src": ["too long"]}'),
    ),
    "bad credentials": (
        (401, {}, "Could not verify your access level for that URL."),
        Rejected("HTTP 401", "Plivo refused the message with HTTP 401.", bad_credentials=True),
    ),
    # It takes the message, and tells so in the receipt.
    "opted out": ((202, {}, '{"message_uuid":["out-2"]}'), Accepted("out-2", "queued", "queued")),
    "throttled": ((429, {"retry-after": "5"}, "{}"), Throttled(5)),
    "success with an error": (
        (202, {}, '{"message":"no","message_uuid":[],"invalid_number":["+1"]}'),
        Rejected("invalid number", "no", invalid_number=True),
    ),
    "server error": (error(500, "a"), Unknown("Plivo answered with HTTP 500")),
    "garbage": ((202, {}, "<html>"), Unknown("Plivo accepted the request, but its answer cannot be read")),
}  # fmt: skip
