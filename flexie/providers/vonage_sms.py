"""Vonage's older SMS API: forms with Basic credentials, answered with 200 whatever came of it; long texts in parts.

Source: the request and the verifier of Vonage's official Python library 4.9, and its pages "SMS API Errors", "Inbound
SMS", "Delivery Receipts" and "What is the Throughput Limit for Outbound SMS?".
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from flexie import segments
from flexie.providers import basic, number_lists, vonage_sms_signature, vonage_sms_webhooks
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.fields import FORM
from flexie.providers.json_body import objects_in, text_of
from flexie.providers.request import RawRequest
from flexie.providers.sending import DEFAULT_PAUSE, Accepted, HttpRequest, OutboundText, Rejected, Throttled, Unknown
from flexie.providers.vonage import RATES

SENT, THROTTLED, INTERNAL = "0", "1", "5"
INVALID_NUMBER = "invalid recipient"
_ABOUT_THE_NUMBER = re.compile(r"\bto\b", re.IGNORECASE)

ADVICE = {
    INVALID_NUMBER: "Check the recipient's number.",
    "status 3": "Check the recipient's number and the line's.",
    "status 4": "Check the API key and its secret on the connection's page.",
    "status 6": "Check the recipient's number: its prefix is not known.",
    "status 7": "The number may not be texted: Vonage keeps it on a list.",
    "status 8": "Vonage has suspended the account: write to its support.",
    "status 9": "There is no credit left: top the account up.",
    "status 12": "Shorten the message.",
    "status 15": "The line's number may not send to this country: look at it in Vonage's dashboard.",
    "status 29": "While the account is on trial, only numbers on its list can be texted.",
    "status 33": "The number is not in use any more: ask for another.",
    "1": "The network did not say why: try again later.",
    "2": "The phone is off or out of reach: try again later.",
    "3": "The number is not in use any more: ask for another.",
    "4": "The number's owner or network bars such texts.",
    "5": "The number moved to another network and could not be found: try again later.",
    "6": "The network filtered the text as unwanted: change its wording or its links.",
    "7": "The phone was busy: try again later.",
    "8": "The recipient's network had a problem: try again later.",
    "9": "This person asked this number for no more texts: they must text START before they can be texted again.",
    "10": "The network refused the message as it is: change its wording.",
    "11": "No network can be reached at this number: check it.",
    "12": "No network can be reached at this number: check it.",
    "14": "The recipient's network blocks the text.",
}
"""With "status": of the answer to a send. Without: of a receipt (err-code)."""


class VonageSms(AnswersInJson):
    """A Vonage account whose numbers use the SMS API."""

    name = "vonage_sms"
    label = "Vonage (older SMS API)"
    console = "https://dashboard.vonage.com"
    default_base_url = "https://rest.nexmo.com"
    methods: ClassVar[Mapping[Kind, str]] = {"inbound": "POST GET", "status": "POST GET"}
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "OK", "text/plain"))
    rates = RATES
    opted_out_codes = frozenset({vonage_sms_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset({INVALID_NUMBER, "status 6", "status 33"})
    bad_credentials_codes = frozenset({"status 4", "status 14"})
    advices = ADVICE
    directory = number_lists.VONAGE_SMS
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Dashboard → Settings → Inbound SMS webhooks (or the number's own), with the SMS API as default SMS "
        "setting, and signed webhooks.",
    }
    credential_fields = (
        CredentialField("api_key", "API key", False, "On the dashboard's first page."),
        CredentialField("api_secret", "API secret", True, "Beside the API key."),
        CredentialField("signature_secret", "Signature secret", True, "In the dashboard under Settings."),
        CredentialField(
            "signature_method",
            "Signature method",
            False,
            f"As in the dashboard: one of {', '.join(vonage_sms_signature.METHODS)}; blank: md5hash.",
            required=False,
        ),
    )

    def account(self, credentials: Credentials) -> str:
        """The API key."""
        return credentials.get("api_key", "").strip()

    def complaint(self, credentials: Credentials) -> str:
        """A known method of signing."""
        if vonage_sms_signature.method(credentials) in vonage_sms_signature.METHODS:
            return ""
        return f"The signature method is one of {', '.join(vonage_sms_signature.METHODS)}, as in Vonage's dashboard."

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By `sig`. `now` does not matter: Vonage repeats for a day, and its verifier judges no time."""
        del now
        vonage_sms_signature.check(request, credentials)

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One form, query or JSON object, one event: a text, a part of one, or a receipt."""
        return vonage_sms_webhooks.read(request, kind)

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A form with the text, named Unicode where it is."""
        if message.media_urls:
            raise ValueError("the SMS API takes no pictures")
        is_unicode = segments.count(message.text).encoding != "GSM-7"
        pairs = [
            ("to", message.to.lstrip("+")),
            ("from", message.sender_number.lstrip("+")),
            ("text", message.text),
            ("type", "unicode" if is_unicode else "text"),
            ("client-ref", message.public_id),
            ("callback", message.callback or ""),
        ]
        authorization = basic.header(credentials.get("api_key", ""), credentials.get("api_secret", ""))
        headers = {"Authorization": authorization, "Content-Type": FORM, "Accept": "application/json"}
        return HttpRequest("POST", f"{base_url}/sms/json", headers, urlencode([p for p in pairs if p[1]]).encode())

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """Like an answer with 200, of which this is only another outside."""
        part = next(iter(objects_in(found, "messages")), {})
        status = text_of(part, "status")
        return f"status {status}" if status else "", text_of(part, "error-text")

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Throttled | Unknown:
        """An entry for each part, each with a status of its own."""
        parts = objects_in(found, "messages")
        taken = [part for part in parts if text_of(part, "status") == SENT]
        if not parts or any(not text_of(part, "message-id") for part in taken):
            return self.unreadable()
        if len(taken) == len(parts):
            return Accepted(text_of(taken[0], "message-id"), "accepted", "queued", len(taken))
        if taken:
            return Unknown(f"{self.label} took {len(taken)} of the {len(parts)} parts of the message")
        return self._refused(text_of(parts[0], "status"), text_of(parts[0], "error-text"))

    def _refused(self, status: str, words: str) -> Rejected | Throttled | Unknown:
        if status == THROTTLED:
            return Throttled(DEFAULT_PAUSE)
        if status in ("", INTERNAL):
            return Unknown(f"{self.label} had an error of its own while it took the message")
        is_number = status in ("2", "3") and _ABOUT_THE_NUMBER.search(words)
        return self.rejected(INVALID_NUMBER if is_number else f"status {status}", words or "Vonage gives no reason.")
