"""Webhooks of Bird, the platform that MessageBird became: for accounts whose numbers have moved there.

Source: Bird's page "Verifying a webhook subscription" (docs.bird.com). There is no official library to hold this to,
and the outer form of its events is not confirmed: whatever has another form is kept for people.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

from flexie.phones import sender
from flexie.providers.base import Credentials, Kind
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.json_body import NotReadable, object_in, objects_in, read_object, text_of
from flexie.providers.moments import is_recent, moment
from flexie.providers.request import MalformedRequest, RawRequest, Refused

HEADER = "messagebird-signature"
TOLERANCE_SECONDS = 86_400
"""Bird does not say whether it signs a repeated try anew; what is repeated changes nothing anyway."""

STATUSES: dict[str, Status] = {
    "accepted": "queued",
    "processing": "queued",
    "scheduled": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "sending_failed": "failed",
    "delivery_failed": "failed",
    "rejected": "failed",
    "skipped": "failed",
    "deleted": "failed",
}


def check(request: RawRequest, credentials: Credentials, now: datetime) -> None:
    """Raises Refused unless timestamp, address and body are signed with the signing key."""
    secret, timestamp = credentials.get("signing_key", ""), request.header("messagebird-request-timestamp")
    if not secret or not timestamp:
        raise Refused("The signing key or the timestamp of the request is missing.")
    head = f"{timestamp}\n{request.url}\n".encode("utf-8", "replace")
    words = head + hashlib.sha256(request.body).digest()
    signed = base64.b64encode(hmac.new(secret.encode(), words, hashlib.sha256).digest())
    if not hmac.compare_digest(signed, request.header(HEADER).encode("utf-8", "replace")):
        raise Refused("The signature does not fit: the signing key or the address is another, or the body was changed.")
    if not is_recent(timestamp, now, TOLERANCE_SECONDS):
        raise Refused("The signature is too old, or one of the two clocks is wrong.")


def read(request: RawRequest, kind: Kind) -> list[Event]:
    """The one event of a verified request; which kind it is, its direction says. Raises MalformedRequest."""
    del kind
    try:
        payload = object_in(read_object(request.body), "payload")
    except NotReadable as error:
        raise MalformedRequest(str(error)) from error
    if not text_of(payload, "id"):
        return [Malformed("The event names no message.", request.text)]
    if text_of(payload, "direction") == "incoming":
        return [_inbound(payload, request)]
    said = text_of(payload, "status")
    if said not in STATUSES:
        return [Malformed("The status is none that Bird gives to messages that go out.", request.text)]
    status = STATUSES[said]
    return [
        StatusEvent(
            provider_id=text_of(payload, "id"),
            status=status,
            provider_status=said,
            final=status in ("delivered", "failed"),
            to=sender(_number(object_in(payload, "receiver"))) or None,
            our_id=text_of(payload, "reference") or None,
        )
    ]


def _inbound(payload: dict[str, Any], request: RawRequest) -> Event:
    phone, line = _number(object_in(payload, "sender")), _number(object_in(payload, "receiver"))
    body = object_in(payload, "body")
    text = text_of(object_in(body, "text"), "text") or text_of(object_in(body, "image"), "text")
    files = objects_in(object_in(body, "image"), "images") + objects_in(object_in(body, "file"), "files")
    media = tuple(
        Media(text_of(file, "mediaUrl"), text_of(file, "contentType") or None)
        for file in files
        if text_of(file, "mediaUrl")
    )
    if not phone or not line or not (text or media):
        return Malformed("The text lacks its sender, its recipient or its words.", request.text)
    return InboundEvent(
        provider_id=text_of(payload, "id"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=media,
        received_at=moment(payload.get("createdAt")),
        opt_out=stop_in(text),
    )


def _number(party: dict[str, Any]) -> str:
    """The number of a party, whichever of its forms it is given in."""
    ways = [object_in(party, "contact"), object_in(party, "connector"), *objects_in(party, "contacts")]
    return next((text_of(way, "identifierValue") for way in ways if text_of(way, "identifierValue")), "")
