"""Twilio's Programmable Messaging: form posts with Basic credentials.

Source: Twilio's OpenAPI description of `/2010-04-01/Accounts/{Sid}/Messages.json`, its error dictionary, and the
request that its official Python library 9.13 makes.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from flexie.providers import twilio_account, twilio_signature, twilio_webhooks
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.fields import FORM
from flexie.providers.json_body import count_in, text_of
from flexie.providers.rates import NumberKind
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Unknown

_SID = re.compile(r"AC[0-9A-Za-z]{32}")

INVALID_NUMBERS = {"21211", "21217", "21265", "21401", "21407", "21421", "21604", "21614", "21635"}

ADVICE = {
    "20003": "Check the account SID and the auth token on the connection's page.",
    "20404": "Check the account SID on the connection's page.",
    "21211": "Check the recipient's number.",
    "21408": "Allow texts to the recipient's country in Twilio's geographic permissions.",
    "21606": "The From number is not of this account or cannot send texts: choose another line.",
    "21610": "This person texted STOP to this number: they must text START before they can be texted again.",
    "21612": "This pair of numbers cannot exchange texts: send from a number of another kind or country.",
    "21614": "The recipient's number is not a mobile: ask for another.",
    "21617": "Shorten the message: Twilio takes 1,600 characters.",
    "30003": "The phone is off or out of reach: try again later.",
    "30004": "The recipient or their network blocks these texts.",
    "30005": "The number is not in use any more: ask for another.",
    "30006": "The number is a landline or cannot be reached by text: ask for another.",
    "30007": "The network filtered the text as unwanted: change its wording or its links.",
    "30034": "Register the number for A2P 10DLC with Twilio.",
}


RATES: dict[NumberKind, float] = {"local": 1, "toll-free": 3, "short code": 100, "name": 10, "abroad": 10}
"""Twilio's article "Understanding Twilio Rate Limits and Message Queues" (help.twilio.com, 115002943027)."""

EMPTY_TWIML = Reply(200, '<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml")
"""An empty TwiML document: no text in answer."""


class Twilio(AnswersInJson):
    """A Twilio account, or a subaccount."""

    name = "twilio"
    label = "Twilio"
    console = "https://console.twilio.com"
    default_base_url = "https://api.twilio.com"
    media_hosts = ("api.twilio.com",)
    replies = dict.fromkeys(("inbound", "status"), EMPTY_TWIML)
    rates = RATES
    throttled_codes = frozenset({"20429", "14107", "63038"})
    opted_out_codes = frozenset({twilio_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset(INVALID_NUMBERS)
    bad_credentials_codes = frozenset({"20003"})
    advices = ADVICE
    directory = twilio_account.TwilioDirectory()
    history = twilio_account.TwilioHistory()
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Console → Phone Numbers → Active numbers → this number → Messaging → “A message comes in”: "
        "Webhook, HTTP POST.",
    }
    credential_fields = (
        CredentialField("account_sid", "Account SID", False, "Begins with AC; on the console's first page."),
        CredentialField("auth_token", "Auth token", True, "Beside the account SID; it also signs the webhooks."),
        CredentialField(
            "messaging_service_sid",
            "Messaging service SID",
            False,
            "Begins with MG; send through this service, from a number of its pool.",
            required=False,
        ),
        CredentialField(
            "shared_key",
            "Webhook shared key",
            True,
            "Only if your webhooks are signed with a shared key instead of the auth token.",
            required=False,
        ),
    )

    def account(self, credentials: Credentials) -> str:
        """The account SID."""
        return twilio_account.account_of(credentials)

    def complaint(self, credentials: Credentials) -> str:
        """An account SID is AC and 32 more."""
        if _SID.fullmatch(credentials.get("account_sid", "").strip()):
            return ""
        return "The account SID is not complete: it begins with AC and has 34 characters."

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By X-Twilio-Signature. `now` does not matter: the signature holds no time."""
        del now
        twilio_signature.check(request, credentials)

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One form, one event."""
        return twilio_webhooks.read(request, kind)

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A form with the message; the From number is named also when a messaging service is used."""
        pairs = [
            ("To", message.to),
            ("From", message.sender_number),
            ("MessagingServiceSid", credentials.get("messaging_service_sid", "").strip()),
            ("Body", message.text),
            ("StatusCallback", message.callback or ""),
            *(("MediaUrl", url) for url in message.media_urls),
        ]
        headers = {**twilio_account.headers(credentials), "Content-Type": FORM}
        url = twilio_account.address(credentials, base_url, "Messages.json")
        return HttpRequest("POST", url, headers, urlencode([pair for pair in pairs if pair[1]]).encode())

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """`code` and `message`."""
        return text_of(found, "code"), text_of(found, "message")

    def media_headers(self, credentials: Credentials) -> dict[str, str]:
        """Basic credentials. Twilio wants them for media and redirects to an address that holds for four hours
        (Twilio's help, "Protect Media Access with HTTP Basic Authentication").
        """
        return {"Authorization": twilio_account.headers(credentials)["Authorization"]}

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Unknown:
        """A SID that has not failed already."""
        provider_id, said, code = text_of(found, "sid"), text_of(found, "status"), text_of(found, "error_code")
        if not provider_id:
            return self.unreadable()
        if said in ("failed", "undelivered", "canceled"):
            return self.rejected(code or said, text_of(found, "error_message") or f"Twilio says: {said}.")
        segments = count_in(found, "num_segments")
        return Accepted(provider_id, said, twilio_webhooks.STATUSES.get(said, "queued"), segments)
