"""Deleting a file, after saying what ends with it."""

from typing import Any

from flask import Response, flash, url_for

from flexie import rulebook
from flexie.db import db
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.rulefiles import outcomes
from flexie.web.rulefiles.blueprint import bp, load, only_writers
from flexie.web.rulefiles.listing import brief


@bp.get("/rules/<name>/delete")
def ask(name: str) -> Response:
    """What deleting the file would end."""
    only_writers()
    file = load(name)
    shown: dict[str, Any] = {"file": file, "about": brief(file.rules)}
    return htmx.answer("rulefiles/delete.html", "rulefiles/delete.html", **shown)


@bp.post("/rules/<name>/delete")
def delete(name: str) -> Response:
    """Delete the file; its rules stop, and their runs stay to be read."""
    only_writers()
    file = load(name)
    ended = rulebook.remove(file, me())
    flash(f'Deleted "{name}".' + (f" {outcomes.runs(ended)} ended." if ended else ""))
    db.session.commit()
    return htmx.go(url_for(".files"))
