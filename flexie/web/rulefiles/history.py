"""The versions of a file, and going back to one."""

from typing import Any

from flask import Response, abort, request
from sqlalchemy import select

from flexie import rulebook
from flexie.db import db
from flexie.models import RuleFileVersion
from flexie.web import htmx
from flexie.web.rulefiles.blueprint import bp, load, only_writers
from flexie.web.rulefiles.editor import Draft, save_draft

PAGE = 20  # versions that one look brings


@bp.get("/rules/<name>/history")
def versions(name: str) -> Response:
    """Who saved the file when, and what was different each time."""
    file = load(name)
    steps = rulebook.history.steps(file, PAGE + 1, request.args.get("before", type=int))
    older = steps[PAGE - 1].version.number if len(steps) > PAGE else None
    shown: dict[str, Any] = {"file": file, "steps": steps[:PAGE], "older": older, "latest": rulebook.latest(file)}
    return htmx.answer("rulefiles/history.html", "rulefiles/_versions.html", **shown)


@bp.post("/rules/<name>/history/<int:number>")
def go_back(name: str, number: int) -> Response:
    """Save an old version's text as a new version, asking first where runs wait."""
    only_writers()
    file = load(name)
    query = select(RuleFileVersion.text).where(RuleFileVersion.file_id == file.id, RuleFileVersion.number == number)
    text = db.session.scalar(query)
    if text is None:
        abort(404)
    return save_draft(Draft(file, file.name, text, request.form.get("based_on", 0, type=int)))
