"""Working through rows: a batch in one transaction; when that fails, one by one, so that a bad row stops no other."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, get_args

from sqlalchemy.exc import InterfaceError, OperationalError

from flexie.db import transaction

Work = Literal[
    "inbound",
    "receipts",
    "schedules",
    "passes",
    "events",
    "runs",
    "sends",
    "calls",
    "media",
    "pulls",
    "numbers",
    "imports",
]
KINDS: tuple[Work, ...] = get_args(Work)
"""The kinds of work that rows can stand for, in the order of a text's way."""

log = logging.getLogger(__name__)


class HasId(Protocol):
    """A row."""

    id: Any


Row = TypeVar("Row", bound=HasId)


@dataclass(frozen=True)
class Done:
    """What a look at the rows came to: how many, whether there may be more, and whom to ring now."""

    count: int
    more: bool
    rings: frozenset[Work] = frozenset()


def work(
    claim: Callable[[int, int | None], Sequence[Row]],
    process: Callable[[Sequence[Row]], None],
    give_up: Callable[[int, Exception], None],
    size: int,
) -> int:
    """Claim up to `size` rows and process them. Returns how many were claimed.

    `claim(limit, only)` locks due rows, or the one row with id `only` if it is still due. A row whose processing fails
    by itself goes to `give_up`. Trouble with the database itself is raised: the rows stay due.
    """
    ids: list[int] = []
    try:
        with transaction():
            rows = claim(size, None)
            ids = [row.id for row in rows]
            if rows:
                process(rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("batch failed, going on one by one", extra={"rows": len(ids)})
        for row_id in ids:
            _alone(claim, process, give_up, row_id)
    return len(ids)


def _alone(claim: Any, process: Any, give_up: Callable[[int, Exception], None], row_id: int) -> None:
    try:
        with transaction():
            if rows := claim(1, row_id):
                process(rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        log.exception("row failed", extra={"row": row_id})
        with transaction():
            give_up(row_id, problem)
