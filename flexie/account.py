"""The account itself: what it is called, its clock, and its business hours."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from flexie import audit, db, zones
from flexie.db import lock
from flexie.models import Rule, Settings

LONGEST_NAME = 60  # characters


class AccountProblem(Exception):
    """Settings that cannot be so: part of the form ("name", "zone") → what to write."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def change(settings: Settings, name: str, time_zone: str, business_hours: dict[str, Any] | None) -> None:
    """Call the account otherwise, or give it another clock (an IANA name) or other hours (as in Settings).

    On another clock, rules that go by the clock look anew for their next moment. Texts that wait keep theirs.

    Raises:
        AccountProblem: the name or the zone will not do.
    """
    name = _checked(name, time_zone)
    lock(settings)
    before = told(settings)
    if time_zone != settings.time_zone:
        db.db.session.execute(update(Rule).where(Rule.look_at.is_not(None)).values(look_at=db.now()))
    settings.name, settings.time_zone, settings.business_hours = name, time_zone, business_hours
    if changed := audit.differences(before, told(settings)):
        audit.note("account", settings.id, "changed", changed, name=name)


def told(settings: Settings) -> dict[str, Any]:
    """What the audit log tells of the account."""
    return {
        "name": settings.name,
        "time zone": settings.time_zone,
        "business hours": settings.business_hours,
    }


def _checked(name: str, time_zone: str) -> str:
    name, errors = " ".join(name.split()), {}
    if len(name) > LONGEST_NAME or not name.isprintable():
        errors["name"] = f"Write at most {LONGEST_NAME} characters."
    if not zones.is_known(time_zone):
        errors["zone"] = f'There is no time zone "{time_zone[:40]}". Write an IANA name, such as Europe/Tirane.'
    if errors:
        raise AccountProblem(errors)
    return name
