"""Groups of people: who is in them, and when they work."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy import select

from flexie import groups, hours
from flexie.db import db
from flexie.models import Group, User
from flexie.web import htmx
from flexie.web.settings.frame import administered

bp = administered("groups")
ONE = "/settings/groups/<string(length=32):public_id>"


@bp.get("/settings/groups")
def listing() -> Response:
    """All groups with their people."""
    return htmx.answer("settings/groups/list.html", "settings/groups/list.html", groups=groups.everyone())


@bp.get("/settings/groups/new")
def new() -> Response:
    """An empty form."""
    return _form(None, _box_of(None))


@bp.post("/settings/groups/new")
def add() -> Response:
    """Add a group."""
    box = _box()
    try:
        group = groups.add(box["name"], _people(box), _hours(box, None))
    except (groups.GroupProblem, hours.HoursProblem) as problem:
        db.session.rollback()
        return _form(None, box, problem)
    return _done(f"Added: {group.name}")


@bp.get(ONE)
def edit(public_id: str) -> Response:
    """A group's name, people and hours."""
    group = _group(public_id)
    return _form(group, _box_of(group))


@bp.post(ONE)
def change(public_id: str) -> Response:
    """Keep what the form says."""
    group, box = _group(public_id), _box()
    try:
        groups.change(group, box["name"], _people(box), _hours(box, group))
    except (groups.GroupProblem, hours.HoursProblem) as problem:
        db.session.rollback()
        return _form(_group(public_id), box, problem)
    return _done(f"Saved: {group.name}")


@bp.get(f"{ONE}/delete")
def ask(public_id: str) -> Response:
    """What would be without it."""
    group = _group(public_id)
    page = "settings/groups/delete.html"
    return htmx.answer(page, page, group=group, uses=groups.uses(group))


@bp.post(f"{ONE}/delete")
def delete(public_id: str) -> Response:
    """Take it away, unless rules name it."""
    group = _group(public_id)
    name = group.name
    try:
        groups.remove(group)
    except groups.GroupProblem as problem:
        db.session.rollback()
        flash(str(problem))
        return htmx.go(url_for(".ask", public_id=public_id))
    return _done(f"Deleted: {name}")


def _group(public_id: str) -> Group:
    return groups.find(public_id) or abort(404)


def _done(sentence: str) -> Response:
    db.session.commit()
    flash(sentence)
    return htmx.go(url_for(".listing"))


def _box() -> dict[str, Any]:
    """What stands in the form."""
    return {
        **{name: request.form.get(name, "") for name in ("name", "hours", *hours.boxes(None))},
        **{name: value for name, value in request.form.items() if name.startswith(("opens-", "closes-"))},
        "people": request.form.getlist("people"),
    }


def _box_of(group: Group | None) -> dict[str, Any]:
    if group is None:
        return {"name": "", "people": [], "hours": "account", **hours.boxes(None)}
    own = "own" if group.business_hours else "account"
    people = [user.public_id for user in group.users]
    return {"name": group.name, "people": people, "hours": own, **hours.boxes(group.business_hours)}


def _people(box: dict[str, Any]) -> list[User]:
    return list(db.session.scalars(select(User).where(User.public_id.in_(box["people"])).order_by(User.id)))


def _hours(box: dict[str, Any], group: Group | None) -> dict[str, Any] | None:
    """The group's own hours, or None for the account's. The zone that its clock hangs in stays."""
    zone = (group.business_hours or {}).get("zone") if group else None
    return hours.typed(box, zone) if box["hours"] == "own" else None


def _form(group: Group | None, box: dict[str, Any], problem: Exception | None = None) -> Response:
    wrong = problem.box if isinstance(problem, hours.HoursProblem) else "name"
    shown = {
        "group": group,
        "box": box,
        "errors": {wrong: str(problem)} if problem else {},
        "people": db.session.scalars(select(User).order_by(User.is_active.desc(), User.name, User.id)).all(),
        "rules": groups.rules_naming(group) if group else [],
        "usable": groups.lines_of([group])[group.id] if group else [],
    }
    page = "settings/groups/form.html"
    return htmx.answer(page, page, status=422 if problem else 200, **shown)
