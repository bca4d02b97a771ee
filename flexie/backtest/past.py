"""What a past was: the account as it was when it began, and what happened from then on, as plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flexie.providers.events import Consent
from flexie.rehearsal import Account

Fields = dict[str, Any]


@dataclass(frozen=True)
class RecordThen:
    """A record as it was at one moment. `keeper` is the person or group whose it is."""

    id: int
    public_id: str
    kind: str
    fields: Fields
    tags: tuple[str, ...]
    reference: str | None
    about_id: int | None
    keeper: str | None


@dataclass(frozen=True)
class Talk:
    """A line by name and the remote number."""

    line: str
    number: str


@dataclass(frozen=True)
class TextIn:
    """A text came in. `opens`: its conversation was new or closed. `word`: what the provider itself took it for."""

    at: datetime
    public_id: str
    talk: Talk
    text: str
    opens: bool
    word: Consent | None = None


@dataclass(frozen=True)
class TextOut:
    """A text that no rule of the period wrote. `delivered`: None if nothing was ever reported."""

    at: datetime
    public_id: str
    talk: Talk
    text: str
    case_id: int | None
    delivered: bool | None
    delay: timedelta


@dataclass(frozen=True)
class Made:
    """A record was created, by a person or an integration."""

    at: datetime
    record: RecordThen


@dataclass(frozen=True)
class Changed:
    """Fields of a record changed, not by a rule of the period. `fields` holds what they became."""

    at: datetime
    record_id: int
    fields: Fields


@dataclass(frozen=True)
class Tagged:
    """A record's tags changed to these, not by a rule of the period."""

    at: datetime
    record_id: int
    tags: tuple[str, ...]


@dataclass(frozen=True)
class StartedByHand:
    """Somebody started a rule for a record."""

    at: datetime
    record_id: int
    rule: str
    data: Mapping[str, Any] | None


Event = TextIn | TextOut | Made | Changed | Tagged | StartedByHand


@dataclass(frozen=True)
class EarlierStart:
    """A start before the period, which limits (`at most`) still count."""

    at: datetime
    rule: str
    record_id: int | None
    talk: Talk | None


@dataclass(frozen=True)
class CaseText:
    """The last text about a case that a number got before the period: answers to it join the case."""

    talk: Talk
    case_id: int
    at: datetime


@dataclass(frozen=True)
class Past:
    """Everything that a replay needs; nothing in it belongs to a session.

    `texts` are all that came in, `events` what is to happen again, in order. `audited_since` is when the audit log
    begins: before it, nobody knows what fields held. `under_way` counts runs that were going on when the period began,
    `left_out` records that clocks would have looked at and that were too many, `texts_before` older texts of the wished
    period that were left out.
    """

    since: datetime
    until: datetime
    account: Account
    business_hours: Any
    group_hours: Mapping[str, Any]
    files: Mapping[str, str]
    records: Sequence[RecordThen]
    opted_out: Sequence[str]
    by_hand: Sequence[tuple[Talk, int]]
    starts: Sequence[EarlierStart]
    case_texts: Sequence[CaseText]
    texts: Sequence[TextIn]
    events: Sequence[Event]
    usual_delay: timedelta
    audited_since: datetime | None = None
    under_way: int = 0
    left_out: int = 0
    texts_before: int = 0
    hidden: frozenset[str] = field(default=frozenset())
    """Public ids of texts on lines that are not open to whoever asked: they count, and are not quoted."""
