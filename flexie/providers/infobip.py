"""Infobip: JSON with an API key, and webhooks with up to a hundred results, with a name and a password of their own.

Source: the request of Infobip's official Python library, and its page "Response status and error codes" (infobip.com).
It publishes no pace for kinds of numbers.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flexie.providers import basic, infobip_webhooks, number_lists
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event
from flexie.providers.json_body import count_in, object_in, objects_in, text_of
from flexie.providers.request import RawRequest
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Rejected, Unknown, json_post

_HOST = re.compile(r"[a-z0-9-]+\.api(-[a-z0-9-]+)?\.infobip\.com|api(-[a-z0-9-]+)?\.infobip\.com")

ADVICE = {
    "UNAUTHORIZED": "Check the API key and the address of the API on the connection's page.",
    "E401": "Check the API key and the address of the API on the connection's page.",
    "REJECTED_NETWORK": "Texts to this network are not set up for the account: write to Infobip's support.",
    "REJECTED_PREFIX_MISSING": "Check the recipient's number: its country code is not known.",
    "REJECTED_DND": "The number stands on a national list of people who want no such texts.",
    "REJECTED_SOURCE": "The line's number may not send to this country: look at it in Infobip's portal.",
    "REJECTED_NOT_ENOUGH_CREDITS": "There is no credit left: top the account up.",
    "REJECTED_SENDER": "The line's number is blocked for sending: look at it in Infobip's portal.",
    "REJECTED_DESTINATION": "The number is blocked for the account: look at the blocklist in Infobip's portal.",
    "REJECTED_PREPAID_PACKAGE_EXPIRED": "The account's credit has expired: top it up.",
    "REJECTED_DESTINATION_NOT_REGISTERED": "While the account is on trial, only registered numbers can be texted.",
    "REJECTED_ROUTE_NOT_AVAILABLE": "Texts to this network are not set up for the account: write to Infobip's support.",
    "REJECTED_FLOODING_FILTER": "The same text went to this number too often: wait, or change its wording.",
    "REJECTED_MESSAGE_TOO_LONG": "Shorten the message.",
    "1": "The number is not in use: ask for another.",
    "5": "The number is not in use: ask for another.",
    "6": "The phone is off or out of reach: try again later.",
    "9": "The number cannot get texts: ask for another.",
    "11": "The number cannot get texts: ask for another.",
    "13": "The number's owner or network bars such texts.",
    "27": "The phone is off or out of reach: try again later.",
    "31": "The phone was busy: try again later.",
    "32": "The phone could not take the text: try again later.",
    "34": "The recipient's network had a problem: try again later.",
}


class Infobip(AnswersInJson):
    """An Infobip account."""

    name = "infobip"
    label = "Infobip"
    console = "https://portal.infobip.com"
    default_base_url = "https://api.infobip.com"
    one_address = True
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "", "text/plain"))
    opted_out_codes = infobip_webhooks.OPTED_OUT
    invalid_number_codes = frozenset({"REJECTED_PREFIX_MISSING"})
    bad_credentials_codes = frozenset({"UNAUTHORIZED", "E401"})
    throttled_codes = frozenset({"TOO_MANY_REQUESTS", "E429"})
    advices = ADVICE
    directory = number_lists.INFOBIP
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Portal → Channels and Numbers → Numbers → your number → SMS → Forward to HTTP, method POST, "
        "format JSON, with Basic authentication by the webhook user and password that you entered here. The same "
        "address in Developer Tools → Subscriptions, for SMS delivery reports.",
    }
    credential_fields = (
        CredentialField("api_key", "API key", True, "In the portal under Developer Tools, API Keys."),
        CredentialField(
            "api_host", "Address of the API", False, "On the portal's first page, such as xyz1.api.infobip.com."
        ),
        CredentialField("username", "Webhook user", False, "A name of your choice, to be entered at Infobip too."),
        CredentialField("password", "Webhook password", True, "A long one of your choice; there is no signature."),
    )

    def account(self, credentials: Credentials) -> str:
        """The account's own address of the interface."""
        return _host(credentials)

    def complaint(self, credentials: Credentials) -> str:
        """Sends, and the key with them, go to Infobip only."""
        if _HOST.fullmatch(_host(credentials)):
            return ""
        return "The address of the API ends with .infobip.com: copy it from the portal's first page."

    def base_url(self, credentials: Credentials) -> str:
        """Each account has an address of its own."""
        return f"https://{_host(credentials)}" if _HOST.fullmatch(_host(credentials)) else self.default_base_url

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """By the webhook user and password. Nothing is signed."""
        del now
        basic.check(request, credentials.get("username", ""), credentials.get("password", ""))

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """Up to a hundred results; what each of them is, it says itself."""
        del kind
        return infobip_webhooks.read(request)

    def media_headers(self, credentials: Credentials) -> dict[str, str]:
        """The API key."""
        return {"Authorization": f"App {credentials.get('api_key', '').strip()}"}

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST of one message, whose id is ours."""
        if message.media_urls:
            raise ValueError("Infobip's interface for SMS takes no pictures")
        webhooks: dict[str, object] = {"contentType": "application/json", "callbackData": message.public_id}
        if message.callback:
            webhooks["delivery"] = {"url": message.callback, "intermediateReport": True}
        text = {
            "sender": message.sender_number.lstrip("+"),
            "destinations": [{"to": message.to.lstrip("+"), "messageId": message.public_id}],
            "content": {"text": message.text},
            "webhooks": webhooks,
        }
        return json_post(f"{base_url}/sms/3/messages", self.media_headers(credentials), {"messages": [text]})

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """Of the newer form (`errorCode`), or the older (`requestError.serviceException`)."""
        older = object_in(object_in(found, "requestError"), "serviceException")
        code = text_of(found, "errorCode") or text_of(older, "messageId")
        return code, text_of(found, "description") or text_of(older, "text")

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Rejected | Unknown:
        """One message with an id, unless its status says that it was refused."""
        message = next(iter(objects_in(found, "messages")), {})
        said, provider_id = object_in(message, "status"), text_of(message, "messageId")
        if text_of(said, "groupName") in infobip_webhooks.REFUSED:
            name = text_of(said, "name")
            return self.rejected(name or text_of(said, "groupName"), text_of(said, "description") or name)
        if not provider_id:
            return self.unreadable()
        segments = count_in(object_in(message, "details"), "messageCount") or count_in(message, "messageCount")
        return Accepted(provider_id, text_of(said, "name") or "accepted", "queued", segments)


def _host(credentials: Credentials) -> str:
    return credentials.get("api_host", "").strip().lower().removeprefix("https://").rstrip("/")
