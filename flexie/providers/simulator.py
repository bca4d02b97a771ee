"""The Simulator: a pretend provider, reached over HTTP like the others. JSON, a bearer key, HMAC-signed webhooks."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from flexie.phones import sender
from flexie.providers import simulator_account
from flexie.providers.answering import AnswersInJson
from flexie.providers.base import CredentialField, Credentials, Kind, Reply
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent
from flexie.providers.json_body import NotReadable, count_in, read_object, text_of
from flexie.providers.moments import is_recent, moment
from flexie.providers.request import MalformedRequest, RawRequest, Refused
from flexie.providers.sending import Accepted, HttpRequest, OutboundText, Unknown

TOLERANCE_SECONDS = 300
"""How far a webhook's timestamp may be from our clock."""

STATUSES: dict[str, Status] = {
    "queued": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
FINAL = {"delivered", "undelivered", "failed"}
OPTED_OUT = "opted_out"
ADVICE = {
    OPTED_OUT: "This person texted STOP to this line: they must text START before they can be texted again.",
    "invalid_number": "Check the number: it does not exist on the pretend network.",
    "30003": "The pretend phone is out of reach: see under Network in the Simulator.",
    "unauthorized": "Check the key on the connection's page.",
}


class Simulator(AnswersInJson):
    """The pretend phone network of `flask simulator`."""

    name = "simulator"
    label = "Simulator"
    default_base_url = "http://127.0.0.1:8000/simulator"
    replies = dict.fromkeys(("inbound", "status"), Reply(200, "{}", "application/json"))
    opted_out_codes = frozenset({OPTED_OUT})
    invalid_number_codes = frozenset({"invalid_number"})
    bad_credentials_codes = frozenset({"unauthorized"})
    advices = ADVICE
    asks_for_address = True
    pasting: ClassVar[Mapping[Kind, str]] = {
        "inbound": "Nothing to paste: the pretend network has no console. The button sets it."
    }
    directory = simulator_account.SimulatorDirectory()
    credential_fields = (
        CredentialField("account", "Account", False, "Any name. Leave it blank if you have one only.", required=False),
        CredentialField("api_key", "Key", True, "The key that sends are made with."),
        CredentialField("webhook_secret", "Webhook secret", True, "The secret that webhooks are signed with."),
    )

    def account(self, credentials: Credentials) -> str:
        """The account's name, or where there is none, a fingerprint of the key."""
        given = credentials.get("account", "").strip()
        return given or hashlib.sha256(credentials.get("api_key", "").encode()).hexdigest()[:16]

    def verify(self, request: RawRequest, credentials: Credentials, now: datetime) -> None:
        """Hex HMAC-SHA256 over timestamp, dot and raw body, not older or newer than five minutes."""
        secret = credentials.get("webhook_secret", "")
        if not secret:
            raise Refused("No webhook secret is set for this connection: enter it on its page.")
        timestamp, signature = request.header("X-Simulator-Timestamp"), request.header("X-Simulator-Signature")
        if not timestamp or not signature:
            raise Refused("The request is not signed.")
        words = timestamp.encode("utf-8", "replace") + b"." + request.body
        signed = hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed.encode(), signature.encode("utf-8", "replace")):
            raise Refused("The signature does not fit: the webhook secret is another, or the body was changed.")
        if not is_recent(timestamp, now, TOLERANCE_SECONDS):
            raise Refused("The signature is too old, or one of the two clocks is wrong.")

    def parse(self, request: RawRequest, kind: Kind) -> list[Event]:
        """One JSON object, one event."""
        try:
            found = read_object(request.body)
        except NotReadable as error:
            raise MalformedRequest(str(error)) from error
        if found.get("type") != kind:
            return [Malformed(f"The {kind} address was called with an event of another type.", request.text)]
        if not text_of(found, "id"):
            return [Malformed("The event has no id.", request.text)]
        return [_inbound(found, request) if kind == "inbound" else _status(found, request)]

    def build_send(self, message: OutboundText, credentials: Credentials, base_url: str) -> HttpRequest:
        """A JSON POST to the messages of the account that the key belongs to."""
        payload = {
            "id": message.public_id,
            "to": message.to,
            "from": message.sender_number,
            "text": message.text,
            "media": list(message.media_urls),
            "status_callback": message.callback,
        }
        headers = simulator_account.headers(credentials)
        return HttpRequest("POST", f"{base_url}/v1/messages", headers, json.dumps(payload).encode())

    def read_error(self, found: dict[str, Any]) -> tuple[str, str]:
        """`code` and `message`."""
        return text_of(found, "code"), text_of(found, "message")

    def media_headers(self, credentials: Credentials) -> dict[str, str]:
        """The key."""
        return {"Authorization": simulator_account.headers(credentials)["Authorization"]}

    def read_accepted(self, found: dict[str, Any]) -> Accepted | Unknown:
        """A message with an id."""
        provider_id, said = text_of(found, "id"), text_of(found, "status")
        if not provider_id:
            return self.unreadable()
        return Accepted(provider_id, said, STATUSES.get(said, "queued"), count_in(found, "segments"))


def _inbound(found: dict[str, Any], request: RawRequest) -> Event:
    phone, line, text = text_of(found, "from"), text_of(found, "to"), text_of(found, "text")
    if not phone or not line or not isinstance(found.get("text", ""), str):
        return Malformed("The text lacks its sender or its recipient, or is no text.", request.text)
    media = _media(found.get("media"))
    if media is None:
        return Malformed("The media of the text cannot be read.", request.text)
    return InboundEvent(
        text_of(found, "id"), sender(phone), sender(line), text, media, received_at=moment(found.get("received_at"))
    )


def _media(found: object) -> tuple[Media, ...] | None:
    """Media are addresses, or objects with url and content_type."""
    entries = (
        [{"url": entry} if isinstance(entry, str) else entry for entry in found] if isinstance(found, list) else []
    )
    if any(not isinstance(entry, dict) or not text_of(entry, "url") for entry in entries):
        return None
    return tuple(Media(text_of(entry, "url"), text_of(entry, "content_type") or None) for entry in entries)


def _status(found: dict[str, Any], request: RawRequest) -> Event:
    said = text_of(found, "status")
    if said not in STATUSES:
        return Malformed("The status is none that is known.", request.text)
    our_id = text_of(found, "message") or request.our_id
    if not our_id:
        return Malformed("The receipt does not name its message.", request.text)
    code = text_of(found, "error_code") or None
    return StatusEvent(
        "",  # the id of a receipt is the receipt's own: the message is named by our id
        STATUSES[said],
        said,
        said in FINAL,
        error_code=code,
        to=sender(text_of(found, "to")) or None,
        our_id=our_id,
        opted_out=code == OPTED_OUT,
    )
