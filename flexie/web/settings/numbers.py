"""The prefix that local numbers get: what another one would change, the change itself, and how any number is read."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import bell, phones, renumbering
from flexie.db import db
from flexie.models import PrefixChange, Settings
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.reading import only_reads
from flexie.web.settings.frame import administered

bp = administered("numbers")
CHANGE = "/settings/numbers/<public_id>"


@bp.get("/settings/numbers")
def page() -> Response:
    """The prefix in force, and the change that is counted or under way; htmx looks at the change alone."""
    return htmx.answer("settings/numbers/page.html", "settings/numbers/_change.html", **_shown())


@bp.post("/settings/numbers")
def count() -> Response:
    """Count what another prefix would change."""
    try:
        renumbering.begin(request.form.get("prefix", ""), me())
    except renumbering.PrefixProblem as problem:
        db.session.rollback()
        shown = {**_shown(), "typed": request.form.get("prefix", ""), "problem": str(problem)}
        return htmx.answer("settings/numbers/page.html", "settings/numbers/page.html", status=422, **shown)
    return _done()


@bp.post(f"{CHANGE}/start")
def start(public_id: str) -> Response:
    """Let the change happen."""
    return _decide(public_id, renumbering.start)


@bp.post(f"{CHANGE}/drop")
def drop(public_id: str) -> Response:
    """Let it be."""
    return _decide(public_id, renumbering.drop)


@bp.post("/settings/numbers/read")
@only_reads
def read() -> Response:
    """How a number is read with the prefix in force."""
    typed = request.form.get("number", "").strip()
    shown: dict[str, Any] = {"tried": typed}
    try:
        shown["number"] = phones.normalise(typed, Settings.get().prefix)
    except phones.PhoneError as problem:
        shown["unread"] = str(problem)
    return htmx.answer("settings/numbers/page.html", "settings/numbers/_read.html", **_shown(), **shown)


def _decide(public_id: str, verb: Any) -> Response:
    change = db.session.scalar(select(PrefixChange).where(PrefixChange.public_id == public_id)) or abort(404)
    try:
        verb(change)
    except renumbering.PrefixProblem as problem:
        db.session.rollback()
        flash(str(problem))
        return htmx.go(url_for(".page"))
    return _done()


def _done() -> Response:
    db.session.commit()
    bell.ring("numbers")
    return htmx.go(url_for(".page"))


def _shown() -> dict[str, Any]:
    prefix = Settings.get().prefix
    latest = select(PrefixChange).where(PrefixChange.state != "dropped").order_by(PrefixChange.id.desc()).limit(1)
    return {"prefix": prefix, "change": db.session.scalar(latest), "typed": prefix or ""}
