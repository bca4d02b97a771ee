"""Runs: of a rule, those that need attention, and one with its log; and why a rule did not start."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import joinedload

from flexie import bell, runlog, runs
from flexie.db import db, written_out
from flexie.models import Message, NotStarted, Record, Rule, Run
from flexie.models.rules import LIVE
from flexie.web import access, htmx
from flexie.web.login import me, pages

bp = pages("runs")
PAGE = 50  # rows that one look brings
SHOWN: dict[str, ColumnElement[bool]] = {
    "waiting": written_out(Run.state, LIVE),
    "attention": Run.state == literal_column("'failed'"),
}
"""Parts of the list, by what the address calls them."""


@bp.get("/runs")
def listing() -> Response:
    """The newest runs, of one rule or all, or those that wait or failed; beside one rule's, why it did not start."""
    rule, show = _rule(), request.args.get("show", "")
    if show and show not in SHOWN:
        abort(404)
    query = select(Run).where(access.runs(me())).options(joinedload(Run.rule), joinedload(Run.record))
    if rule:
        query = query.where(Run.rule_id == rule.id)
    if show:
        query = query.where(SHOWN[show])
    if before := request.args.get("before"):
        query = query.where(Run.id < select(Run.id).where(Run.public_id == before).scalar_subquery())
    rows = db.session.scalars(query.order_by(Run.id.desc()).limit(PAGE + 1)).all()
    older = rows[PAGE - 1].public_id if len(rows) > PAGE else None
    shown: dict[str, Any] = {"rule": rule, "show": show, "rows": rows[:PAGE], "older": older}
    if htmx.wants_fragment():
        return htmx.part("runs/_rows.html", **shown)
    beside: dict[str, Any] = {"decisions": _decisions(rule) if rule and not show else [], "paused": _paused(rule)}
    return htmx.answer("runs/list.html", "", failed=_failed(rule), **beside, **shown)


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


@bp.post("/runs/<string(length=32):public_id>/retry")
def retry(public_id: str) -> Response:
    """Let a run that failed go on from the step that failed."""
    run = load(public_id)
    if not me().writes_rules:
        abort(403)
    try:
        runlog.retry(run)
        flash("It goes on from the step that failed.")
    except runlog.NotFailed as problem:
        flash(str(problem))
    db.session.commit()
    bell.ring("runs")
    return htmx.go(url_for(".page", public_id=public_id))


def load(public_id: str) -> Run:
    """A run that this person may see, or 404."""
    return db.session.scalar(select(Run).where(Run.public_id == public_id, access.runs(me()))) or abort(404)


def _rule() -> Rule | None:
    name = request.args.get("rule")
    return (db.session.scalar(select(Rule).where(Rule.name == name)) or abort(404)) if name else None


def _failed(rule: Rule | None) -> int:
    """How many runs need attention, counted as far as people are told."""
    some = select(Run.id).where(SHOWN["attention"], access.runs(me()))
    some = some.where(Run.rule_id == rule.id) if rule else some
    return db.session.scalar(select(func.count()).select_from(some.limit(100).subquery())) or 0


def _paused(rule: Rule | None) -> Sequence[Rule]:
    """Rules that started too often and wait for a person."""
    query = select(Rule).where(Rule.paused_at.is_not(None)).order_by(Rule.name)
    return db.session.scalars(query.where(Rule.id == rule.id) if rule else query).all()


def _decisions(rule: Rule) -> list[tuple[NotStarted, Record | None]]:
    query = select(NotStarted, Record).outerjoin(Record, Record.id == NotStarted.record_id)
    query = query.where(NotStarted.rule_id == rule.id, access.decisions(me()))
    found = db.session.execute(query.order_by(NotStarted.id.desc()).limit(PAGE))
    return [(decision, record) for decision, record in found]
