"""Sinch's SMS API: JSON with a service plan's token, or with an access token of a project; one webhook for everything.

Source: the requests and the verifier of Sinch's official Python library 2.3, and its pages "Delivery reports",
"Webhooks" and "HTTP Status Codes for the SMS REST API" (developers.sinch.com). It publishes no pace for kinds of
numbers.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from flexie.providers import basic, sinch_signature, sinch_webhooks
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.fields import FORM
from flexie.providers.json_body import text_of
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Unknown, json_post

AUTH = "https://auth.sinch.com"
REGIONS = ("us", "eu", "au", "br", "ca")
INVALID_NUMBER = "invalid recipient"
_ABOUT_THE_NUMBER = re.compile(r"\bto\b|recipient|msisdn", re.IGNORECASE)

ADVICE = {
    INVALID_NUMBER: "Check the recipient's number.",
    "HTTP 401": "Check the credentials on the connection's page.",
    "HTTP 402": "There is no credit left: top the account up.",
    "unauthorized": "Check the credentials on the connection's page.",
    "402": "The network could not be reached at this number: check it.",
    "403": "Sinch had a problem: try again later.",
    "404": "The phone was out of reach for too long: try again later.",
    "406": "It waited for too long at Sinch: send fewer texts at once.",
    "407": "It was cancelled at Sinch.",
    "408": "Sinch refused the text: check the number, and whether it may be texted.",
    "411": "Shorten the message.",
    "412": "Texts to this country are not set up for the account: write to Sinch's support.",
    "413": "Sinch has blocked the account: write to its support.",
    "414": "The picture could not be fetched from its address.",
    "415": "The recipient's network refused the picture.",
    "416": "The recipient's network takes no pictures.",
    "417": "The phone or its network was out of reach: try again later.",
    "418": "The phone does not know this kind of file.",
}


class Sinch(AnswersInJson):
    """A service plan, or a project, of Sinch."""

    name = "sinch"
    label = "Sinch"
    console = "https://dashboard.sinch.com"
    default_base_url = "https://us.sms.api.sinch.com"
    one_address = True
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "", "text/plain"))
    invalid_number_codes = frozenset({INVALID_NUMBER})
    bad_credentials_codes = frozenset({"unauthorized"})
    advices = ADVICE
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Dashboard → SMS → Service APIs → your service plan → Callback URLs. It serves texts and receipts "
        "of all its numbers. Your account manager sets the secret that signs webhooks, or a name and a password.",
    }
    credential_fields = (
        CredentialField("service_plan_id", "Service plan ID", False, "In the dashboard under SMS.", required=False),
        CredentialField("api_token", "API token", True, "Beside the service plan ID.", required=False),
        CredentialField("project_id", "Project ID", False, "In place of a service plan.", required=False),
        CredentialField("key_id", "Key ID", False, "Of an access key of the project.", required=False),
        CredentialField("key_secret", "Key secret", True, "Of the same access key.", required=False),
        CredentialField("region", "Region", False, f"One of {', '.join(REGIONS)}; blank: us.", required=False),
        CredentialField("webhook_secret", "Webhook secret", True, "The one webhooks are signed with.", required=False),
        CredentialField("username", "Webhook user", False, "Only for webhooks that are not signed.", required=False),
        CredentialField("password", "Webhook password", True, "Only with a webhook user.", required=False),
    )

    def account(self, credentials: Credentials) -> str:
        """The service plan's id, or the project's."""
        return credentials.get("service_plan_id", "").strip() or credentials.get("project_id", "").strip()

    def complaint(self, credentials: Credentials) -> str:
        """A service plan with its token, or a project with its key; a way to know webhooks; a known region."""
        given = {name for name, value in credentials.items() if value.strip()}
        if not ({"service_plan_id", "api_token"} <= given or {"project_id", "key_id", "key_secret"} <= given):
            return "Give a service plan ID with its API token, or a project ID with a key ID and its secret."
        if not ({"webhook_secret"} <= given or {"username", "password"} <= given):
            return "Give the webhook secret, or a webhook user with its password: else nobody knows Sinch's webhooks."
        if _region(credentials) not in REGIONS:
            return f"The region is one of {', '.join(REGIONS)}."
        return ""

    def base_url(self, credentials: Credentials) -> str:
        """By region, and by whether it is a service plan or a project."""
        region = _region(credentials)
        host = f"{region if region in REGIONS else 'us'}.sms.api.sinch.com"
        return f"https://{host}" if credentials.get("service_plan_id") else f"https://zt.{host}"

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By HMAC over body, nonce and timestamp; else by name and password."""
        sinch_signature.check(request, credentials, now)

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One JSON object: a text, a receipt, or the receipts of a batch; which it is, it says itself."""
        del kind
        return sinch_webhooks.read(request)

    def token_request(self, credentials: Credentials, base_url: str | None) -> HttpRequest | None:
        """A project's sends carry an access token, a service plan's its own."""
        if credentials.get("service_plan_id"):
            return None
        headers = {
            "Authorization": basic.header(credentials.get("key_id", ""), credentials.get("key_secret", "")),
            "Content-Type": FORM,
            "Accept": "application/json",
        }
        return HttpRequest("POST", f"{base_url or AUTH}/oauth2/token", headers, b"grant_type=client_credentials")

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST of a batch for one recipient, of which each step is reported."""
        if len(message.media_urls) > 1:
            raise ValueError("Sinch sends one picture in a text")
        payload = {
            "to": [message.to],
            "from": message.sender_number,
            **_content(message),
            "delivery_report": "per_recipient",
            "callback_url": message.callback,
            "client_reference": message.public_id,
        }
        token = credentials.get("api_token", "").strip() if credentials.get("service_plan_id") else ""
        url = f"{base_url}/xms/v1/{quote(self.account(credentials), safe='')}/batches"
        return json_post(url, {"Authorization": f"Bearer {token}"} if token else {}, payload)

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """`code` and `text`; a value that does not fit is the number's where the text says so."""
        code, words = text_of(found, "code"), text_of(found, "text") or text_of(found, "message")
        if code.startswith("syntax_") and _ABOUT_THE_NUMBER.search(words):
            return INVALID_NUMBER, words
        return code, words

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Unknown:
        """A batch with an id."""
        provider_id = text_of(found, "id")
        return Accepted(provider_id, "accepted", "queued") if provider_id else self.unreadable()


def _content(message: OutboundText) -> dict[str, object]:
    if not message.media_urls:
        return {"body": message.text, "type": "mt_text"}
    body = {"url": message.media_urls[0], "message": message.text}
    return {"body": {name: value for name, value in body.items() if value}, "type": "mt_media"}


def _region(credentials: Credentials) -> str:
    return credentials.get("region", "").strip().lower() or "us"
