"""Values of records' fields in words, for whoever looks."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flexie import fields
from flexie.models import FieldDefinition, Record
from flexie.web.viewer import viewer
from rules import moments


def shown(definition: FieldDefinition, stored: Any) -> str:
    """A stored value for people: yes and no in words, moments on the account's clock, on which rules take them too.

    A plain number may be a year or a number on a door: it has no signs between its thousands. Money has.
    """
    if stored is None:
        return ""
    match definition.type:
        case "yes/no":
            return "Yes" if stored else "No"
        case "number":
            return viewer().format.number(Decimal(stored), grouped=False)
        case "money":
            return viewer().format.number(_with_cents(Decimal(stored)))
        case "date":
            return viewer().format.dated(date.fromisoformat(stored))
        case "datetime":
            return at_home(datetime.fromisoformat(stored))
        case "list":
            return ", ".join(item if isinstance(item, str) else str(item.get("name", "")) for item in stored)
    return str(stored)


def told(record: Record, given: Sequence[FieldDefinition] | None = None) -> list[tuple[FieldDefinition, str]]:
    """The fields of a record, each with what it holds in words (nothing where it is empty), in the order people see.

    Whoever tells of several records gives the definitions of its kind that are in use, read once.
    """
    known = fields.in_use(record.kind) if given is None else given
    return [(each, shown(each, record.fields.get(each.name))) for each in known]


def at_home(moment: datetime) -> str:
    """A moment on the account's clock, with its name where the person's differs: 7 Jan 2030, 14:05 (New York time)"""
    eyes = viewer()
    try:
        then, note = moments.local(moment, eyes.home), eyes.home_note(moment)
    except (moments.MomentError, OverflowError):  # at the ends of the calendar
        then, note = moment, "UTC"
    written = eyes.format.joined(eyes.format.dated(then), then)
    return f"{written} ({note})" if note else written


def _with_cents(amount: Decimal) -> Decimal:
    """5 stays 5, and 12.5 is 12.50."""
    return amount if int(amount.as_tuple().exponent) != -1 else Decimal(f"{amount:f}0")
