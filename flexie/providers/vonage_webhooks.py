"""What webhooks of Vonage's Messages API say: texts, texts with pictures, and receipts."""

from typing import Any
from urllib.parse import urlsplit

from flexie.phones import sender
from flexie.providers.base import Kind
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.json_body import NotReadable, count_in, object_in, objects_in, read_object, text_of
from flexie.providers.moments import moment
from flexie.providers.request import MalformedRequest, RawRequest

STATUSES: dict[str, Status] = {
    "submitted": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "rejected": "failed",
    "undeliverable": "failed",
}
FINAL = {"delivered", "read", "rejected", "undeliverable"}
OPTED_OUT = "1240"
CHANNELS = {"sms", "mms"}
ATTACHMENTS = ("image", "audio", "video", "file", "vcard")


def read(request: RawRequest, kind: Kind) -> list[Event]:
    """The one event of a verified request. Raises MalformedRequest when it is no JSON object."""
    try:
        found = read_object(request.body)
    except NotReadable as error:
        raise MalformedRequest(str(error)) from error
    if not text_of(found, "message_uuid"):
        return [Malformed("The event names no message.", request.text)]
    if text_of(found, "channel") not in CHANNELS:
        return [Malformed("The event is of another channel than SMS and MMS.", request.text)]
    if ("status" in found) != (kind == "status"):
        return [Malformed(f"The {kind} address was called with an event of another kind.", request.text)]
    return [_status(found, request) if kind == "status" else _inbound(found, request)]


def code_of(error: dict[str, Any]) -> str:
    """The code of an error: its title in receipts, and what the address of its page ends with elsewhere."""
    title = text_of(error, "title")
    try:
        return title if title.isdecimal() else urlsplit(text_of(error, "type")).fragment
    except ValueError:
        return ""


def _inbound(found: dict[str, Any], request: RawRequest) -> Event:
    phone, line = text_of(found, "from"), text_of(found, "to")
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", request.text)
    words, media = _content(found)
    if not words and not media and "text" not in found:
        return Malformed("The text has neither words nor media.", request.text)
    text = "\n".join(words)
    return InboundEvent(
        provider_id=text_of(found, "message_uuid"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=tuple(media),
        segments=count_in(object_in(found, "sms"), "num_messages"),
        received_at=moment(found.get("timestamp")),
        opt_out=stop_in(text),
    )


def _content(found: dict[str, Any]) -> tuple[list[str], list[Media]]:
    """Words and media: one of a kind in a field of its own, several in the list `content`."""
    parts = [(kind, object_in(found, kind)) for kind in ATTACHMENTS if object_in(found, kind)]
    parts += [(text_of(entry, "type"), entry) for entry in objects_in(found, "content")]
    words, media = [text_of(found, "text")], []
    for kind, part in parts:
        words += [text_of(part, "caption"), text_of(part, "text")]
        url = text_of(part, "url")
        if kind in ATTACHMENTS and url:
            media.append(Media(url, None))
    return [word for word in words if word], media


def _status(found: dict[str, Any], request: RawRequest) -> Event:
    said = text_of(found, "status")
    if said not in STATUSES:
        return Malformed("The status is none that Vonage gives to messages that go out.", request.text)
    code = code_of(object_in(found, "error"))
    return StatusEvent(
        provider_id=text_of(found, "message_uuid"),
        status=STATUSES[said],
        provider_status=said,
        final=said in FINAL,
        error_code=code or None,
        to=sender(text_of(found, "to")) or None,
        our_id=text_of(found, "client_ref") or None,
        opted_out=code == OPTED_OUT,
        segments=count_in(object_in(found, "sms"), "count_total"),
    )
