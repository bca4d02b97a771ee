"""Stopping a rule's runs."""

from flask import Response, flash, request, url_for
from sqlalchemy import select

from flexie import rulebook
from flexie.db import db
from flexie.models import Rule
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.rulefiles import outcomes
from flexie.web.rulefiles.blueprint import bp, load, only_writers


@bp.post("/rules/<name>/stop")
def stop(name: str) -> Response:
    """End all runs of a rule that wait. The rule stays on."""
    only_writers()
    rule = _rule(name)
    ended = rulebook.stop(rule, me())
    flash(f"{outcomes.runs(ended)} of “{rule.name}” ended.")
    db.session.commit()
    return htmx.go(url_for(".edit", name=name))


def _rule(name: str) -> Rule:
    query = select(Rule).where(Rule.file_id == load(name).id, Rule.name == request.form.get("rule", ""))
    return db.first_or_404(query)
