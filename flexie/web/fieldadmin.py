"""The fields that records have, as an administrator sets them up: a page for each kind."""

from typing import Any

from flask import Response, abort, request, url_for

from flexie import customfields
from flexie.db import db
from flexie.models import FieldDefinition
from flexie.web import htmx, permits
from flexie.web.login import pages
from flexie.web.recordnames import KIND, PLURALS

bp = pages("fieldadmin")
FIELD = f"/fields/{KIND}/<name>"
TYPES = {
    "text": "Text",
    "number": "Number",
    "money": "Money",
    "yes/no": "Yes or no",
    "choice": "One of several choices",
    "date": "Date",
    "datetime": "Date and time",
    "phone": "Phone number",
    "list": "List",
}
"""What the types of fields are called on pages."""


@bp.get("/fields")
@permits.only(permits.administrators)
def home() -> Response:
    """The fields of the first kind."""
    return htmx.go(url_for(".page", kind=next(iter(PLURALS))))


@bp.get(f"/fields/{KIND}")
@permits.only(permits.administrators)
def page(kind: str) -> Response:
    """The fields of a kind, and a form for another one."""
    return _page(kind, {})


@bp.post(f"/fields/{KIND}")
@permits.only(permits.administrators)
def add(kind: str) -> Response:
    """Another field."""
    given = request.form
    try:
        customfields.add(kind, given.get("label", ""), given.get("type", ""), given.get("choices", ""))
    except customfields.FieldProblem as problem:
        db.session.rollback()
        return _page(kind, given.to_dict(), problem)
    return _done(kind)


@bp.get(FIELD)
@permits.only(permits.administrators)
def edit(kind: str, name: str) -> Response:
    """A field's label and choices."""
    return _edit(_field(kind, name), {})


@bp.post(FIELD)
@permits.only(permits.administrators)
def change(kind: str, name: str) -> Response:
    """Call it otherwise, or give it other choices."""
    try:
        customfields.change(_field(kind, name), request.form.get("label", ""), request.form.get("choices"))
    except customfields.FieldProblem as problem:
        db.session.rollback()
        return _edit(_field(kind, name), request.form.to_dict(), problem)
    return _done(kind)


@bp.post(f"{FIELD}/move")
@permits.only(permits.administrators)
def move(kind: str, name: str) -> Response:
    """One place up or down."""
    customfields.move(_field(kind, name), up=request.form.get("to") == "up")
    db.session.commit()
    return htmx.part("fieldadmin/_fields.html", **_shown(kind)) if htmx.wants_fragment() else _done(kind)


@bp.post(f"{FIELD}/retire")
@permits.only(permits.administrators)
def retire(kind: str, name: str) -> Response:
    """Take it off pages and forms, or (`back`) put it there again."""
    try:
        customfields.retire(_field(kind, name), retired="back" not in request.form)
    except customfields.FieldProblem as problem:
        db.session.rollback()
        return _page(kind, {}, problem)
    return _done(kind)


def _field(kind: str, name: str) -> FieldDefinition:
    return customfields.named(kind, name) or abort(404)


def _done(kind: str) -> Response:
    db.session.commit()
    return htmx.go(url_for(".page", kind=kind))


def _shown(kind: str) -> dict[str, Any]:
    known, retired = customfields.all_of(kind)
    return {"kind": kind, "fields": known, "retired": retired, "types": TYPES, "plurals": PLURALS}


def _page(kind: str, typed: dict[str, str], problem: customfields.FieldProblem | None = None) -> Response:
    shown = {**_shown(kind), "typed": typed, "errors": {problem.box: str(problem)} if problem else {}}
    return htmx.answer("fieldadmin/page.html", "fieldadmin/page.html", status=422 if problem else 200, **shown)


def _edit(field: FieldDefinition, typed: dict[str, str], problem: customfields.FieldProblem | None = None) -> Response:
    shown: dict[str, Any] = {"field": field, "types": TYPES, "plurals": PLURALS}
    shown["typed"] = {"label": field.label, "choices": "\n".join(field.choices or []), **typed}
    shown["errors"] = {problem.box: str(problem)} if problem else {}
    return htmx.answer("fieldadmin/edit.html", "fieldadmin/edit.html", status=422 if problem else 200, **shown)
