"""The tokens that programs call the API with: made, shown once, and revoked."""

from typing import Any

from flask import Response, abort, current_app, flash, request, url_for
from sqlalchemy import select

from flexie import people, tokens
from flexie.db import db
from flexie.models import User
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.settings.frame import administered

bp = administered("tokens")
ONE = "/settings/tokens/<string(length=32):public_id>"


@bp.get("/settings/tokens")
def listing() -> Response:
    """All tokens: whose, what for, what they may, and when they were last used."""
    page = "settings/tokens/list.html"
    return htmx.answer(page, page, tokens=tokens.everyone(), scopes=tokens.SCOPES)


@bp.get("/settings/tokens/new")
def new() -> Response:
    """An empty form."""
    return _form({"name": "", "person": me().public_id, "scopes": []})


@bp.post("/settings/tokens/new")
def add() -> Response:
    """Make a token, and show it this once."""
    given = request.form
    box = {"name": given.get("name", ""), "person": given.get("person", ""), "scopes": given.getlist("scopes")}
    try:
        person, made = _issued(box)
    except tokens.TokenProblem as problem:
        db.session.rollback()
        return _form(box, {problem.box: str(problem)})
    address = f"{current_app.config['PUBLIC_URL']}/api/v1"
    db.session.commit()
    page = "settings/tokens/made.html"
    return htmx.answer(page, page, token=made, person=person, name=box["name"], address=address)


@bp.get(f"{ONE}/revoke")
def ask(public_id: str) -> Response:
    """What it means to revoke a token."""
    page = "settings/tokens/revoke.html"
    return htmx.answer(page, page, token=tokens.find(public_id) or abort(404))


@bp.post(f"{ONE}/revoke")
def revoke(public_id: str) -> Response:
    """Let it open nothing any more."""
    token = tokens.find(public_id) or abort(404)
    told = token.name or "the token"
    tokens.revoke(token)
    db.session.commit()
    flash(f"Revoked: {told}")
    return htmx.go(url_for(".listing"))


def _issued(box: dict[str, Any]) -> tuple[User, str]:
    person = people.find(box["person"])
    if person is None or not person.is_active:
        raise tokens.TokenProblem("person", "Choose somebody who works here.")
    if not box["name"].strip():
        raise tokens.TokenProblem("name", "Write what it is for: so that somebody knows what stops when it is revoked.")
    return person, tokens.issue(person, box["name"], box["scopes"])


def _form(box: dict[str, Any], errors: dict[str, str] | None = None) -> Response:
    shown = {
        "box": box,
        "errors": errors or {},
        "scopes": tokens.SCOPES,
        "people": db.session.scalars(select(User).where(User.is_active.is_(True)).order_by(User.name, User.id)).all(),
    }
    return htmx.answer("settings/tokens/form.html", "settings/tokens/form.html", status=422 if errors else 200, **shown)
