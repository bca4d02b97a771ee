"""Finding records by a part of their name, or by how a number begins."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from flexie.db import db
from flexie.models import KINDS, PhoneKey, Record, Settings

FEWEST_DIGITS = 3  # fewer are taken for a part of a name
FOUND = 8  # what fits under a box that one types into


def records(typed: str, kinds: Iterable[str] = KINDS, limit: int = FOUND) -> list[Record]:
    """The newest records that fit what was typed; none when nothing was."""
    if not typed.strip():
        return []
    query = select(Record).where(Record.kind.in_(list(kinds)), fits(typed))
    return list(db.session.scalars(query.order_by(Record.id.desc()).limit(limit)))


def fits(typed: str) -> ColumnElement[bool]:
    """The condition behind `records`, for use in other queries."""
    words = typed.strip()
    digits = re.sub(r"\D", "", words)
    if len(digits) >= FEWEST_DIGITS and not re.search(r"[^\W\d_]", words):
        return Record.id.in_(select(PhoneKey.record_id).where(_begins(words, digits)))
    return Record.title.icontains(words, autoescape=True)


def _begins(words: str, digits: str) -> ColumnElement[bool]:
    """A number with its country code, or as at home."""
    if words.startswith("+"):
        return PhoneKey.e164.startswith("+" + digits)
    at_home = (Settings.get().prefix or "+") + digits.lstrip("0")
    return or_(PhoneKey.e164.startswith("+" + digits), PhoneKey.e164.startswith(at_home))
