"""Providers of SMS behind one contract. Nothing outside this package knows how any of them works."""

from flexie.providers.base import Adapter, CredentialField, Credentials, Kind, Reply
from flexie.providers.directory import (
    AccountProblem,
    Directory,
    History,
    HistoryPage,
    NumbersPage,
    OwnNumber,
    SentText,
)
from flexie.providers.events import Event, InboundEvent, Malformed, Media, StatusEvent
from flexie.providers.registry import UnknownProvider, adapter, names
from flexie.providers.request import OUR_ID, MalformedRequest, ProviderError, RawRequest, Refused
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
from flexie.providers.transport import ask, new_client, post

__all__ = [
    "OUR_ID",
    "Accepted",
    "AccountProblem",
    "Adapter",
    "CredentialField",
    "Credentials",
    "Directory",
    "Event",
    "History",
    "HistoryPage",
    "HttpRequest",
    "InboundEvent",
    "Kind",
    "Malformed",
    "MalformedRequest",
    "Media",
    "NotSent",
    "NumbersPage",
    "OutboundText",
    "OwnNumber",
    "ProviderError",
    "RawRequest",
    "Refused",
    "Rejected",
    "Reply",
    "SendOutcome",
    "SentText",
    "StatusEvent",
    "Throttled",
    "Unknown",
    "UnknownProvider",
    "adapter",
    "ask",
    "names",
    "new_client",
    "post",
]
