"""Lists of records: what is looked for, who looks after them, a tag, who can be texted; and in which order.

Each page of a list is one walk along an index. A list of what was searched for by words, in another order than the
newest first, knows the newest MOST_SOUGHT of them: sorting all that a short word finds would read the whole account.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, literal_column, or_, select, text, tuple_
from sqlalchemy.orm import selectinload

from flexie import finding
from flexie.db import UtcDateTime, db
from flexie.models import OptOut, PhoneKey, Record, RecordTag, User

Sort = Literal["newest", "name", "texted"]
SORTS: tuple[Sort, ...] = get_args(Sort)
MOST_SOUGHT = 200
NAME = func.substr(func.lower(Record.title), literal_column("1"), literal_column("60"))
"""As the index `ix_records_kind_name` has it."""


@dataclass(frozen=True)
class View:
    """Which records of a kind, and in which order. `owner`: a user's row, or 0 for those that nobody looks after."""

    kind: str
    q: str = ""
    owner: int | None = None
    tag: str = ""
    can_be_texted: bool = False
    sort: Sort = "newest"

    @property
    def is_filtered(self) -> bool:
        """Whether some records of the kind are left out."""
        return bool(self.q or self.tag or self.can_be_texted or self.owner is not None)


def query(view: View) -> Select[Any]:
    """The records of a view, in no order."""
    found: Select[Any] = select(Record).where(Record.kind == view.kind)
    if view.q:
        found = found.where(finding.fits(view.q))
    if view.owner is not None:
        found = found.where(Record.owner_id == view.owner if view.owner else Record.owner_id.is_(None))
    if view.tag:
        found = found.join(RecordTag, and_(RecordTag.record_id == Record.id, RecordTag.tag == view.tag))
    return found.where(can_be_texted()) if view.can_be_texted else found


def _row_id(view: View) -> Any:
    """The column of row ids to go along: a tag has its own, and its index is in their order."""
    return RecordTag.record_id if view.tag else Record.id


def can_be_texted() -> ColumnElement[bool]:
    """A number that can be read and has not opted out, and no "no" under Allow SMS."""
    refused = Record.fields["allow_sms"].as_boolean()
    opted_out = exists().where(OptOut.number == PhoneKey.e164)
    usable = exists().where(PhoneKey.record_id == Record.id, PhoneKey.e164.is_not(None), ~opted_out)
    return and_(or_(refused.is_(None), refused), usable)


@dataclass(frozen=True)
class Page:
    """Some records of a view, and the public id to ask with for those behind them. `is_cut`: see MOST_SOUGHT."""

    rows: list[Record]
    older: str | None
    is_cut: bool = False


def page(view: View, before: str | None, size: int) -> Page:
    """The records of a view behind the one with the public id `before`, or the first ones."""
    behind = _place(before)
    if view.sort == "newest" or not replace(view, can_be_texted=False).is_filtered:
        rows, is_cut = _ordered(query(view), view, behind, size + 1), False
    else:
        rows, is_cut = _sought(view, behind, size + 1)
    return Page(rows[:size], rows[size - 1].public_id if len(rows) > size else None, is_cut and not before)


def _sought(view: View, behind: "_Place | None", limit: int) -> tuple[list[Record], bool]:
    """Some of the newest records that the filters find, where no index has them in the view's order; and whether there
    are more. All that were found are sorted: a walk along the order's index might be long, since what is alike stands
    together there.
    """
    ids = query(replace(view, can_be_texted=False)).with_only_columns(Record.id)  # found in indexes alone
    newest = ids.order_by(_row_id(view).desc()).limit(MOST_SOUGHT).cte("newest")
    how_many = select(func.count()).select_from(newest)
    found = select(Record.id, how_many.scalar_subquery()).join(newest, newest.c.id == Record.id)
    if view.can_be_texted:
        found = found.where(can_be_texted())
    by_text = (Record.last_text_at.desc().nulls_last(), Record.id.desc())
    order = (NAME, Record.id) if view.sort == "name" else by_text
    counted = db.session.execute(found.order_by(*order)).all()
    shown = [row[0] for row in counted]
    if behind:
        shown = shown[shown.index(behind.id) + 1 :] if behind.id in shown else []
    known = counted[0][1] if counted else db.session.scalar(how_many)
    return _these(shown[:limit]), known == MOST_SOUGHT


def _these(ids: Sequence[int]) -> list[Record]:
    """The records with these row ids, in their order."""
    rows = db.session.scalars(select(Record).options(selectinload(Record.phone_keys)).where(Record.id.in_(ids)))
    by_id = {row.id: row for row in rows}
    return [by_id[each] for each in ids if each in by_id]


@dataclass(frozen=True)
class _Place:
    """Where in each order a record stands."""

    id: int
    name: str
    texted: datetime | None


def _place(public_id: str | None) -> _Place | None:
    if not public_id:
        return None
    row = db.session.execute(
        select(Record.id, NAME, Record.last_text_at).where(Record.public_id == public_id)
    ).one_or_none()
    return _Place(*row) if row else None


def _ordered(found: Select[Any], view: View, behind: _Place | None, limit: int) -> list[Record]:
    found = found.options(selectinload(Record.phone_keys))
    if view.sort == "name":
        if behind:  # said twice: of a pair that holds an expression, SQLite sees no place in the index
            found = found.where(literal(behind.name) <= NAME)
            found = found.where(tuple_(NAME, Record.id) > tuple_(literal(behind.name), literal(behind.id)))
        return _some(found.order_by(NAME, Record.id), limit)
    if view.sort == "texted":
        return _by_last_text(found, behind, limit)
    if behind:  # said of both ids where there is a tag: PostgreSQL does not see that it holds for the other
        found = found.where(Record.id < behind.id, _row_id(view) < behind.id)
    if view.q:  # many may fit: what is wide is read only of those that are shown
        ids = found.with_only_columns(Record.id).order_by(_row_id(view).desc()).limit(limit).subquery()
        found = select(Record).options(selectinload(Record.phone_keys)).where(Record.id.in_(select(ids.c.id)))
        return _some(found.order_by(Record.id.desc()), limit)
    return _some(found.order_by(_row_id(view).desc()), limit)


def _by_last_text(found: Select[Any], behind: _Place | None, limit: int) -> list[Record]:
    """Those who were texted last, then those who never were, the newest first."""
    rows: list[Record] = []
    if behind is None or behind.texted is not None:
        texted = found.where(Record.last_text_at.is_not(None))
        if behind is not None:
            mark = literal(behind.texted, UtcDateTime()), literal(behind.id)
            texted = texted.where(tuple_(Record.last_text_at, Record.id) < tuple_(*mark))
        rows = _some(texted.order_by(Record.last_text_at.desc(), Record.id.desc()), limit)
    if len(rows) == limit:
        return rows
    never = found.where(Record.last_text_at.is_(None))
    if behind is not None and behind.texted is None:
        never = never.where(Record.id < behind.id)
    return rows + _some(never.order_by(Record.id.desc()), limit - len(rows))


def _some(found: Select[Any], limit: int) -> list[Record]:
    return list(db.session.scalars(found.limit(limit)))


MOST_TAGS = 100
_TAGS = text(
    "WITH RECURSIVE known(tag) AS (SELECT min(tag) FROM record_tags UNION ALL"
    " SELECT (SELECT min(tag) FROM record_tags WHERE tag > known.tag) FROM known WHERE known.tag IS NOT NULL)"
    " SELECT tag FROM known WHERE tag IS NOT NULL LIMIT :most"
)


def tags() -> Sequence[str]:
    """The tags that records have, in alphabetical order: one look into the index for each."""
    return db.session.execute(_TAGS, {"most": MOST_TAGS}).scalars().all()


def owners() -> Sequence[User]:
    """People who may look after records."""
    return db.session.scalars(select(User).where(User.is_active).order_by(User.name)).all()
