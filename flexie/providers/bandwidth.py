"""Bandwidth: JSON with Basic credentials, and one webhook for everything, with a name and a password of its own.

Source: the request of Bandwidth's official Python library, and its pages "Errors" and "What are Bandwidth's default
rate limits for messaging?" (dev.bandwidth.com, support.bandwidth.com).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from flexie.providers import bandwidth_webhooks, basic
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.json_body import count_in, objects_in, text_of
from flexie.providers.rates import NumberKind
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Unknown, json_post

RATES: dict[NumberKind, float] = dict.fromkeys(("local", "toll-free", "short code", "name", "abroad"), 1.0)
""""What are Bandwidth's default rate limits for messaging?": a new account has 1 a second, whatever the number."""

INVALID_NUMBER = "invalid recipient"
ADVICE = {
    INVALID_NUMBER: "Check the recipient's number.",
    "unauthorized": "Check the account ID and the API credentials on the connection's page.",
    "forbidden": "These API credentials may not send texts: look at their roles in Bandwidth's dashboard.",
    "4701": "The phone is out of reach: try again later.",
    "4702": "The phone is off or out of reach: try again later.",
    "4711": "Send smaller pictures.",
    "4712": "The network does not take this kind of file.",
    "4720": "Check the recipient's number.",
    "4750": "The recipient's network refused the text without saying why: try again later.",
    "4751": "Shorten the message.",
    "4752": "The network refused the message as it is: change its wording.",
    "4770": "The network filtered the text as unwanted: change its wording or its links.",
    "4771": "The network refused the shortened link: write it out.",
    "4772": "The network blocks this line or this number: write to Bandwidth's support.",
    "4775": "This person texted STOP to this number: they must text START before they can be texted again.",
    "4795": "The toll-free number is not verified: verify it with Bandwidth.",
}


class Bandwidth(AnswersInJson):
    """A Bandwidth account with a messaging application."""

    name = "bandwidth"
    label = "Bandwidth"
    console = "https://app.bandwidth.com"
    default_base_url = "https://messaging.bandwidth.com"
    media_hosts = ("messaging.bandwidth.com",)
    one_address = True
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "", "text/plain"))
    rates = RATES
    opted_out_codes = frozenset({bandwidth_webhooks.OPTED_OUT})
    invalid_number_codes = frozenset({INVALID_NUMBER, "4720"})
    bad_credentials_codes = frozenset({"unauthorized"})
    advices = ADVICE
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Dashboard → Applications → your messaging application → Callback URL, with the callback user and "
        "password that you entered here. One address serves texts and receipts of all lines of the application.",
    }
    credential_fields = (
        CredentialField("account_id", "Account ID", False, "Seven digits; at the top of the dashboard."),
        CredentialField("application_id", "Application ID", False, "Of the messaging application of your numbers."),
        CredentialField("api_username", "API user", False, "Of API credentials that may send texts."),
        CredentialField("api_password", "API password", True, "Of the same API credentials."),
        CredentialField("username", "Callback user", False, "A name of your choice, to be entered at Bandwidth too."),
        CredentialField("password", "Callback password", True, "A long one of your choice; there is no signature."),
    )

    def account(self, credentials: Credentials) -> str:
        """The account ID."""
        return credentials.get("account_id", "").strip()

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By the callback user and password. Nothing is signed."""
        del now
        basic.check(request, credentials.get("username", ""), credentials.get("password", ""))

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """A JSON list of events; what each of them is, it says itself."""
        del kind
        return bandwidth_webhooks.read(request)

    def media_headers(self, credentials: Credentials) -> dict[str, str]:
        """The API credentials, which Bandwidth wants for media too."""
        return {"Authorization": basic.header(credentials.get("api_username", ""), credentials.get("api_password", ""))}

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST to the messages of the account, tagged with our id."""
        payload = {
            "applicationId": credentials.get("application_id", "").strip(),
            "to": [message.to],
            "from": message.sender_number,
            "text": message.text,
            "media": list(message.media_urls),
            "tag": message.public_id,
        }
        url = f"{base_url}/api/v2/users/{quote(self.account(credentials), safe='')}/messages"
        return json_post(url, self.media_headers(credentials), payload)

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """`type` and `description`, or what is said of the field that is wrong."""
        fields = objects_in(found, "fieldErrors")
        words = "; ".join(text_of(field, "description") for field in fields) or text_of(found, "description")
        if any(text_of(field, "fieldName").partition("[")[0] == "to" for field in fields):
            return INVALID_NUMBER, words
        return text_of(found, "type"), words

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Unknown:
        """A message with an id."""
        provider_id = text_of(found, "id")
        if not provider_id:
            return self.unreadable()
        return Accepted(provider_id, "accepted", "queued", count_in(found, "segmentCount"))
