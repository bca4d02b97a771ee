"""Finding records by a part of their name, or by how a number begins."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from flexie import search
from flexie.db import db
from flexie.models import KINDS, PhoneKey, Record, Settings

FEWEST_DIGITS = 3  # fewer are taken for a part of a name
FEW_NUMBERS = 10_000  # that begin alike: they are read faster than words
FOUND = 8  # what fits under a box that one types into


def records(typed: str, kinds: Iterable[str] = KINDS, limit: int = FOUND) -> list[Record]:
    """The newest records that fit what was typed; none when nothing was."""
    if not typed.strip():
        return []
    query = select(Record).where(Record.kind.in_(list(kinds)), fits(typed))
    return list(db.session.scalars(query.order_by(Record.id.desc()).limit(limit)))


def fits(typed: str) -> ColumnElement[bool]:
    """The condition behind `records`, for use in other queries."""
    found = _hits(typed)
    return found.hold(Record.id) if found is not None else false()


def ways(typed: str) -> list[Select[Any]]:
    """Queries for the row ids (`id`) of records that fit, as `search.Hits.ways` has them; one may come twice."""
    found = _hits(typed)
    return found.ways() if found is not None else []


def _hits(typed: str) -> search.Hits | None:
    if begins := beginnings(typed):
        numbers = or_(*(search.begins(PhoneKey.e164, prefix) for prefix in begins))
        return search.Hits(select(PhoneKey.record_id.label("id")).where(numbers), few=FEW_NUMBERS)
    return search.records(typed)


def beginnings(typed: str) -> list[str]:
    """How the E.164 form of a number may begin that begins as typed: with its country code, or as at home.

    Empty where it is no number that was typed.
    """
    digits = re.sub(r"\D", "", typed)
    if len(digits) < FEWEST_DIGITS or re.search(r"[^\W\d_]", typed):
        return []
    if typed.strip().startswith("+"):
        return ["+" + digits]
    at_home = (Settings.get().prefix or "+") + digits.lstrip("0")
    return list(dict.fromkeys(["+" + digits, at_home]))
