"""Stored secrets are sealed anew under the first key, one row at a time, while everything goes on."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from flexie import audit, vault
from flexie.db import db, transaction
from flexie.models import Connection, Settings, WebhookAddress

SEALED = ((Connection, Connection.credentials), (WebhookAddress, WebhookAddress.secret))
"""Where sealed secrets stand."""


@dataclass(frozen=True)
class Rotated:
    """What came of it: rows that were sealed anew, those that were already, and what no key opens, by name."""

    resealed: int
    current: int
    closed: tuple[str, ...]


def rotate() -> Rotated:
    """Seal every stored secret under the first key. What is changed meanwhile is left as it was changed.

    Afterwards the other keys are needed no more, unless something is `closed`.
    """
    resealed = current = 0
    closed: list[str] = []
    for model, column in SEALED:
        for row_id, name in _rows(model):
            done = _one(model, column, row_id)
            if done is None:
                closed.append(name)
            else:
                resealed += done
                current += not done
    with transaction():
        audit.note("account", Settings.get().id, "sealed anew", {"secrets": (None, resealed)})
    return Rotated(resealed, current, tuple(closed))


def _rows(model: Any) -> list[tuple[int, str]]:
    with transaction():
        return [(row.id, row.name) for row in db.session.execute(select(model.id, model.name).order_by(model.id))]


def _one(model: Any, column: Any, row_id: int) -> bool | None:
    """Whether a row's secret was sealed anew; None when no key opens it. Tried again if it changed under our hands."""
    while True:
        with transaction():
            kept = db.session.scalar(select(column).where(model.id == row_id))
            if kept is None or vault.is_current(kept):
                return False
            try:
                anew = vault.resealed(kept)
            except vault.VaultError:
                return None
            statement = update(model).where(model.id == row_id, column == kept).values({column: anew})
            if db.session.execute(statement).rowcount:  # type: ignore[attr-defined]
                return True
