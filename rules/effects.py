"""What a rule asks of the application: one effect at a time, each with everything filled in.

An effect names things as the rule does (fields by their dotted name, people and lines by their name) and holds
texts that are final: they are never read as templates again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.facts import Plain


@dataclass(frozen=True, slots=True)
class SendSms:
    """Queue one text. `to` is the field with the number (None: the default), `from_line` a line's name."""

    text: str
    to: str | None = None
    from_line: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Park the run until this moment (aware UTC). If `follows` names a field, look again when that changes."""

    until: datetime
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class WaitForReply:
    """Park the run until an answer comes, at most until this moment (aware UTC); then `resume_reply`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class SetField:
    """Store a value in a field of the record; None empties it."""

    path: str
    value: Plain


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep a value as `__data.NAME` for the rest of the run."""

    name: str
    value: Plain


@dataclass(frozen=True, slots=True)
class AddTag:
    """Give the record a tag."""

    tag: str


@dataclass(frozen=True, slots=True)
class RemoveTag:
    """Take a tag from the record."""

    tag: str


@dataclass(frozen=True, slots=True)
class Create:
    """Store a new record of this kind, with these (field, value) pairs; a case is then in scope."""

    kind: str
    title: str | None = None
    fields: tuple[tuple[str, Plain], ...] = ()


@dataclass(frozen=True, slots=True)
class AttachMessage:
    """Link the text that started or answered the run to the case in scope."""


@dataclass(frozen=True, slots=True)
class CloseCase:
    """Close the case in scope."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a step names: kind is `user`, `group` or `owner`; the owner of the record has no name here."""

    kind: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the record to somebody."""

    to: Person


@dataclass(frozen=True, slots=True)
class Notify:
    """Tell somebody within the application."""

    to: Person
    text: str


@dataclass(frozen=True, slots=True)
class StartRule:
    """Start another rule for this record."""

    rule: str


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Post the run's data to the address registered under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class End:
    """The run is over; `reason` says why."""

    reason: str


Effect = (
    SendSms
    | Wait
    | WaitForReply
    | SetField
    | Remember
    | AddTag
    | RemoveTag
    | Create
    | AttachMessage
    | CloseCase
    | Assign
    | Notify
    | StartRule
    | CallWebhook
    | End
)
