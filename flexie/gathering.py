"""Rows of several tables by one statement: each table's are found by an index of its own, and read together.

A page that shows a little of many things would else ask the database once for each of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import FromClause, Select, and_, literal, select, union_all

from flexie.db import db

Model = type[Any]
Ids = Mapping[Model, Select[Any]]
"""For each model, which rows: a selection whose first column is their id."""


def query(ids: Ids) -> Select[Any]:
    """A selection of all these models, each row of which has one of them; to be joined on and given options."""
    found = _found(ids)
    made = select(*ids).select_from(found)
    for model in ids:
        made = made.outerjoin(model, and_(found.c.what == model.__tablename__, model.id == found.c.row_id))
    return made


def _found(ids: Ids) -> FromClause:
    parts = [(model.__tablename__, wanted.subquery()) for model, wanted in ids.items()]
    return union_all(
        *(select(literal(name).label("what"), part.columns.values()[0].label("row_id")) for name, part in parts)
    ).subquery("found")


def all_of(selections: Iterable[Select[Any]]) -> Select[Any]:
    """What several selections find, each with an order and a limit of its own; their columns are alike."""
    return select(union_all(*(select(each.subquery()) for each in selections)).subquery())


def rows(made: Select[Any], ids: Ids) -> dict[Model, list[Any]]:
    """What a `query` finds, by model, by row id: that is the order in which it came to be."""
    found: dict[Model, list[Any]] = {model: [] for model in ids}
    for row in db.session.execute(made):
        for model, each in zip(ids, row, strict=True):
            if each is not None:
                found[model].append(each)
    return {model: sorted(some, key=lambda each: each.id) for model, some in found.items()}
