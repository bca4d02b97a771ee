"""What a rule may look at: a record's fields as plain values, its tags, and the event's data."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from flexie import consent, fields, hours, phones, records
from flexie.db import db
from flexie.models import Conversation, Group, Message, Record, Settings
from rules import interpreter, moments, syntax

DEFAULT_MOBILE_FIELD = "mobile"
UNKNOWN_SENDER = "unknown sender"


class FactFinder:
    """Finds facts about many records in one batch, asking for field definitions once."""

    def __init__(self) -> None:
        self.settings = Settings.get()
        self._types: dict[str, dict[str, str]] = {}

    def about(
        self,
        record: Record | None,
        conversation: Conversation | None,
        defaults: syntax.Settings | None,
        data: Mapping[str, Any],
        now: datetime,
        bindings: Mapping[str, Any] | None = None,
    ) -> interpreter.Facts:
        """The facts for one run: of a record, or of an unknown sender's conversation. `bindings` are what the rule's
        names meant at its save.
        """
        values = self._fields(record) if record else {"number": conversation.number if conversation else None}
        return interpreter.Facts(
            now=now,
            zone=self.zone(defaults),
            fields=values,
            tags=frozenset(kept.tag for kept in record.tags) if record else frozenset(),
            data=data,
            can_receive_sms=self._can_receive(record, conversation, mobile_field(defaults)),
            business_hours=partial(self.business_hours, meant=(bindings or {}).get("group", {})),
        )

    def zone(self, defaults: syntax.Settings | None) -> ZoneInfo:
        """The zone that a file's moments are in: its own, else the account's."""
        written = defaults.zone.value if defaults and defaults.zone else self.settings.time_zone
        return ZoneInfo(written)

    def business_hours(self, group: str | None, meant: Mapping[str, int]) -> moments.BusinessHours:
        """When the account works, or a group of it that has hours of its own: the one that was meant by this name, else
        the one of this name.
        """
        named = meant.get(group or "")
        by_name = func.lower(Group.name) == func.lower(group or "")
        query = select(Group.business_hours).where(Group.id == named if named else by_name)
        written = (db.session.scalar(query) if group else None) or self.settings.business_hours
        return hours.read(written)

    def _fields(self, record: Record) -> dict[str, Any]:
        types = self._types_of(record.kind)
        values: dict[str, Any] = dict.fromkeys(types)
        if "owner" in types or "owner_name" in types:
            values.update({name: _owner(record) for name in ("owner", "owner_name") if name in types})
        for name, stored in record.fields.items():
            kind = types.get(name, "text")
            values[name] = self._related(stored) if kind == "list" else fields.value(kind, stored)
        return values

    def _types_of(self, kind: str) -> dict[str, str]:
        if kind not in self._types:
            self._types[kind] = {definition.name: definition.type for definition in fields.definitions(kind)}
        return self._types[kind]

    def _related(self, items: Sequence[Any]) -> list[Mapping[str, Any]]:
        """Related records with their plain fields, one level deep; other things as they stand."""
        ids = [item for item in items if isinstance(item, str)]
        found: dict[str, Record] = {}
        if ids:
            rows = db.session.scalars(select(Record).where(Record.public_id.in_(ids)))
            found = {record.public_id: record for record in rows}
        return [self._plain(found[item]) if isinstance(item, str) else item for item in items if _there(item, found)]

    def _plain(self, record: Record) -> dict[str, Any]:
        types = self._types_of(record.kind)
        plain = {name: value for name, value in record.fields.items() if types.get(name) != "list"}
        values = {name: fields.value(types.get(name, "text"), value) for name, value in plain.items()}
        return {**dict.fromkeys(types), **values, "name": values.get("name") or record.title}

    def _can_receive(self, record: Record | None, conversation: Conversation | None, field: str) -> Callable[[], bool]:
        def can_receive() -> bool:
            number = number_for(record, conversation, field)
            if number is None or (record is not None and record.fields.get("allow_sms") is False):
                return False
            return not consent.opted_out([phones.canonical(number)])

        return can_receive


def _owner(record: Record) -> str | None:
    """Who looks after a record: what `owner` and `owner_name` say unless something else is filled in."""
    keeper = record.owner or record.group
    return keeper.name if keeper is not None else None


def _there(item: Any, found: Mapping[str, Record]) -> bool:
    return not isinstance(item, str) or item in found


def mobile_field(defaults: syntax.Settings | None) -> str:
    """The field that `send sms` takes the number from when the step names none."""
    return defaults.mobile.path if defaults and defaults.mobile else DEFAULT_MOBILE_FIELD


def number_for(record: Record | None, conversation: Conversation | None, field: str) -> str | None:
    """The E.164 number that a text goes to: a phone field, that of a related record, or the unknown sender's.

    `field` is a path such as `mobile` or `contacts[0].mobile`.
    """
    if record is None:
        return conversation.number if conversation else None
    if "." not in field:
        return records.number_of(record, field)
    listing, _, rest = field.partition(".")
    name, _, index = listing.rstrip("]").partition("[")
    items = record.fields.get(name) or []
    position = int(index or 0)
    if position >= len(items):
        return None
    return _number_of_related(items[position], rest)


def _number_of_related(item: Any, field: str) -> str | None:
    if isinstance(item, str):
        related = db.session.scalar(select(Record).where(Record.public_id == item))
        return records.number_of(related, field) if related else None
    try:
        return phones.normalise(str(item.get(field) or ""), Settings.get().prefix).e164
    except phones.PhoneError:
        return None


def of_incoming(message: Message) -> dict[str, Any]:
    """What `__data` holds for a text that came in. The moment is ISO 8601 in UTC."""
    return {
        "incoming_sms": {
            "sender_number": message.sender_number,
            "to_number": message.to_number,
            "text": message.text,
            "date_received": message.created_at.isoformat(timespec="seconds"),
        }
    }


def of_delivered(message: Message) -> dict[str, Any]:
    """What `__data` holds for a text that was delivered. The moment is ISO 8601 in UTC."""
    moment = message.delivered_at or message.created_at
    return {"delivered_sms": {"text": message.text, "date_delivered": moment.isoformat(timespec="seconds")}}


def of_failed(message: Message) -> dict[str, Any]:
    """What `__data` holds for a text that failed."""
    return {"failed_sms": {"text": message.text, "reason": message.error or message.error_code or "not known"}}
