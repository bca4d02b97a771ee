"""Custom fields: what a value of each type looks like typed in, stored, and in a rule."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from flexie import phones
from flexie.db import db
from flexie.models import FieldDefinition, Settings

LONGEST_TEXT = 2_000  # characters
MOST_DIGITS = 40  # before or behind the point
MOST_ITEMS = 500  # in a list of related things

number = lru_cache(maxsize=2_048)(phones.normalise)
"""A number as it was typed, read: kept for a while, since whoever stores a record reads it several times."""


class FieldErrors(Exception):
    """Values that cannot be stored: field name → a sentence for the person who typed it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in errors.items()))
        self.errors = dict(errors)


def definitions(kind: str) -> Sequence[FieldDefinition]:
    """The fields of records of this kind, in the order people see them."""
    query = select(FieldDefinition).where(FieldDefinition.kind == kind)
    return db.session.scalars(query.order_by(FieldDefinition.position, FieldDefinition.id)).all()


def in_use(kind: str) -> list[FieldDefinition]:
    """The fields that pages and forms show: those that are not retired."""
    return [definition for definition in definitions(kind) if not definition.is_retired]


def ids_in_use(*kinds: str) -> Select[Any]:
    """The row ids of the fields in use of these kinds, to be gathered with other things that a page shows."""
    return select(FieldDefinition.id).where(FieldDefinition.kind.in_(kinds), FieldDefinition.is_retired.is_(False))


def place(definition: FieldDefinition) -> tuple[int, int]:
    """Where a field stands among those of its kind."""
    return definition.position, definition.id


def stored(kind: str, values: Mapping[str, Any], given: Sequence[FieldDefinition] | None = None) -> dict[str, Any]:
    """`values` as JSON to store. What is empty is stored as nothing at all.

    Whoever stores many records gives the definitions, read once.

    Raises:
        FieldErrors: an unknown field, or a value that does not fit; all of them at once.
    """
    known = {one.name: one for one in (definitions(kind) if given is None else given)}
    result: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        try:
            result[name] = _stored_one(known.get(name), kind, name, value)
        except ValueError as problem:
            errors[name] = str(problem)
    if errors:
        raise FieldErrors(errors)
    return result


def _stored_one(definition: FieldDefinition | None, kind: str, name: str, value: Any) -> Any:
    if definition is None:
        raise ValueError(f'{kind.capitalize()} records have no field "{name}".')
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _READERS[definition.type](value, definition)


def _text(value: Any, _: FieldDefinition) -> str:
    if isinstance(value, list | dict | bool):
        raise ValueError("Write a text.")
    text = value if isinstance(value, str) else str(value)
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"This is {len(text):,} characters long; {LONGEST_TEXT:,} is the most.")
    return text.strip()


def _number(value: Any, _: FieldDefinition) -> str:
    """Numbers are stored as decimal text: no binary rounding on the way."""
    written = str(value).strip().replace(" ", "")
    try:
        number = Decimal(written) if len(written) <= MOST_DIGITS and not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError("Write a number, such as 5 or 12.50.")
    return format(number, "f")


def _yes_no(value: Any, _: FieldDefinition) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in ("yes", "true", "1", "on", "no", "false", "0", "off"):
        raise ValueError("Write yes or no.")
    return word in ("yes", "true", "1", "on")


def _choice(value: Any, definition: FieldDefinition) -> str:
    choices = definition.choices or []
    for choice in choices:
        if isinstance(value, str) and choice.casefold() == value.strip().casefold():
            return choice
    raise ValueError(f"Choose one of: {', '.join(choices)}.")


def _date(value: Any, _: FieldDefinition) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value).strip())).isoformat()[:10]
    except ValueError:
        raise ValueError("Write a date as 2026-12-24.") from None


def _moment(value: Any, _: FieldDefinition) -> str:
    """A moment is stored in UTC; one without a zone is read in the account's."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError("Write a date and a time as 2026-12-24 09:00.") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(Settings.get().time_zone))
    try:
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        raise ValueError("This moment is outside the calendar, which goes from year 1 to year 9999.") from None


def _phone(value: Any, _: FieldDefinition) -> str:
    raw = str(value).strip()
    try:
        number(raw, Settings.get().prefix)
    except phones.PhoneError as problem:
        raise ValueError(str(problem)) from None
    return raw


def _list(value: Any, _: FieldDefinition) -> list[Any]:
    """Related records by their public ids, or plain named things such as {"name": "INV-1"}."""
    items = [part.strip() for part in re.split(r"[,\n]", value) if part.strip()] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(_is_list_item(item) for item in items):
        raise ValueError('Give a list of record ids, or of objects such as {"name": "INV-1"}.')
    if len(items) > MOST_ITEMS:
        raise ValueError(f"This list has {len(items):,} items; {MOST_ITEMS:,} is the most.")
    return items


def _is_list_item(item: Any) -> bool:
    if isinstance(item, str):
        return len(item) <= LONGEST_TEXT
    if not isinstance(item, dict) or len(item) > MOST_ITEMS:
        return False
    return all(
        isinstance(part, str | int | float | bool | None) and len(str(part)) <= LONGEST_TEXT for part in item.values()
    )


_READERS: dict[str, Callable[[Any, FieldDefinition], Any]] = {
    "text": _text,
    "number": _number,
    "money": _number,
    "yes/no": _yes_no,
    "choice": _choice,
    "date": _date,
    "datetime": _moment,
    "phone": _phone,
    "list": _list,
}


def value(definition_type: str, stored_value: Any) -> Any:
    """A stored value as rules and templates use it: str, Decimal, bool, date, aware datetime, or a list."""
    if stored_value is None:
        return None
    if definition_type in ("number", "money"):
        return Decimal(stored_value)
    if definition_type == "date":
        return date.fromisoformat(stored_value)
    if definition_type == "datetime":
        return datetime.fromisoformat(stored_value)
    return stored_value
