"""What the network knows of: accounts, lines, phones, texts and the callbacks that are still to be made."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from flexie.simulator.behaviour import Behaviour

TO_PHONE = "to_phone"
FROM_PHONE = "from_phone"
"""The direction of a text: sent by the application to a phone, or by a phone to a line."""


def iso_moment(seconds: float) -> str:
    """A moment in seconds since the epoch as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Account:
    """A customer of the pretend provider: the Bearer key of its requests, the secret of its webhooks."""

    id: int
    key: str
    secret: str

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Account:
        """Read a row of `accounts`."""
        return cls(row["id"], row["key"], row["secret"])


@dataclass(frozen=True)
class Line:
    """A number of an account and the address to which texts to it are posted."""

    number: str
    account_id: int
    inbound_url: str

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Line:
        """Read a row of `lines`."""
        return cls(row["number"], row["account_id"], row["inbound_url"])


@dataclass(frozen=True)
class Phone:
    """A pretend phone; `next_behaviour` holds for one text only, `version` rises with anything that shows."""

    id: int
    number: str
    name: str
    behaviour: Behaviour
    next_behaviour: Behaviour | None
    carrier_stop: bool
    version: int

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Phone:
        """Read a row of `phones`."""
        following = row["next_behaviour"]
        return cls(
            row["id"],
            row["number"],
            row["name"],
            Behaviour.from_mapping(json.loads(row["behaviour"])),
            Behaviour.from_mapping(json.loads(following)) if following else None,
            bool(row["carrier_stop"]),
            row["version"],
        )

    @property
    def treatment(self) -> Behaviour:
        """What will happen to the next text sent to this phone."""
        return self.next_behaviour or self.behaviour

    def as_json(self) -> dict[str, object]:
        """The phone as the API shows it."""
        following = self.next_behaviour
        return {
            "number": self.number,
            "name": self.name,
            "behaviour": self.behaviour.as_mapping(),
            "next": following.as_mapping() if following else None,
            "carrier_stop": self.carrier_stop,
        }


@dataclass(frozen=True)
class Text:
    """One text. `id` is the network's, `sender_id` the one that the sending application gave.

    Status of a text to a phone: queued, sent, delivered, failed, undelivered; of one from a phone: sending,
    received (the application answered 2xx), retrying, refused (it answered 4xx), lost (nobody ever answered).
    """

    id: str
    direction: str
    line: str
    phone: str
    sender_id: str | None
    text: str
    media: list[str]
    segments: int
    arrived: bool
    status: str
    error_code: str | None
    created_at: float
    updated_at: float

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Text:
        """Read a row of `texts`."""
        values = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**{**values, "media": json.loads(row["media"]), "arrived": bool(row["arrived"])})

    @property
    def is_to_phone(self) -> bool:
        """True when the application sent it."""
        return self.direction == TO_PHONE

    def as_json(self) -> dict[str, object]:
        """The text as the API shows it."""
        ends = (self.line, self.phone) if self.is_to_phone else (self.phone, self.line)
        return {
            "id": self.id,
            "direction": self.direction,
            "message": self.sender_id,
            "from": ends[0],
            "to": ends[1],
            "text": self.text,
            "media": self.media,
            "segments": self.segments,
            "arrived": self.arrived,
            "status": self.status,
            "error_code": self.error_code,
            "created_at": iso_moment(self.created_at),
            "updated_at": iso_moment(self.updated_at),
        }


@dataclass(frozen=True)
class Delivery:
    """A callback that is claimed by one courier: where to, what, with whose secret; `attempts` counts this one."""

    seq: int
    claim: str
    text_id: str
    kind: str
    url: str | None
    body: str
    secret: str
    planned_at: float
    attempts: int
