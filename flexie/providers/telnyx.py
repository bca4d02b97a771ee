"""Telnyx: JSON with a bearer key, and one webhook for everything, signed with Ed25519.

Source: the request, the models and the verifier of Telnyx's official Python library 4.189, and its pages "Messaging
Error Code Reference" and "SMS messaging rate limits" (developers.telnyx.com).
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from flexie.providers import number_lists, telnyx_webhooks
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.json_body import count_in, object_in, objects_in, text_of
from flexie.providers.moments import is_recent
from flexie.providers.rates import NumberKind
from flexie.providers.request import RawRequest, Refused
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Unknown, json_post

TOLERANCE_SECONDS = 300
"""How far a webhook's timestamp may be from our clock, as in the official verifier."""

RATES: dict[NumberKind, float] = {"local": 1, "toll-free": 20, "short code": 50, "name": 0.1, "abroad": 0.1}
""""SMS messaging rate limits": 0.1 a second for a long number to other countries and for a name, 20 for a toll-free
number, 50 for a whole account. A long number to the United States has what its 10DLC campaign was given: 1 a second is
below the smallest class (75 a minute)."""

ADVICE = {
    "10002": "Check the recipient's number.",
    "10009": "Check the API key on the connection's page.",
    "10010": "The API key may not send from this number: check the key and the number's messaging profile.",
    "10016": "Check the recipient's number.",
    "40001": "The number is a landline or cannot be reached by text: ask for another.",
    "40002": "The network filtered the text as unwanted: change its wording or its links.",
    "40003": "The network blocks this line for unwanted texts: write to Telnyx's support.",
    "40004": "The recipient's network refused the text: try again later.",
    "40005": "The phone was off or out of reach for too long: try again later.",
    "40006": "The recipient's network was out of reach: try again later.",
    "40008": "The recipient's network did not take the text: check the number.",
    "40010": "Register the number for A2P 10DLC with Telnyx.",
    "40012": "Check the recipient's number.",
    "40013": "The line's number cannot send: look at it in Telnyx's portal.",
    "40014": "It waited for too long at Telnyx: send fewer texts at once.",
    "40015": "Telnyx filtered the text as unwanted: change its wording or its links.",
    "40300": "This person texted STOP to this number: they must text START before they can be texted again.",
    "40301": "This number cannot exchange such messages: send it without pictures.",
    "40302": "Shorten the message, or send smaller pictures.",
    "40305": "The From number is not of this account or has no messaging profile: look at it in Telnyx's portal.",
    "40309": "Allow the recipient's country in the number's messaging profile.",
    "40310": "Check the recipient's number.",
    "40329": "The toll-free number is not verified yet: verify it in Telnyx's portal.",
    "40333": "The messaging profile's spending limit is reached: raise it in Telnyx's portal.",
}


class Telnyx(AnswersInJson):
    """A Telnyx account."""

    name = "telnyx"
    label = "Telnyx"
    console = "https://portal.telnyx.com"
    default_base_url = "https://api.telnyx.com"
    one_address = True
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "{}", "application/json"))
    rates = RATES
    directory = number_lists.TELNYX
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Portal → Messaging → the number's messaging profile → Inbound → “Send a webhook to this URL”, with "
        "webhook API version 2. One address serves texts and receipts of all lines of a profile.",
    }
    throttled_codes = frozenset({"10011", "40318"})
    opted_out_codes = frozenset({telnyx_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset({"10002", "10016", "40001", "40012", "40310"})
    bad_credentials_codes = frozenset({"10009"})
    advices = ADVICE
    credential_fields = (
        CredentialField("api_key", "API key", True, "In the portal under API Keys; begins with KEY."),
        CredentialField("public_key", "Public key", False, "In the portal under Keys & Credentials, Public Key."),
        CredentialField(
            "messaging_profile_id",
            "Messaging profile",
            False,
            "Only to send under a name in letters: the id of the profile.",
            required=False,
        ),
    )

    def account(self, credentials: Credentials) -> str:
        """A fingerprint of the public key, of which each account has its own."""
        return hashlib.sha256(credentials.get("public_key", "").strip().encode()).hexdigest()[:16]

    def complaint(self, credentials: Credentials) -> str:
        """A public key is 32 bytes in base64."""
        if _decoded(credentials.get("public_key", ""), 32) is None:
            return "The public key is not complete: it has 44 characters and ends with an equals sign."
        return ""

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """Ed25519 over timestamp, bar and raw body, not older or newer than five minutes."""
        timestamp, signed = request.header("telnyx-timestamp"), request.header("telnyx-signature-ed25519")
        if not timestamp or not signed:
            raise Refused("The request is not signed.")
        key, signature = _decoded(credentials.get("public_key", ""), 32), _decoded(signed, 64)
        if key is None:
            raise Refused("The public key of this connection is missing or not complete: enter it on its page.")
        if signature is None:
            raise Refused("The signature is not in Telnyx's form.")
        try:
            words = timestamp.encode("utf-8", "replace") + b"|" + request.body
            Ed25519PublicKey.from_public_bytes(key).verify(signature, words)
        except (InvalidSignature, ValueError):
            raise Refused("The signature does not fit: the public key is another, or the body was changed.") from None
        if not is_recent(timestamp, now, TOLERANCE_SECONDS):
            raise Refused("The signature is too old, or one of the two clocks is wrong.")

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One JSON object, one event; which kind it is, it says itself."""
        del kind
        return telnyx_webhooks.read(request)

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST, under our id as the key that makes it happen once."""
        payload = {
            "to": message.to,
            "from": message.sender_number,
            "text": message.text,
            "media_urls": list(message.media_urls),
            "webhook_url": message.callback,
            "messaging_profile_id": credentials.get("messaging_profile_id", "").strip(),
        }
        headers = {
            "Authorization": f"Bearer {credentials.get('api_key', '').strip()}",
            "Idempotency-Key": message.public_id,
        }
        return json_post(f"{base_url}/v2/messages", headers, payload)

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """The first of the errors."""
        return telnyx_webhooks.first_error(found)

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Unknown:
        """A message with an id that has not failed already."""
        data = object_in(found, "data")
        provider_id = text_of(data, "id")
        if not provider_id:
            return self.unreadable()
        said = next((text_of(entry, "status") for entry in objects_in(data, "to")), "")
        if telnyx_webhooks.STATUSES.get(said) == "failed":
            code, words = telnyx_webhooks.first_error(data)
            return self.rejected(code or said, words or f"Telnyx says: {said}.")
        return Accepted(provider_id, said, telnyx_webhooks.STATUSES.get(said, "queued"), count_in(data, "parts"))


def _decoded(text: str, length: int) -> bytes | None:
    """So many bytes in base64, or None for anything else."""
    try:
        decoded = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded) == length else None
