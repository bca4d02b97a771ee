"""What Infobip's webhooks say: results, each a text (with pictures) or a receipt."""

from typing import Any

from flexie.phones import sender
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.json_body import (
    NotReadable,
    count_in,
    object_in,
    objects_in,
    read_object,
    text_of,
    written,
)
from flexie.providers.moments import moment
from flexie.providers.request import MalformedRequest, RawRequest

GROUPS: dict[str, Status] = {
    "ACCEPTED": "queued",
    "PENDING": "sent",
    "DELIVERED": "delivered",
    "UNDELIVERABLE": "failed",
    "EXPIRED": "failed",
    "REJECTED": "failed",
}
NAMES: dict[str, Status] = {"PENDING_ACCEPTED": "queued", "DELIVERED_TO_OPERATOR": "sent"}
"""Names that say less than their group: with the operator is not with the phone."""

REFUSED = {"UNDELIVERABLE", "EXPIRED", "REJECTED"}
OPTED_OUT = frozenset({"REJECTED_USER_OPTED_OUT", "EC_USER_OPTED_OUT", "EC_DEST_ADDRESS_BLOCKLISTED"})
"""Not confirmed by Infobip's pages; a name that never comes does no harm."""


def read(request: RawRequest) -> list[Event]:
    """An event for each result of a verified request. Raises MalformedRequest when there is no list of them."""
    try:
        results = read_object(request.body).get("results")
    except NotReadable as error:
        raise MalformedRequest(str(error)) from error
    if not isinstance(results, list):
        raise MalformedRequest("The request holds no list of results.")
    return [_read(entry) for entry in results]


def _read(entry: object) -> Event:
    if not isinstance(entry, dict) or not text_of(entry, "messageId"):
        return Malformed("The result names no message.", written(entry))
    return _status(entry) if "status" in entry else _inbound(entry)


def _inbound(entry: dict[str, Any]) -> Event:
    phone, line = text_of(entry, "from") or text_of(entry, "sender"), text_of(entry, "to")
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", written(entry))
    words, media = _content(entry)
    if not words and not media and entry.get("text") != "":
        return Malformed("The text has neither words nor media.", written(entry))
    text = "\n".join(words)
    return InboundEvent(
        provider_id=text_of(entry, "messageId"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=tuple(media),
        segments=count_in(entry, "smsCount"),
        received_at=moment(entry.get("receivedAt")),
        opt_out=stop_in(text),
    )


def _content(entry: dict[str, Any]) -> tuple[list[str], list[Media]]:
    """An SMS has a text; an MMS a list of parts, each with words or with an address."""
    parts = objects_in(entry, "message")
    words = [text_of(entry, "text"), *(text_of(part, "value") for part in parts)]
    media = [
        Media(text_of(part, "url"), text_of(part, "contentType") or None) for part in parts if text_of(part, "url")
    ]
    return [word for word in words if word], media


def _status(entry: dict[str, Any]) -> Event:
    said, error = object_in(entry, "status"), object_in(entry, "error")
    group, name = text_of(said, "groupName").upper(), text_of(said, "name")
    if group not in GROUPS:
        return Malformed("The status is none that Infobip gives to messages that go out.", written(entry))
    status, code = NAMES.get(name, GROUPS[group]), text_of(error, "id")
    return StatusEvent(
        provider_id=text_of(entry, "messageId"),
        status=status,
        provider_status=name or group,
        final=status in ("delivered", "failed"),
        error_code=code if code not in ("", "0") else None,
        to=sender(text_of(entry, "to")) or None,
        our_id=text_of(entry, "callbackData") or None,
        opted_out=bool({name, text_of(error, "name")} & OPTED_OUT),
        segments=count_in(entry, "messageCount"),
    )
