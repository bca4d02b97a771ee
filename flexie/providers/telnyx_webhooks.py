"""What Telnyx's webhooks say: texts (with pictures) and receipts, told apart by `event_type`."""

from typing import Any

from flexie.phones import sender
from flexie.providers.events import Consent, Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.json_body import NotReadable, count_in, object_in, objects_in, read_object, text_of
from flexie.providers.moments import moment
from flexie.providers.request import MalformedRequest, RawRequest, our_id_in

STATUSES: dict[str, Status] = {
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivery_unconfirmed": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "sending_failed": "failed",
    "delivery_failed": "failed",
    "expired": "failed",
}
"""Telnyx's words in `to[].status` for messages that go out."""

FINAL = {"delivery_unconfirmed", "delivered", "read", "sending_failed", "delivery_failed", "expired"}
OPTED_OUT = "40300"
_CONSENT: dict[str, Consent] = {"opt_out": "stop", "opt_in": "start", "help": "help"}


def read(request: RawRequest) -> list[Event]:
    """The events of a verified request: one, or one for each recipient. Raises MalformedRequest when it is no JSON."""
    try:
        found = read_object(request.body)
    except NotReadable as error:
        raise MalformedRequest(str(error)) from error
    data = object_in(found, "data")
    payload, said = object_in(data, "payload"), text_of(data, "event_type")
    if not text_of(payload, "id"):
        return [Malformed("The event names no message.", request.text)]
    if said == "message.received":
        return [_inbound(payload, request)]
    if said in ("message.sent", "message.finalized"):
        receipts = [_status(entry, payload, request) for entry in objects_in(payload, "to")]
        return receipts or [Malformed("The receipt names no recipient.", request.text)]
    return [Malformed("The event is neither a text nor a receipt.", request.text)]


def first_error(found: dict[str, Any]) -> tuple[str, str]:
    """The code and the words of the first of the errors."""
    first = next(iter(objects_in(found, "errors")), {})
    return text_of(first, "code"), text_of(first, "detail") or text_of(first, "title")


def _inbound(payload: dict[str, Any], request: RawRequest) -> Event:
    phone, line = text_of(object_in(payload, "from"), "phone_number"), _ours(payload)
    text, media = text_of(payload, "text"), _media(payload)
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", request.text)
    if not text and not media and payload.get("text") != "":
        return Malformed("The text has neither words nor media.", request.text)
    return InboundEvent(
        provider_id=text_of(payload, "id"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=media,
        segments=count_in(payload, "parts"),
        received_at=moment(payload.get("received_at")),
        opt_out=_CONSENT.get(text_of(payload, "autoresponse_type")) or stop_in(text),
    )


def _ours(payload: dict[str, Any]) -> str:
    """The number that the text came to: of a group's recipients, the one that this webhook is for."""
    recipients = objects_in(payload, "to")
    for_us = [entry for entry in recipients if text_of(entry, "status") == "webhook_delivered"]
    return next((text_of(entry, "phone_number") for entry in for_us or recipients), "")


def _media(payload: dict[str, Any]) -> tuple[Media, ...]:
    return tuple(
        Media(text_of(entry, "url"), text_of(entry, "content_type") or None)
        for entry in objects_in(payload, "media")
        if text_of(entry, "url")
    )


def _status(entry: dict[str, Any], payload: dict[str, Any], request: RawRequest) -> Event:
    said = text_of(entry, "status")
    if said not in STATUSES:
        return Malformed("The status is none that Telnyx gives to messages that go out.", request.text)
    code, _ = first_error(payload)
    return StatusEvent(
        provider_id=text_of(payload, "id"),
        status=STATUSES[said],
        provider_status=said,
        final=said in FINAL,
        error_code=code or None,
        to=sender(text_of(entry, "phone_number")) or None,
        our_id=our_id_in(text_of(payload, "webhook_url")),  # the signature covers it; the called address it does not
        opted_out=code == OPTED_OUT,
        segments=count_in(payload, "parts"),
    )
