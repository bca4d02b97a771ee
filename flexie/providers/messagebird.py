"""MessageBird's SMS API: JSON with an access key; webhooks signed with a token, receipts among them as GET.

Source: the request and the verifier of MessageBird's official Python library 2.2, and its pages "API errors", "Handle a
status report" and "Receive messages" (developers.messagebird.com). It publishes no pace for kinds of numbers.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flexie.providers import bird, messagebird_signature, messagebird_webhooks
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.json_body import count_in, object_in, objects_in, text_of
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Unknown, json_post

INVALID_NUMBER = "invalid recipient"
ADVICE = {
    INVALID_NUMBER: "Check the recipient's number.",
    "2": "Check the access key on the connection's page.",
    "9": "Write to us: the request lacks something that MessageBird asks for.",
    "10": "Check the line's number: it may not be of this account.",
    "25": "There is no credit left: top the account up.",
    "1": "The number is not in use: ask for another.",
    "27": "The phone is off or out of reach: try again later.",
    "31": "The phone was busy: try again later.",
    "101": "The number is not in use, or cannot get texts: ask for another.",
    "103": "This person texted STOP to this number: they must text START before they can be texted again.",
    "104": "The network filtered the text as unwanted: change its wording or its links.",
    "105": "The phone is off or out of reach: try again later.",
    "106": "There is no credit left: top the account up.",
    "110": "The line's number may not send to this country: register it with MessageBird.",
}


class MessageBird(AnswersInJson):
    """A MessageBird account."""

    name = "messagebird"
    label = "MessageBird"
    console = "https://dashboard.messagebird.com"
    default_base_url = "https://rest.messagebird.com"
    methods: ClassVar[Mapping[Kind, str]] = {"inbound": "POST GET", "status": "GET POST"}
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "OK", "text/plain"))
    opted_out_codes = frozenset({messagebird_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset({INVALID_NUMBER})
    bad_credentials_codes = frozenset({"2"})
    advices = ADVICE
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Dashboard → Numbers → your number → Flow: forward SMS to this URL, method POST.",
    }
    credential_fields = (
        CredentialField("access_key", "Access key", True, "In the dashboard under Developers, API access; a live key."),
        CredentialField("signing_key", "Signing key", True, "In the dashboard under Developers, API settings."),
    )

    def account(self, credentials: Credentials) -> str:
        """A fingerprint of the signing key, of which each account has its own."""
        return hashlib.sha256(credentials.get("signing_key", "").strip().encode()).hexdigest()[:16]

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By MessageBird-Signature-JWT; a webhook of Bird, its newer platform, by its own signature."""
        if request.header(messagebird_signature.HEADER) or not request.header(bird.HEADER):
            messagebird_signature.check(request, credentials, now)
        else:
            bird.check(request, credentials, now)

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One form, query or JSON object, one event."""
        return bird.read(request, kind) if request.header(bird.HEADER) else messagebird_webhooks.read(request, kind)

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST under our reference."""
        if message.media_urls:
            raise ValueError("MessageBird's interface for SMS takes no pictures")
        payload = {
            "recipients": message.to,
            "originator": message.sender_number,
            "body": message.text,
            "datacoding": "auto",
            "reference": message.public_id,
            "reportUrl": message.callback,
        }
        headers = {"Authorization": f"AccessKey {credentials.get('access_key', '').strip()}"}
        return json_post(f"{base_url}/messages", headers, payload)

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """The first of the errors; what is wrong with a recipient is so with the number."""
        first = next(iter(objects_in(found, "errors")), {})
        words = text_of(first, "description")
        if text_of(first, "parameter").startswith("recipient"):
            return INVALID_NUMBER, words
        return text_of(first, "code"), words

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Unknown:
        """A message with an id, whose one recipient has not failed already."""
        provider_id = text_of(found, "id")
        if not provider_id:
            return self.unreadable()
        item = next(iter(objects_in(object_in(found, "recipients"), "items")), {})
        said = text_of(item, "status")
        status = messagebird_webhooks.STATUSES.get(said, "queued")
        if status == "failed":
            return self.rejected(text_of(item, "statusErrorCode") or said, f"MessageBird says: {said}.")
        return Accepted(provider_id, said or "accepted", "queued", count_in(item, "messagePartCount"))
