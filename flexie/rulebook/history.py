"""The versions of a rule file: who saved them, when, and what was different; and the way back."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie.db import db
from flexie.models import RuleFile, RuleFileVersion, User
from flexie.rulebook.saving import Saved, save
from flexie.rulebook.waiting import Waiting

CONTEXT = 3  # unchanged lines around a change


@dataclass(frozen=True)
class Step:
    """One version of a file, with the unified difference to the one before, line by line without its head."""

    version: RuleFileVersion
    difference: list[str]


def steps(file: RuleFile, limit: int, before: int | None = None) -> list[Step]:
    """Versions of a file, newest first, at most `limit`; only those with a number below `before`."""
    query = (
        select(RuleFileVersion).where(RuleFileVersion.file_id == file.id).options(joinedload(RuleFileVersion.author))
    )
    if before is not None:
        query = query.where(RuleFileVersion.number < before)
    query = query.order_by(RuleFileVersion.number.desc()).limit(limit + 1).options(joinedload(RuleFileVersion.author))
    found = db.session.scalars(query).all()
    earlier: Sequence[RuleFileVersion | None] = [*found[1:], None]
    pairs = list(zip(found, earlier, strict=True))[:limit]
    return [Step(new, difference(old.text if old else "", new.text)) for new, old in pairs]


def difference(old: str, new: str) -> list[str]:
    """The unified difference of two texts, line by line, without the lines that name the files."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=CONTEXT)
    return list(lines)[2:]


def roll_back(file: RuleFile, number: int, author: User | None, *, waiting: Waiting = "finish") -> Saved | None:
    """Save an old version's text as a new version. None: there is no such version.

    Raises:
        RulebookError: as `save`.
    """
    query = select(RuleFileVersion.text).where(RuleFileVersion.file_id == file.id, RuleFileVersion.number == number)
    text = db.session.scalar(query)
    return save(file.name, text, author, waiting=waiting) if text is not None else None
