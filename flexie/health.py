"""Is everything alive? What monitoring asks, and what /healthz answers."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from redis import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from flexie import bell, reconciler
from flexie.db import db, written_out
from flexie.models import Message
from flexie.models.messages import UNFINISHED

bp = Blueprint("health", __name__)

LATE = 60.0  # seconds that due work may wait before the whole is called unhealthy


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 while texts can be taken in and due work is done; 503 otherwise. Redis being away alone only slows us."""
    database = _database()
    healthy = database["database"] == "ok" and database["oldest_due_seconds"] < LATE
    return jsonify({"status": "ok" if healthy else "failing", "redis": _redis(), **database}), 200 if healthy else 503


def _redis() -> str:
    try:
        bell.of_app().redis.ping()
    except RedisError:
        return "away"
    return "ok"


def _database() -> dict[str, Any]:
    try:
        stuck = db.session.scalar(
            select(func.count()).where(Message.stage == "stuck", written_out(Message.stage, UNFINISHED))
        )
        seen = {kind: reconciler.last_seen(kind) for kind in ("worker", "clock")}
        return {
            "database": "ok",
            "oldest_due_seconds": round(reconciler.oldest_due_seconds(), 3),
            "stuck_texts": stuck,
            **{f"{kind}_last_seen": moment.isoformat() if moment else None for kind, moment in seen.items()},
        }
    except SQLAlchemyError:
        return {"database": "away", "oldest_due_seconds": 0.0}
