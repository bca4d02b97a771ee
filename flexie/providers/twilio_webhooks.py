"""What Twilio's webhooks say: texts (with pictures) and receipts, read by a schema of its form fields.

Twilio's signature joins names and values without a separator, so a text may be cut into a shorter text and an
invented field that sign alike. Hence: the fields that matter have a fixed form and come once, and a blank field
that nobody knows is refused where it could have been cut off a text.
"""

import re
from itertools import pairwise

from flexie.phones import sender
from flexie.providers.base import Kind
from flexie.providers.events import Consent, Event, InboundEvent, Malformed, Media, Status, StatusEvent, storable
from flexie.providers.fields import FORM
from flexie.providers.request import MalformedRequest, RawRequest

STATUSES: dict[str, Status] = {
    "accepted": "queued",
    "scheduled": "queued",
    "queued": "queued",
    "sending": "queued",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
"""Twilio's MessageStatus values for messages that go out."""

FINAL = {"delivered", "read", "undelivered", "failed", "canceled"}
OPTED_OUT = "21610"
MAX_MEDIA = 50

_MESSAGE = re.compile(r"(?!.*(?:Messag|Num[MS]))[A-Za-z]{2}[0-9A-Za-z_-]{1,62}")
"""A message's id. Twilio's have 32 hexadecimal digits, which nobody is promised; but the name of the field that sorts
behind it must not stand in it, or a signed request could be dressed up with another id."""

_ACCOUNT = re.compile(r"AC[0-9a-zA-Z]{1,62}")
_ADDRESS = re.compile(r"[^\x00-\x1f]{1,64}")
_COUNT = re.compile(r"[0-9]{1,3}")
_FORMS: dict[Kind, dict[str, re.Pattern[str]]] = {
    "inbound": {"MessageSid": _MESSAGE, "AccountSid": _ACCOUNT, "From": _ADDRESS, "To": _ADDRESS},
    "status": {"MessageSid": _MESSAGE, "AccountSid": _ACCOUNT},
}
_MATTERS = re.compile(
    "MessageSid|AccountSid|From|To|Body|NumMedia|NumSegments|Media(Url|ContentType)[0-9]{1,2}|MessageStatus|SmsStatus"
    "|ErrorCode|OptOutType"
)
"""The fields that are read: they may not say two things."""

_WEB = re.compile(r"https?://[^\s\x00-\x1f]+")
_CONSENT: dict[str, Consent] = {"STOP": "stop", "START": "start", "HELP": "help"}

_KNOWN = re.compile(
    "AccountSid|AddOns|Address|ApiVersion|Body|Button(Payload|Text|Type)|Channel(InstallSid|Metadata|Prefix|StatusCode)"
    "|Channel(StatusMessage|ToAddress)|DlrErrorCode|Error(Code|Message)|EventType|Forwarded|FrequentlyForwarded"
    "|(From|To)(City|Country|State|Zip)?|Label|Latitude|ListId|ListTitle|Longitude|Media(Url|ContentType|Sid)[0-9]{1,2}"
    "|Message(Price|Sid|Status|Type)|MessagingServiceSid|NumMedia|NumSegments|OptOutType"
    "|OriginalRepliedMessage(Sender|Sid)|ProfileName|RawDlrDoneDate|RawMessage|Sms(MessageSid|Sid|Status)"
    "|StructuredMessage|WaId"
)
"""The names of the fields that Twilio's messaging webhooks are documented to have."""


def read(request: RawRequest, kind: Kind) -> list[Event]:
    """The one event of a verified request. Raises MalformedRequest when it is no form or not by the schema."""
    fields = _schema(request, kind)
    said = fields.get("MessageStatus") or fields.get("SmsStatus", "")
    if kind == "status":
        return [_status(fields, said, request)]
    if said not in ("received", "receiving", ""):
        return [
            Malformed("The inbound address was called with a receipt: it belongs in the status callback.", request.text)
        ]
    return [_inbound(fields, request)]


def _schema(request: RawRequest, kind: Kind) -> dict[str, str]:
    """The known fields. Raises MalformedRequest for what is missing, doubled, misshapen or cut off a text."""
    if request.content_type != FORM:
        raise MalformedRequest("The request is not a form.")
    try:
        pairs = request.form
    except ValueError as error:
        raise MalformedRequest("The request has more fields than Twilio sends.") from error
    known = {pair for pair in pairs if _KNOWN.fullmatch(pair[0])}
    fields = dict(known)
    if any(_MATTERS.fullmatch(name) and fields[name] != value for name, value in known):
        raise MalformedRequest("A field comes twice with different values.")
    for name, form in _FORMS[kind].items():
        if not form.fullmatch(fields.get(name, "")):
            raise MalformedRequest(f"{name} is missing or not in Twilio's form.")
    if _cut_off(pairs):
        raise MalformedRequest("A blank field that is not known may have been cut off the text.")
    return fields


def _cut_off(pairs: list[tuple[str, str]]) -> bool:
    return any(
        before == "Body" and not value and not _KNOWN.fullmatch(name)
        for (before, _), (name, value) in pairwise(sorted(pairs))
    )


def _inbound(fields: dict[str, str], request: RawRequest) -> Event:
    media = _media(fields)
    if media is None:
        return Malformed("NumMedia and the media of the text do not agree.", request.text)
    if "Body" not in fields and not media:
        return Malformed("The text has neither a body nor media.", request.text)
    return InboundEvent(
        provider_id=fields["MessageSid"],
        sender=sender(storable(fields["From"])),
        to=sender(storable(fields["To"])),
        text=storable(fields.get("Body", "")),
        media=media,
        segments=_count(fields.get("NumSegments", "")) or None,
        opt_out=_CONSENT.get(fields.get("OptOutType", "").upper()),
        account=fields["AccountSid"],
    )


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _media(fields: dict[str, str]) -> tuple[Media, ...] | None:
    number = _count(fields.get("NumMedia") or "0")
    named = sum(1 for name in fields if name.startswith("MediaUrl"))
    if number is None or number > MAX_MEDIA or number != named:
        return None
    urls = [fields.get(f"MediaUrl{at}", "") for at in range(number)]
    if not all(_WEB.fullmatch(url) for url in urls):
        return None
    return tuple(
        Media(storable(url), storable(fields.get(f"MediaContentType{at}", "")) or None) for at, url in enumerate(urls)
    )


def _status(fields: dict[str, str], said: str, request: RawRequest) -> Event:
    status = STATUSES.get(said.lower())
    if status is None:
        return Malformed("The status is none that Twilio gives to messages that go out.", request.text)
    code = fields.get("ErrorCode", "")
    if code and not code.isalnum():
        return Malformed("The error code cannot be read.", request.text)
    return StatusEvent(
        provider_id=fields["MessageSid"],
        status=status,
        provider_status=said,
        final=said.lower() in FINAL,
        error_code=code if code not in ("", "0") else None,
        to=sender(storable(fields["To"])) if fields.get("To") else None,
        our_id=request.our_id,
        opted_out=code == OPTED_OUT,
        account=fields["AccountSid"],
    )
