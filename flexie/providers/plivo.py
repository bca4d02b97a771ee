"""Plivo: JSON with Basic credentials; webhooks whose body nothing signs.

Source: the request and the verifiers of Plivo's official Python library 4.63, and its pages "Handling incoming
SMS/MMS", "Error Codes" and "Messaging API FAQ" (plivo.com/docs).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from flexie.providers import basic, number_lists, plivo_signature, plivo_webhooks
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.json_body import text_of, written
from flexie.providers.rates import NumberKind
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Unknown, json_post

RATES: dict[NumberKind, float] = {"local": 1, "toll-free": 25, "short code": 100, "name": 5, "abroad": 5}
""""Messaging API FAQ": a long number of the United States 1 a second unless a 10DLC campaign has more, toll-free
numbers 25, short codes 100; 5 a second is an account's default."""

INVALID_NUMBER = "invalid number"
BAD_CREDENTIALS = "HTTP 401"
ADVICE = {
    INVALID_NUMBER: "Check the recipient's number.",
    BAD_CREDENTIALS: "Check the auth ID and the auth token on the connection's page.",
    "10": "The network refused the message as it is: change its wording.",
    "20": "The recipient's network had a problem: try again later.",
    "30": "The network filtered the text as unwanted: change its wording or its links.",
    "40": "The line's number may not send: look at it in Plivo's console.",
    "50": "Check the recipient's number: it may be a landline.",
    "60": "Two systems answered each other without end, and were stopped.",
    "70": "The number is not in use any more, or cannot be reached by text: ask for another.",
    "80": "The phone is off or out of reach: try again later.",
    "90": "No network can be reached at this number: check it.",
    "100": "The network does not let this line send: register its number with Plivo.",
    "110": "Shorten the message.",
    "200": "This person texted STOP to this number: they must text START before they can be texted again.",
    "201": "The toll-free number is not verified: verify it with Plivo.",
    "420": "It waited for too long: send fewer texts at once.",
    "450": "Allow the recipient's country in Plivo's geographic permissions.",
    "900": "There is no credit left: top the account up.",
    "910": "Plivo has disabled the account: write to its support.",
}


class Plivo(AnswersInJson):
    """A Plivo account, or a subaccount."""

    name = "plivo"
    label = "Plivo"
    console = "https://cx.plivo.com"
    default_base_url = "https://api.plivo.com"
    media_hosts = ("media.plivo.com", "api.plivo.com")
    methods: ClassVar[Mapping[Kind, str]] = {"inbound": "POST GET", "status": "POST GET"}
    replies = dict.fromkeys(
        ("inbound", "status"), Reply(200, '<?xml version="1.0" encoding="UTF-8"?><Response/>', "application/xml")
    )
    rates = RATES
    opted_out_codes = frozenset({plivo_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset({INVALID_NUMBER})
    bad_credentials_codes = frozenset({BAD_CREDENTIALS})
    advices = ADVICE
    directory = number_lists.PLIVO
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Console → Messaging → Applications → your application (or a new one) → Message URL, method POST; "
        "then assign the number to the application. Plivo signs neither the text nor its sender, so keep this address "
        "to yourself.",
    }
    credential_fields = (
        CredentialField("auth_id", "Auth ID", False, "On the console's first page; begins with MA or SA."),
        CredentialField("auth_token", "Auth token", True, "Beside the auth ID; it also signs the webhooks."),
    )

    def account(self, credentials: Credentials) -> str:
        """The auth ID."""
        return credentials.get("auth_id", "").strip()

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By X-Plivo-Signature-V2, or V3 where it comes. `now` does not matter: neither holds a time."""
        del now
        plivo_signature.check(request, credentials)

    def nonce(self, request: RawRequest) -> str:
        """The nonce of version 2, under which nothing of the content is signed."""
        return plivo_signature.nonce(request)

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One form (or query), one event."""
        return plivo_webhooks.read(request, kind)

    def media_headers(self, credentials: Credentials) -> dict[str, str]:
        """Basic credentials: an account may ask for them on its media."""
        return {"Authorization": basic.header(self.account(credentials), credentials.get("auth_token", ""))}

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST to the messages of the account."""
        payload = {
            "src": message.sender_number,
            "dst": message.to,
            "text": message.text,
            "type": "mms" if message.media_urls else None,
            "media_urls": list(message.media_urls),
            "url": message.callback,
            "method": "POST" if message.callback else None,
        }
        url = f"{base_url}/v1/Account/{quote(self.account(credentials), safe='')}/Message/"
        return json_post(url, self.media_headers(credentials), payload)

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """Plivo gives no code with a refusal, only words, or words for each field."""
        told = found.get("error")
        words = text_of(found, "error") or (written(told) if isinstance(told, dict) else "")
        is_number = "valid" in words.lower() and ("dst" in words.lower() or "destination" in words.lower())
        return (INVALID_NUMBER if is_number else ""), words

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Unknown:
        """A list with one id; or the number among those that were not taken."""
        ids, refused = found.get("message_uuid"), found.get("invalid_number")
        first = ids[0] if isinstance(ids, list) and ids else ids
        if isinstance(first, str) and first:
            return Accepted(first, "queued", "queued")
        if isinstance(refused, list) and refused:
            return self.rejected(INVALID_NUMBER, text_of(found, "message") or "Plivo takes the number for none.")
        return self.unreadable()
