"""How much there is of everything, and what belongs together: plain sums over places, the same in every size.

A place is the number of a row from 0 on, in the order in which rows came. Row ids are places plus one.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

LIFE = timedelta(days=400)  # from the first text to the last
LONGEST_TALK = 20_000  # messages
KINDS = (
    *("contact",) * 11, *("lead",) * 4, "contact", *("account",) * 2, *("contact",) * 3, "deal", "case", "lead",
    "contact",
)  # fmt: skip
"""The kinds of 25 records in a row; each fifth is a contact, since conversations are with those."""

CASE_OF = 20  # of 25 records, the place of the one that the case two places further on is about


@dataclass(frozen=True)
class Size:
    """How many messages, conversations and records an account has; `until` is when its last text came."""

    messages: int
    conversations: int
    records: int
    until: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    @cached_property
    def since(self) -> datetime:
        """When its first text came."""
        return self.until - LIFE

    @cached_property
    def apart(self) -> int:
        """Each so-manieth record has a conversation."""
        return max(5, self.records // self.conversations // 5 * 5)

    @cached_property
    def long_talk(self) -> int:
        """The place of the one conversation that is very long."""
        return self.conversations - self.conversations // 50 - 1

    @cached_property
    def long_length(self) -> int:
        """How many messages that one has."""
        return min(LONGEST_TALK, self.messages // 8)

    def length(self, talk: int) -> int:
        """How many messages a conversation has."""
        if talk == self.long_talk:
            return self.long_length
        usual, rest = divmod(self.messages - self.long_length, self.conversations - 1)
        one_more = (talk + 1) * rest // self.conversations - talk * rest // self.conversations
        return max(1, usual + one_more + (-3, 2, 0, 3, -2)[talk % 5])

    def at(self, place: float) -> datetime:
        """The moment at a place between 0 (the first text) and 1 (the last)."""
        return self.since + LIFE * place

    def record_of(self, talk: int) -> int | None:
        """The place of the record that a conversation is with; None where it belongs to nobody."""
        return None if is_unknown(talk) or talk * self.apart >= self.records else talk * self.apart

    def number_of(self, talk: int) -> str:
        """The number on the other side of a conversation."""
        record = self.record_of(talk)
        return f"+1628{talk:07d}" if record is None else number(record)

    def linked(self, talk: int) -> list[int]:
        """The places of all records that hold a conversation's number."""
        record = self.record_of(talk)
        if record is None:
            return []
        return [record, record + 3] if record % 50 == 0 and record + 3 < self.records else [record]

    def case_of(self, talk: int) -> int | None:
        """The place of the case that a conversation is about."""
        record = self.record_of(talk)
        if record is None or record % len(KINDS) != CASE_OF or record + 2 >= self.records:
            return None
        return record + 2


def share(place: int, about: str, of: int = 100) -> int:
    """A number below `of` that seems thrown, and is the same each time."""
    salt = _SALTS.setdefault(about, int.from_bytes(hashlib.sha256(about.encode()).digest()[:4]))
    mixed = (place * 2_654_435_761 ^ salt) & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 16) * 2_246_822_519 & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 13) * 3_266_489_917 & 0xFFFFFFFF
    return (mixed ^ mixed >> 16) % of


_SALTS: dict[str, int] = {}


def is_unknown(talk: int) -> bool:
    """Whether a conversation belongs to no record."""
    return share(talk, "unknown") < 20


def number(record: int) -> str:
    """The mobile number of a record; families and firms share some."""
    shared = record - 3 if record % 50 == 3 else record - 1 if record % len(KINDS) == 16 else record
    return f"+1415{shared:07d}"
