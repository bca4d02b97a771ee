"""Twilio's account: its numbers with the addresses of their webhooks, and its list of messages.

Source: Twilio's OpenAPI description, `/2010-04-01/Accounts/{Sid}/IncomingPhoneNumbers.json` and `/Messages.json`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from flexie.phones import sender
from flexie.providers import basic
from flexie.providers.base import Credentials
from flexie.providers.directory import (
    Directory,
    History,
    HistoryPage,
    NumbersPage,
    OwnNumber,
    SentText,
    read_answer,
)
from flexie.providers.events import InboundEvent, Malformed, Media, StatusEvent, storable
from flexie.providers.fields import FORM
from flexie.providers.json_body import text_of
from flexie.providers.sending import HttpRequest
from flexie.providers.twilio_webhooks import FINAL, OPTED_OUT, STATUSES

API = "https://api.twilio.com"
A_PAGE = 100  # entries of a list that are asked for at once


def account_of(credentials: Credentials) -> str:
    """The account SID."""
    return credentials.get("account_sid", "").strip()


def headers(credentials: Credentials) -> dict[str, str]:
    """Basic credentials, JSON wanted."""
    authorization = basic.header(account_of(credentials), credentials.get("auth_token", ""))
    return {"Authorization": authorization, "Accept": "application/json"}


def address(credentials: Credentials, base_url: str, path: str, query: Mapping[str, str] | None = None) -> str:
    """An address below the account's own."""
    asked = f"?{urlencode(query)}" if query else ""
    return f"{base_url}/2010-04-01/Accounts/{quote(account_of(credentials), safe='')}/{path}{asked}"


def _page(
    credentials: Credentials, base_url: str, path: str, query: Mapping[str, str], page: str | None
) -> HttpRequest:
    """A page of a list: the first by its query, the others by the path that Twilio gave for them."""
    url = f"{base_url}{page}" if page else address(credentials, base_url, path, {**query, "PageSize": str(A_PAGE)})
    return HttpRequest("GET", url, headers(credentials), b"")


def _next(found: dict[str, Any]) -> str | None:
    """The path of the next page: only ever a path, so that credentials go to no other host."""
    given = text_of(found, "next_page_uri")
    parts = urlsplit(given)
    return given if given.startswith("/2010-04-01/") and not parts.netloc else None


class TwilioDirectory(Directory):
    """IncomingPhoneNumbers. Receipts need no address there: every send names its own."""

    sets_webhooks = True

    def numbers_request(self, credentials: Credentials, base_url: str, page: str | None) -> HttpRequest:
        """All numbers of the account."""
        return _page(credentials, base_url, "IncomingPhoneNumbers.json", {}, page)

    def read_numbers(self, status: int, body: bytes) -> NumbersPage:
        """Those that can send and get texts."""
        found = read_answer(status, body)
        entries = found.get("incoming_phone_numbers")
        numbers = [_own_number(entry) for entry in entries if _texts(entry)] if isinstance(entries, list) else []
        return NumbersPage(tuple(numbers), _next(found))

    def webhook_request(self, own: OwnNumber, inbound_url: str, credentials: Credentials, base_url: str) -> HttpRequest:
        """Set SmsUrl, and take the number out of a TwiML application, which would come first."""
        form = urlencode({"SmsUrl": inbound_url, "SmsMethod": "POST", "SmsApplicationSid": ""})
        url = address(credentials, base_url, f"IncomingPhoneNumbers/{quote(own.reference, safe='')}.json")
        return HttpRequest("POST", url, {**headers(credentials), "Content-Type": FORM}, form.encode())


def _texts(entry: object) -> bool:
    if not isinstance(entry, dict) or not text_of(entry, "phone_number"):
        return False
    able = entry.get("capabilities")
    return not isinstance(able, dict) or bool(able.get("sms", able.get("SMS", True)))


def _own_number(entry: dict[str, Any]) -> OwnNumber:
    return OwnNumber(
        sender(text_of(entry, "phone_number")),
        text_of(entry, "friendly_name"),
        text_of(entry, "sid"),
        text_of(entry, "sms_url"),
    )


class TwilioHistory(History):
    """Messages.json, which can be asked for by the time of sending; it comes newest first."""

    def page_request(self, credentials: Credentials, base_url: str, since: datetime, page: str | None) -> HttpRequest:
        """Messages sent or received since a moment. Twilio may read no more than its day, which does no harm."""
        query = {"DateSent>": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return _page(credentials, base_url, "Messages.json", query, page)

    def read_page(self, status: int, body: bytes) -> HistoryPage:
        """Texts that came in, and those that went out."""
        found = read_answer(status, body)
        listed = found.get("messages")
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        received = tuple(_received(entry) for entry in entries if text_of(entry, "direction") == "inbound")
        sent = tuple(
            text for entry in entries if text_of(entry, "direction").startswith("outbound") and (text := _sent(entry))
        )
        moments = [moment for entry in entries if (moment := _moment(entry))]
        return HistoryPage(received, sent, min(moments, default=None), _next(found))

    def has_media(self, event: InboundEvent) -> bool:
        """The list gives only their number, by the kind of id: a message with media has one that begins with MM."""
        return event.provider_id.startswith("MM")

    def media_request(self, credentials: Credentials, base_url: str, provider_id: str) -> HttpRequest:
        """The list of a message's media."""
        url = address(credentials, base_url, f"Messages/{quote(provider_id, safe='')}/Media.json")
        return HttpRequest("GET", url, headers(credentials), b"")

    def read_media(self, status: int, body: bytes) -> tuple[Media, ...]:
        """Their addresses are relative to Twilio's own, and JSON with their ending."""
        listed = read_answer(status, body).get("media_list")
        entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
        paths = [(text_of(entry, "uri").removesuffix(".json"), text_of(entry, "content_type")) for entry in entries]
        return tuple(Media(f"{API}{path}", kind or None) for path, kind in paths if path.startswith("/2010-04-01/"))


def _received(entry: dict[str, Any]) -> InboundEvent | Malformed:
    provider_id, phone, line = text_of(entry, "sid"), text_of(entry, "from"), text_of(entry, "to")
    if not provider_id or not phone or not line:
        return Malformed("A text in Twilio's list lacks its id or a number.", storable(str(entry)))
    segments = text_of(entry, "num_segments")
    return InboundEvent(
        provider_id,
        sender(phone),
        sender(line),
        text_of(entry, "body"),
        segments=int(segments) if segments.isdecimal() and segments != "0" else None,
        received_at=_moment(entry),
        account=text_of(entry, "account_sid") or None,
    )


def _sent(entry: dict[str, Any]) -> SentText | None:
    said, moment, provider_id = text_of(entry, "status"), _moment(entry), text_of(entry, "sid")
    if said not in STATUSES or moment is None or not provider_id:
        return None
    code = text_of(entry, "error_code")
    status = StatusEvent(
        provider_id, STATUSES[said], said, said in FINAL,
        error_code=code or None, to=sender(text_of(entry, "to")), opted_out=code == OPTED_OUT,
        account=text_of(entry, "account_sid") or None,
    )  # fmt: skip
    return SentText(
        provider_id,
        sender(text_of(entry, "from")),
        sender(text_of(entry, "to")),
        text_of(entry, "body"),
        moment,
        status,
    )


def _moment(entry: dict[str, Any]) -> datetime | None:
    """When it was made: RFC 2822, as Twilio writes times."""
    for name in ("date_created", "date_sent"):
        try:
            return parsedate_to_datetime(text_of(entry, name)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None
