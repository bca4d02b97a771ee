"""What rules and the system tell people: a page of notices, newest first."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import notices
from flexie.db import db
from flexie.models import Notice, Run
from flexie.web import access, htmx
from flexie.web.login import me, pages

bp = pages("notices")
PAGE = 50  # notices that one look brings


@bp.get("/notices")
def page() -> Response:
    """One's own notices and those of one's groups. The page asks at once for those on it to be marked as read."""
    last = _load(request.args["before"]) if request.args.get("before") else None
    rows = notices.latest(me(), PAGE + 1, last.id if last else None)
    older = rows[PAGE - 1].public_id if len(rows) > PAGE else None
    shown: dict[str, Any] = {"rows": rows[:PAGE], "older": older, "runs": _runs(rows[:PAGE]), "is_first": last is None}
    return htmx.answer("notices/page.html", "notices/_rows.html", **shown)


@bp.post("/notices/read")
def read() -> Response:
    """The notices up to this one have been seen."""
    notices.mark_read(me(), _load(request.form.get("seen", "")).id)
    db.session.commit()
    if htmx.wants_fragment():
        return htmx.part("notices/_read.html")
    return htmx.go(url_for(".page"))


def _load(public_id: str) -> Notice:
    return db.session.scalar(select(Notice).where(Notice.public_id == public_id, notices.to(me()))) or abort(404)


def _runs(rows: Sequence[Notice]) -> dict[int, Run]:
    """The runs behind notices, as far as this person may see them."""
    ids = [notice.run_id for notice in rows if notice.run_id]
    query = select(Run).where(Run.id.in_(ids), access.runs(me())).options(joinedload(Run.rule))
    return {run.id: run for run in db.session.scalars(query)} if ids else {}
