"""Finding records by a part of their name, or by how a number begins."""

import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select

from flexie import search
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
        return Record.id.in_(select(PhoneKey.record_id).where(_begins(words)))
    found = search.records(words)
    return Record.id.in_(found) if found is not None else false()


def _begins(words: str) -> ColumnElement[bool]:
    """A number with its country code, or as at home."""
    return or_(*(search.begins(PhoneKey.e164, prefix) for prefix in beginnings(words)))


def beginnings(typed: str) -> list[str]:
    """How the E.164 form of a number that begins as typed may begin: with its country code, or as at home."""
    digits = re.sub(r"\D", "", typed)
    if typed.strip().startswith("+"):
        return ["+" + digits]
    at_home = (Settings.get().prefix or "+") + digits.lstrip("0")
    return list(dict.fromkeys(["+" + digits, at_home]))
