"""Runs: of a rule, and one with its log; and why a rule did not start."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from flexie import runs
from flexie.db import db
from flexie.models import Message, NotStarted, Record, Rule, Run
from flexie.models.rules import LIVE
from flexie.web import access, htmx
from flexie.web.login import me, pages

bp = pages("runs")
PAGE = 50  # rows that one look brings


@bp.get("/runs")
def listing() -> Response:
    """The newest runs, of one rule or all; beside them, when it did not start although a text fitted."""
    rule = _rule()
    query = (
        select(Run)
        .where(access.runs(me()))
        .options(joinedload(Run.rule), joinedload(Run.record))
        .order_by(Run.id.desc())
    )
    if rule:
        query = query.where(Run.rule_id == rule.id)
    if before := request.args.get("before"):
        query = query.where(Run.id < select(Run.id).where(Run.public_id == before).scalar_subquery())
    rows = db.session.scalars(query.limit(PAGE + 1)).all()
    older = rows[PAGE - 1].public_id if len(rows) > PAGE else None
    shown: dict[str, Any] = {"rule": rule, "rows": rows[:PAGE], "older": older}
    return htmx.answer("runs/list.html", "runs/_rows.html", decisions=_decisions(rule) if rule else [], **shown)


@bp.get("/runs/<string(length=32):public_id>")
def page(public_id: str) -> Response:
    """One run, line by line."""
    run = load(public_id)
    message = db.session.scalar(select(Message).where(Message.id == run.message_id, access.messages(me())))
    return htmx.answer("runs/page.html", "runs/page.html", run=run, message=message, is_live=run.state in LIVE)


@bp.post("/runs/<string(length=32):public_id>/stop")
def stop(public_id: str) -> Response:
    """End a run that waits."""
    run = load(public_id)
    if not me().writes_rules:
        abort(403)
    if run.state in LIVE:
        runs.cancel(run, f"{me().name} stopped it.")
        flash("Stopped. Nothing more of this run will be done.")
    db.session.commit()
    return htmx.go(url_for(".page", public_id=public_id))


def load(public_id: str) -> Run:
    """A run that this person may see, or 404."""
    return db.session.scalar(select(Run).where(Run.public_id == public_id, access.runs(me()))) or abort(404)


def _rule() -> Rule | None:
    name = request.args.get("rule")
    return (db.session.scalar(select(Rule).where(Rule.name == name)) or abort(404)) if name else None


def _decisions(rule: Rule) -> list[tuple[NotStarted, Record | None]]:
    query = select(NotStarted, Record).outerjoin(Record, Record.id == NotStarted.record_id)
    found = db.session.execute(query.where(NotStarted.rule_id == rule.id).order_by(NotStarted.id.desc()).limit(PAGE))
    return [(decision, record) for decision, record in found]
