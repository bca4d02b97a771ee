"""What a rule can look at, and what the values written in a rule mean at a moment."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from rules import moments, syntax, templates, values
from rules.moments import BusinessHours


def _nobody_asked() -> bool:
    return True


def _office(_: str | None) -> BusinessHours:
    return moments.OFFICE


_KEPT_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00")
_MAY_BE_MOMENTS = ("date_received", "date_delivered", "from", "to")


def _with_moments(value: Any) -> Any:
    """What is kept under a name of `__data`: moments, which are kept as text in UTC, are moments again."""
    if isinstance(value, Mapping):
        return {key: _with_moments(part) if key in _MAY_BE_MOMENTS else part for key, part in value.items()}
    if isinstance(value, str) and _KEPT_MOMENT.fullmatch(value):
        return values.moment(value) or value
    return value


@dataclass(frozen=True)
class Facts:
    """Everything a rule sees at one moment; asking it changes nothing.

    `now` is aware UTC, `zone` the file's. `fields` has every field of the record, empty ones as None, related
    records as lists of mappings; `data` is `__data`. `can_receive_sms` says whether a text sent now would not
    be skipped; `business_hours` gives the hours of a group, or of the account for None.
    """

    now: datetime
    zone: ZoneInfo
    fields: Mapping[str, Any] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    data: Mapping[str, Any] = field(default_factory=dict)
    can_receive_sms: Callable[[], bool] = _nobody_asked
    business_hours: Callable[[str | None], BusinessHours] = _office

    @cached_property
    def context(self) -> Mapping[str, Any]:
        """What a template is filled in from: the fields, `__data`, and `record.` in front of any field."""
        data = {name: _with_moments(value) for name, value in self.data.items()}
        return ChainMap({"__data": data}, self.fields, {"record": self.fields})  # type: ignore[arg-type]

    @property
    def today(self) -> date:
        """The calendar day in the file's zone."""
        return self.now.astimezone(self.zone).date()

    def value(self, path: str) -> Any:
        """What a dotted name of the record or of `__data` holds; None if nothing."""
        return values.look_up(path, self.context)

    def fill(self, text: str) -> templates.Filled:
        """A text with its placeholders filled in. Raises TemplateError."""
        return templates.fill(text, self.context, now=self.now, zone=self.zone)

    def words(self, value: Any) -> str:
        """A value as people read it. Raises UnfitValue for a list or a record."""
        return values.written(value, self.zone)


Plain = str | Decimal | bool | date | datetime | None
"""What a value written in a rule becomes; a moment is aware UTC."""


def meaning(value: syntax.Value, about: Facts) -> Plain:
    """What a value of the language is now. A text is taken as it stands, not filled in.

    Raises MomentError for a moment outside the calendar.
    """
    match value:
        case syntax.Text() | syntax.Number() | syntax.YesNo():
            return value.value
        case syntax.Nothing():
            return None
        case syntax.Now():
            return about.now
        case syntax.Today():
            return about.today
        case syntax.Ago():
            return moments.add(about.now, value.duration, about.zone, back=True)
        case syntax.FromNow():
            return moments.add(about.now, value.duration, about.zone)
        case syntax.DateValue():
            return value.date if value.at is None else moments.at(value.date, value.at, about.zone)
