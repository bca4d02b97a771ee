"""What Bandwidth's webhooks say: a list of texts (with pictures) and receipts, told apart by `type`."""

from typing import Any

from flexie.phones import sender
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.json_body import NotReadable, count_in, object_in, read_list, text_of, texts_in, written
from flexie.providers.moments import moment
from flexie.providers.request import MalformedRequest, RawRequest

STATUSES: dict[str, Status] = {
    "message-sending": "sent",
    "message-sent": "sent",
    "message-delivered": "delivered",
    "message-failed": "failed",
}
FINAL = {"message-delivered", "message-failed"}
OPTED_OUT = "4775"


def read(request: RawRequest) -> list[Event]:
    """An event for each entry of a verified request. Raises MalformedRequest when it is no JSON list."""
    try:
        return [_read(entry) for entry in read_list(request.body)]
    except NotReadable as error:
        raise MalformedRequest(str(error)) from error


def _read(entry: object) -> Event:
    if not isinstance(entry, dict) or not text_of(object_in(entry, "message"), "id"):
        return Malformed("The event names no message.", written(entry))
    said = text_of(entry, "type")
    if said == "message-received":
        return _inbound(entry, object_in(entry, "message"))
    if said in STATUSES:
        return _status(entry, object_in(entry, "message"), said)
    return Malformed("The event is neither a text nor a receipt.", written(entry))


def _inbound(entry: dict[str, Any], message: dict[str, Any]) -> Event:
    phone, line, text = text_of(message, "from"), text_of(entry, "to"), text_of(message, "text")
    media = tuple(Media(url, None) for url in texts_in(message, "media"))
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", written(entry))
    if not text and not media and message.get("text") != "":
        return Malformed("The text has neither words nor media.", written(entry))
    return InboundEvent(
        provider_id=text_of(message, "id"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=media,
        segments=count_in(message, "segmentCount"),
        received_at=moment(message.get("time") or entry.get("time")),
        opt_out=stop_in(text),
    )


def _status(entry: dict[str, Any], message: dict[str, Any], said: str) -> Event:
    code = text_of(entry, "errorCode")
    return StatusEvent(
        provider_id=text_of(message, "id"),
        status=STATUSES[said],
        provider_status=said,
        final=said in FINAL,
        error_code=code or None,
        to=sender(text_of(entry, "to")) or None,
        our_id=text_of(message, "tag") or None,
        opted_out=code == OPTED_OUT,
        segments=count_in(message, "segmentCount"),
    )
