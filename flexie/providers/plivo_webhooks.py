"""What Plivo's webhooks say: texts (with pictures) and receipts, as forms or as the query of a GET."""

from flexie.phones import sender
from flexie.providers.base import Kind
from flexie.providers.events import Consent, Event, InboundEvent, Malformed, Media, Status, StatusEvent, stop_in
from flexie.providers.fields import Fields, read_fields
from flexie.providers.request import RawRequest

STATUSES: dict[str, Status] = {
    "queued": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "rejected": "failed",
}
FINAL = {"delivered", "read", "undelivered", "failed", "rejected"}
"""In the United States and Canada `sent` is often the last; nothing says so beforehand."""

OPTED_OUT = "200"
_CONSENT: dict[str, Consent] = {"optout": "stop", "optin": "start", "help": "help"}


def read(request: RawRequest, kind: Kind) -> list[Event]:
    """The one event of a verified request. Raises MalformedRequest when its fields cannot be read."""
    fields = read_fields(request)
    content = request.text or request.url
    if not fields.one("MessageUUID"):
        return [Malformed("The event names no message.", content)]
    if ("Status" in fields) != (kind == "status"):
        return [Malformed(f"The {kind} address was called with an event of another kind.", content)]
    return [_status(fields, request, content) if kind == "status" else _inbound(fields, content)]


def _inbound(fields: Fields, content: str) -> Event:
    phone, line = fields.one("From"), fields.one("To")
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", content)
    text = fields.one("Text") or fields.one("Body")
    media = tuple(Media(url, None) for url in fields.numbered("Media") if url.startswith(("https://", "http://")))
    if not text and not media and "Text" not in fields:
        return Malformed("The text has neither words nor media.", content)
    return InboundEvent(
        provider_id=fields.one("MessageUUID"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        media=media,
        segments=fields.count("Units"),
        opt_out=_CONSENT.get(fields.one("MessageIntent").lower()) or stop_in(text),
    )


def _status(fields: Fields, request: RawRequest, content: str) -> Event:
    said = fields.one("Status")
    if said.lower() not in STATUSES:
        return Malformed("The status is none that Plivo gives to messages that go out.", content)
    code = fields.one("ErrorCode")
    return StatusEvent(
        provider_id=fields.one("MessageUUID"),
        status=STATUSES[said.lower()],
        provider_status=said,
        final=said.lower() in FINAL,
        error_code=code if code not in ("", "0", "000") else None,
        to=sender(fields.one("To")) or None,
        our_id=request.our_id,
        opted_out=code == OPTED_OUT,
        segments=fields.count("Units"),
    )
