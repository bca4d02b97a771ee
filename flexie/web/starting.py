"""Starting a rule by hand for a record, and letting a paused rule go on."""

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import bell, byhand, events, rulebook
from flexie.db import db
from flexie.models import Rule
from flexie.web import htmx
from flexie.web.login import me, pages
from flexie.web.records import load

bp = pages("starting")


@bp.post("/records/<string(length=32):public_id>/start")
def start(public_id: str) -> Response:
    """Start the chosen rule. Whoever may see a record may do so; a rule's own conditions and limits still hold."""
    record, name = load(public_id), request.form.get("rule", "")
    try:
        byhand.start(name, record, None, me())
        flash(f"Started “{name}”.")
    except events.CannotStart as reason:
        flash(str(reason))
    db.session.commit()
    bell.ring("runs")
    return htmx.go(url_for("records.page", public_id=public_id))


@bp.post("/runs/paused/go-on")
def go_on() -> Response:
    """Let a rule go on that was paused because it started too often."""
    if not me().writes_rules:
        abort(403)
    rule = db.first_or_404(select(Rule).where(Rule.name == request.form.get("rule", "")))
    if rulebook.let_go_on(rule):
        flash(f"“{rule.name}” may start again.")
    db.session.commit()
    return htmx.go(url_for("runs.listing", rule=rule.name))
