"""What MessageBird's webhooks say: texts (with pictures) as forms or JSON, receipts as the query of a GET."""

from flexie.phones import sender
from flexie.providers.base import Kind
from flexie.providers.events import Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.fields import Fields, read_fields
from flexie.providers.moments import moment
from flexie.providers.request import RawRequest

STATUSES: dict[str, Status] = {
    "scheduled": "queued",
    "sent": "sent",
    "buffered": "sent",
    "delivered": "delivered",
    "expired": "failed",
    "delivery_failed": "failed",
}
FINAL = {"delivered", "expired", "delivery_failed"}
OPTED_OUT = "103"


def read(request: RawRequest, kind: Kind) -> list[Event]:
    """The one event of a verified request. Raises MalformedRequest when its fields cannot be read."""
    fields = read_fields(request)
    content = request.text or request.url
    if not fields.one("id"):
        return [Malformed("The event names no message.", content)]
    if ("status" in fields) != (kind == "status"):
        return [Malformed(f"The {kind} address was called with an event of another kind.", content)]
    return [_status(fields, request, content) if kind == "status" else _inbound(fields, content)]


def _inbound(fields: Fields, content: str) -> Event:
    phone, line = fields.one("originator"), fields.one("recipient")
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", content)
    text = fields.one("body") or fields.one("message")
    media = tuple(Media(url, None) for url in (*fields.all("mediaUrls"), *fields.all("mediaUrls[]")) if url)
    if not text and not media and "body" not in fields:
        return Malformed("The text has neither words nor media.", content)
    return InboundEvent(
        provider_id=fields.one("id"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=media,
        received_at=moment(fields.one("createdDatetime")),
        opt_out=stop_in(text),
    )


def _status(fields: Fields, request: RawRequest, content: str) -> Event:
    said = fields.one("status")
    if said not in STATUSES:
        return Malformed("The status is none that MessageBird gives to messages that go out.", content)
    code = fields.one("statusErrorCode")
    return StatusEvent(
        provider_id=fields.one("id"),
        status=STATUSES[said],
        provider_status=said,
        final=said in FINAL,
        error_code=code if code not in ("", "0") else None,
        to=sender(fields.one("recipient")) or None,
        our_id=fields.one("reference") or request.our_id,
        opted_out=code == OPTED_OUT,
        segments=fields.count("messagePartCount"),
    )
