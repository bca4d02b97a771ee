"""What Sinch's webhooks say: texts (with pictures), receipts for one recipient, and receipts of a batch, by `type`."""

from typing import Any

from flexie.phones import sender
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.json_body import NotReadable, object_in, objects_in, read_object, text_of, texts_in, written
from flexie.providers.moments import moment
from flexie.providers.request import MalformedRequest, RawRequest

STATUSES: dict[str, Status] = {
    "queued": "queued",
    "dispatched": "sent",
    "delivered": "delivered",
    "aborted": "failed",
    "cancelled": "failed",
    "rejected": "failed",
    "deleted": "failed",
    "failed": "failed",
    "expired": "failed",
    "unknown": "failed",
}
"""In lower case: Sinch's pages write them in both ways."""

FOR_ONE = {"recipient_delivery_report_sms", "recipient_delivery_report_mms"}
FOR_A_BATCH = {"delivery_report_sms", "delivery_report_mms"}


def read(request: RawRequest) -> list[Event]:
    """The events of a verified request. Raises MalformedRequest when it is no JSON object."""
    try:
        found = read_object(request.utf8)
    except NotReadable as error:
        raise MalformedRequest(str(error)) from error
    said = text_of(found, "type")
    if said in ("mo_text", "mo_media"):
        return [_inbound(found, request)]
    if said in FOR_ONE:
        return [_status(found, text_of(found, "recipient"), found)]
    if said in FOR_A_BATCH:
        return [
            _status(entry, recipient, found)
            for entry in objects_in(found, "statuses")
            for recipient in texts_in(entry, "recipients") or [""]
        ]
    return [Malformed("The event is neither a text nor a receipt.", request.text)]


def _inbound(found: dict[str, Any], request: RawRequest) -> Event:
    provider_id, phone, line = text_of(found, "id"), text_of(found, "from"), text_of(found, "to")
    if not provider_id or not phone or not line:
        return Malformed("The text lacks its id, its sender or its recipient.", request.text)
    body, media = object_in(found, "body"), _media(found)
    text = text_of(body, "message") or text_of(body, "subject") if body else text_of(found, "body")
    if not text and not media and found.get("body") != "":
        return Malformed("The text has neither words nor media.", request.text)
    return InboundEvent(
        provider_id=provider_id,
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=media,
        received_at=moment(found.get("received_at")),
        opt_out=stop_in(text),
    )


def _media(found: dict[str, Any]) -> tuple[Media, ...]:
    return tuple(
        Media(text_of(entry, "url"), text_of(entry, "content_type") or None)
        for entry in objects_in(object_in(found, "body"), "media")
        if text_of(entry, "url")
    )


def _status(entry: dict[str, Any], recipient: str, found: dict[str, Any]) -> Event:
    said = text_of(entry, "status")
    status = STATUSES.get(said.lower())
    if status is None or not text_of(found, "batch_id"):
        return Malformed("The receipt names no message, or no status that Sinch gives.", written(found))
    code = text_of(entry, "code")
    return StatusEvent(
        provider_id=text_of(found, "batch_id"),
        status=status,
        provider_status=said,
        final=status in ("delivered", "failed"),
        error_code=code if status == "failed" and code not in ("", "0") else None,
        to=sender(recipient) or None,
        our_id=text_of(found, "client_reference") or None,
    )
