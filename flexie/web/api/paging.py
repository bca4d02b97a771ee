"""Lists a page at a time, by keyset: a page costs the same wherever it is, and rows that arrive move nothing."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, select

from flexie import gathering
from flexie.db import db
from flexie.models import Document, Group, Line, Message, Note, Record, Run, TextTemplate, User
from flexie.web.api import bodies
from flexie.web.api.asking import Asked, Parameter
from flexie.web.api.operations import Reply, query
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import Schema, items, maybe, text, thing, whole

MOST = 200  # rows of a page
USUAL = 50
PARAMETERS: tuple[Parameter, ...] = query(
    limit=whole("The most items of a page.", 1, MOST, USUAL),
    cursor=text("Where to go on: `next` of the page before.", longest=3_000),
)

BEGINNING = datetime.fromtimestamp(0, UTC)
MICROSECOND = timedelta(microseconds=1)
LATEST = (datetime.max.replace(tzinfo=UTC) - BEGINNING) // MICROSECOND

Row = TypeVar("Row")
Aged = Message | Record | Run | Line | Note | User | Group | TextTemplate | Document


def of(item: Schema) -> Schema:
    """The schema of a page of such items."""
    return thing(
        {
            "items": items(item, "The items of this page."),
            "next": maybe(text("The cursor of the next page, or null at the end.")),
        },
        "A page of a list.",
    )


def cursor(asked: Asked, parts: int) -> list[str] | None:
    """What the cursor holds, or None for the first page. Raises 422 for one that is not ours."""
    given = asked.query.get("cursor")
    if given is None:
        return None
    try:
        held = json.loads(base64.urlsafe_b64decode(given.encode()).decode())
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, list) or len(held) != parts or not all(_is_plain(part) for part in held):
        raise foreign()
    return held


def foreign() -> Problem:
    """422: a cursor that no page of this list gave out."""
    return invalid({"cursor": "This is no cursor of this list. Leave it out to begin at the first page."})


def moment_held(at: datetime) -> str:
    """A moment as a cursor holds it: microseconds since 1970."""
    return str((at - BEGINNING) // MICROSECOND)


def moment_of(held: str) -> datetime:
    """The moment (UTC) that a cursor holds. Raises 422 for one that no page gave out."""
    is_moment = held.isascii() and held.isdigit() and len(held) <= len(str(LATEST)) and int(held) <= LATEST
    if not is_moment:
        raise foreign()
    return BEGINNING + int(held) * MICROSECOND


def newest_first(
    asked: Asked, rows: Select[Any], model: type[Aged], ways: Sequence[ColumnElement[bool]] | None = None
) -> tuple[list[Any], str | None]:
    """The rows of this page, newest first, and the cursor of the next. The cursor holds the last row's public id.

    `ways`: conditions of which a row fits one, where an index has the rows of each in their order, and not of all.
    """
    if held := cursor(asked, 1):
        rows = rows.where(model.id < _id_of(model, held[0]))
    limit = asked.query["limit"]

    def newest(of: Select[Any]) -> Select[Any]:
        return of.order_by(model.id.desc()).limit(limit + 1)

    if ways is not None:
        ids = rows.with_only_columns(model.id)
        rows = rows.where(model.id.in_(gathering.all_of([newest(ids.where(way)) for way in ways or [false()]])))
    return cut(list(db.session.scalars(newest(rows))), limit, lambda row: [row.public_id])


def cut(found: Sequence[Row], limit: int, key: Any) -> tuple[list[Row], str | None]:
    """Rows that were asked for with one too many: the page, and the cursor if there was one more."""
    page = list(found[:limit])
    return page, _written(key(page[-1])) if len(found) > limit else None


def reply(described: list[dict[str, Any]], following: str | None) -> Reply:
    """A page as it is answered."""
    return Reply({"items": described, "next": following})


def _id_of(model: type[Aged], public_id: str) -> int:
    found = db.session.scalar(select(model.id).where(model.public_id == public_id))
    if found is None:
        raise foreign()
    return found


def _written(parts: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).decode()


def _is_plain(part: object) -> bool:
    return isinstance(part, str) and bodies.is_storable(part)
