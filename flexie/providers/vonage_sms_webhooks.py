"""What webhooks of Vonage's older SMS API say: texts, long ones in parts, and receipts."""

from flexie.phones import sender
from flexie.providers.base import Kind
from flexie.providers.events import Event, InboundEvent, Malformed, Part, Status, StatusEvent, stop_in
from flexie.providers.fields import Fields, read_fields
from flexie.providers.moments import moment
from flexie.providers.request import RawRequest

STATUSES: dict[str, Status] = {
    "accepted": "sent",
    "buffered": "sent",
    "unknown": "sent",
    "delivered": "delivered",
    "expired": "failed",
    "failed": "failed",
    "rejected": "failed",
}
FINAL = {"delivered", "expired", "failed", "rejected"}
OPTED_OUT = "9"
MOST_PARTS = 255
"""A part's number is one octet (3GPP TS 23.040, 9.2.3.24.1)."""


def read(request: RawRequest, kind: Kind) -> list[Event]:
    """The one event of a verified request. Raises MalformedRequest when its fields cannot be read."""
    fields = read_fields(request)
    content = request.text or request.url
    if not fields.one("messageId"):
        return [Malformed("The event names no message.", content)]
    if ("status" in fields) != (kind == "status"):
        return [Malformed(f"The {kind} address was called with an event of another kind.", content)]
    return [_status(fields, request, content) if kind == "status" else _inbound(fields, content)]


def _inbound(fields: Fields, content: str) -> Event:
    phone, line, text = fields.one("msisdn"), fields.one("to"), fields.one("text")
    if not phone or not line:
        return Malformed("The text lacks its sender or its recipient.", content)
    if "text" not in fields:
        return Malformed("The text has no words: binary texts are not read.", content)
    part = _part(fields)
    return InboundEvent(
        provider_id=fields.one("messageId"),
        sender=sender(phone),
        to=sender(line),
        text=text,
        received_at=moment(fields.one("message-timestamp")),
        opt_out=stop_in(text) if part is None else None,
        part=part,
    )


def _part(fields: Fields) -> Part | None:
    """Which part of a long text it is; None for a whole one."""
    reference, total, number = fields.one("concat-ref"), fields.count("concat-total"), fields.count("concat-part")
    if not reference or total is None or number is None or not 1 <= number <= total <= MOST_PARTS or total == 1:
        return None
    return Part(reference, number, total)


def _status(fields: Fields, request: RawRequest, content: str) -> Event:
    said = fields.one("status")
    if said not in STATUSES:
        return Malformed("The status is none that Vonage gives to messages that go out.", content)
    code = fields.one("err-code")
    return StatusEvent(
        provider_id=fields.one("messageId"),
        status=STATUSES[said],
        provider_status=said,
        final=said in FINAL,
        error_code=code if code not in ("", "0") else None,
        to=sender(fields.one("msisdn")) or None,
        our_id=fields.one("client-ref") or request.our_id,
        opted_out=code == OPTED_OUT,
    )
