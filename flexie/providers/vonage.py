"""Vonage's Messages API: JSON with a token of the application (or Basic), webhooks signed with a token of Vonage's.

Source: the request and the verifier of Vonage's official Python library 4.9, and its pages "Messages API Errors", "What
is the Throughput Limit for Outbound SMS?" and "Webhooks: Decoding Signed Webhooks".
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flexie.providers import basic, vonage_webhooks, webtoken
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.json_body import text_of
from flexie.providers.rates import NumberKind
from flexie.providers.request import RawRequest, Refused
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Unknown, json_post

RATES: dict[NumberKind, float] = {"local": 1, "toll-free": 30, "short code": 30, "name": 30, "abroad": 30}
""""What is the Throughput Limit for Outbound SMS?": 30 requests a second for an account, 1 a second from a long number
of the United States that has no 10DLC campaign with more."""

NOT_SIGNED = 503
"""Vonage gives a text up after a 4xx, and tries again for a day after a 5xx: what may be signed at the next try, or be
early by our clock, is answered so."""

ADVICE = {
    "1010": "Write to us: the request lacks something that Vonage asks for.",
    "1020": "Check the recipient's number and the line's.",
    "1050": "The number may not be texted: Vonage keeps it on a list.",
    "1060": "Vonage has suspended the account: write to its support.",
    "1070": "There is no credit left: top the account up.",
    "1090": "Shorten the message.",
    "1120": "The line's number may not send to this country: look at it in Vonage's dashboard.",
    "1160": "While the account is on trial, only numbers on its list can be texted.",
    "1170": "Check the recipient's number.",
    "1180": "The phone is off or out of reach: try again later.",
    "1190": "The number is not in use any more: ask for another.",
    "1210": "The network filtered the text as unwanted: change its wording or its links.",
    "1220": "The phone was busy: try again later.",
    "1230": "The recipient's network had a problem: try again later.",
    "1240": "This person asked this number for no more texts: they must text START before they can be texted again.",
    "1250": "No network can be reached at this number: check it.",
    "1260": "No network can be reached at this number: check it.",
    "1280": "The recipient's network blocks the text.",
    "1420": "The line's number may not send: look at it in Vonage's dashboard.",
    "1430": "Check the recipient's number.",
    "low-balance": "There is no credit left: top the account up.",
    "unauthorized": "Check the application and its private key (or API key and secret) on the connection's page.",
}


class Vonage(AnswersInJson):
    """A Vonage application, or an account without one."""

    name = "vonage"
    label = "Vonage"
    console = "https://dashboard.vonage.com"
    default_base_url = "https://api.nexmo.com"
    media_hosts = ("api.nexmo.com", "api-us.nexmo.com", "api-eu.nexmo.com", "api-ap.nexmo.com")
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "OK", "text/plain"))
    rates = RATES
    throttled_codes = frozenset({"1000"})
    opted_out_codes = frozenset({vonage_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset({"1170", "1190", "1250", "1260", "1430"})
    bad_credentials_codes = frozenset({"unauthorized"})
    advices = ADVICE
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Dashboard → Applications → your application → Capabilities → Messages → Inbound URL. Link the "
        "number to this application, and choose the Messages API as default SMS setting of the account.",
        "status": "In the same place: Status URL.",
    }
    credential_fields = (
        CredentialField("signature_secret", "Signature secret", True, "In the dashboard under Settings."),
        CredentialField(
            "application_id", "Application ID", False, "In the dashboard under Applications.", required=False
        ),
        CredentialField(
            "private_key", "Private key", True, "All of the file that the application's page gave you.", required=False
        ),
        CredentialField(
            "api_key", "API key", False, "Only without an application; on the dashboard's first page.", required=False
        ),
        CredentialField("api_secret", "API secret", True, "Only without an application.", required=False),
    )

    def account(self, credentials: Credentials) -> str:
        """The application's id, or the API key where there is no application."""
        return credentials.get("application_id", "").strip() or credentials.get("api_key", "").strip()

    def complaint(self, credentials: Credentials) -> str:
        """An application with its key, or an API key with its secret."""
        given = {name for name, value in credentials.items() if value.strip()}
        if not {"application_id", "private_key"} <= given:
            if {"api_key", "api_secret"} <= given and not {"application_id", "private_key"} & given:
                return ""
            return "Give an application ID with its private key, or an API key with its secret."
        try:
            webtoken.rsa_key(credentials["private_key"])
        except ValueError:
            return "The private key cannot be read: paste all of its file, with the lines that begin with five dashes."
        return ""

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """A bearer token under the signature secret, which names the hash of the raw body."""
        scheme, _, token = request.header("Authorization").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused("The request is not signed: switch signed webhooks on for the application.", NOT_SIGNED)
        try:
            claims = webtoken.claims(token.strip(), credentials.get("signature_secret", ""), {"HS256"}, now)
        except webtoken.BadToken as problem:
            raise Refused(problem.reason, NOT_SIGNED if problem.is_early else 403) from None
        named = claims.get("payload_hash")
        if not isinstance(named, str):
            raise Refused("The signature does not name the hash of the body.")
        actual = hashlib.sha256(request.body).hexdigest()
        if not hmac.compare_digest(actual.encode(), named.lower().encode("utf-8", "replace")):
            raise Refused("The body of the request was changed after it was signed.")

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One JSON object, one event."""
        return vonage_webhooks.read(request, kind)

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST; pictures go as MMS, with the words beside the first."""
        payload = {
            "to": message.to.lstrip("+"),
            "from": message.sender_number.lstrip("+"),
            "client_ref": message.public_id,
            "webhook_url": message.callback,
            "webhook_version": "v1" if message.callback else None,
            **_content(message),
        }
        return json_post(f"{base_url}/v1/messages", self.media_headers(credentials), payload)

    def media_headers(self, credentials: Credentials) -> dict[str, str]:
        """What sends are made with: an application may ask for it on its media ("Secure Inbound Media")."""
        return {"Authorization": self._authorization(credentials)}

    def _authorization(self, credentials: Credentials) -> str:
        application = credentials.get("application_id", "").strip()
        if application:
            return f"Bearer {webtoken.signed_with(credentials.get('private_key', ''), application)}"
        if not credentials.get("api_key") or not credentials.get("api_secret"):
            raise ValueError("no credentials to send with")
        return basic.header(credentials["api_key"], credentials["api_secret"])

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """The code is what the address of the error's page ends with."""
        code = vonage_webhooks.code_of(found)
        title, detail = text_of(found, "title"), text_of(found, "detail")
        return code, detail or title

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Unknown:
        """A message with an id; how many segments it has, only its receipts tell."""
        provider_id = text_of(found, "message_uuid")
        return Accepted(provider_id, "accepted", "queued") if provider_id else self.unreadable()


def _content(message: OutboundText) -> dict[str, Any]:
    """A text; a picture with its caption; or several things, of which the first has the caption."""
    if not message.media_urls:
        return {"channel": "sms", "message_type": "text", "text": message.text}
    first, *others = message.media_urls
    captioned = {"url": first, "caption": message.text} if message.text else {"url": first}
    if not others:
        return {"channel": "mms", "message_type": "image", "image": captioned}
    things = [{"type": "image", **captioned}, *({"type": "image", "url": url} for url in others)]
    return {"channel": "mms", "message_type": "content", "content": things}
