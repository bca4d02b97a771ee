"""Providers of SMS behind one contract. Nothing outside this package knows how any of them works."""

from flexie.providers.base import (
    OUR_ID,
    Adapter,
    CredentialField,
    Credentials,
    Kind,
    MalformedRequest,
    ProviderError,
    RawRequest,
    Refused,
    Reply,
)
from flexie.providers.events import Event, InboundEvent, Malformed, Media, StatusEvent
from flexie.providers.registry import UnknownProvider, adapter, names
from flexie.providers.sending import (
    Accepted,
    HttpRequest,
    NotSent,
    OutboundText,
    Rejected,
    SendOutcome,
    Throttled,
    Unknown,
)
from flexie.providers.transport import new_client, post

__all__ = [
    "OUR_ID",
    "Accepted",
    "Adapter",
    "CredentialField",
    "Credentials",
    "Event",
    "HttpRequest",
    "InboundEvent",
    "Kind",
    "Malformed",
    "MalformedRequest",
    "Media",
    "NotSent",
    "OutboundText",
    "ProviderError",
    "RawRequest",
    "Refused",
    "Rejected",
    "Reply",
    "SendOutcome",
    "StatusEvent",
    "Throttled",
    "Unknown",
    "UnknownProvider",
    "adapter",
    "names",
    "new_client",
    "post",
]
