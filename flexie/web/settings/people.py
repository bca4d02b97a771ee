"""The people who work here: added, changed, given links to set a password, signed out, sent away and taken back."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, abort, current_app, flash, request, url_for
from sqlalchemy import select

from flexie import invitations, people
from flexie.db import db
from flexie.models import ROLES, Group, Line, User
from flexie.web import htmx
from flexie.web.login import me
from flexie.web.settings.frame import administered

bp = administered("people")
ONE = "/settings/people/<string(length=32):public_id>"
ROLE_WORDS = {
    "admin": "Administrator: uses every line, changes every setting",
    "rule writer": "Rule writer: writes rules, imports and exports records",
    "agent": "Agent: reads and writes texts",
}


@bp.get("/settings/people")
def listing() -> Response:
    """Everybody, those who left last."""
    here, left = people.everybody()
    return htmx.answer("settings/people/list.html", "settings/people/list.html", here=here, left=left)


@bp.get("/settings/people/new")
def new() -> Response:
    """An empty form."""
    return _form(None, {"role": "agent", "groups": []})


@bp.post("/settings/people/new")
def add() -> Response:
    """Add somebody, and show the link to hand over."""
    box = _box()
    try:
        person = people.add(box["email"], box["name"], box["role"], _groups(box["groups"]))
    except people.PersonProblem as problem:
        db.session.rollback()
        return _form(None, box, problem.errors)
    return _show_link(person, is_first=True)


@bp.get(ONE)
def edit(public_id: str) -> Response:
    """Somebody's name, role and groups, and what else can be done."""
    person = _person(public_id)
    groups = [group.public_id for group in person.groups]
    return _form(person, {"email": person.email, "name": person.name, "role": person.role, "groups": groups})


@bp.post(ONE)
def change(public_id: str) -> Response:
    """Keep what the form says."""
    person, box = _person(public_id), _box()
    try:
        people.change(person, box["email"], box["name"], box["role"], _groups(box["groups"]))
    except people.PersonProblem as problem:
        db.session.rollback()
        return _form(_person(public_id), box, problem.errors)
    return _done(f"Saved: {person.name}")


@bp.post(f"{ONE}/link")
def link(public_id: str) -> Response:
    """Show a new link to set a password; the one before works no more."""
    person = _person(public_id)
    return _show_link(person) if person.is_active else abort(404)


@bp.post(f"{ONE}/signout")
def sign_out(public_id: str) -> Response:
    """Sign somebody out in every browser."""
    ended = people.sign_out(person := _person(public_id))
    return _done(f"{person.name} was signed out in {ended} browser{'' if ended == 1 else 's'}.", person)


@bp.get(f"{ONE}/leave")
def ask(public_id: str) -> Response:
    """What it means if somebody leaves."""
    person = _person(public_id)
    page = "settings/people/leave.html"
    return htmx.answer(page, page, person=person, behind=people.left_behind(person))


@bp.post(f"{ONE}/leave")
def deactivate(public_id: str) -> Response:
    """Somebody leaves."""
    release = request.form.get("release") == "yes"
    return _turn(public_id, lambda person: people.deactivate(person, release=release), "{} was deactivated.")


@bp.post(f"{ONE}/back")
def activate(public_id: str) -> Response:
    """Somebody is back."""
    return _turn(public_id, people.activate, "{} may sign in again.")


def _turn(public_id: str, act: Callable[[User], None], said: str) -> Response:
    person = _person(public_id)
    try:
        act(person)
    except people.PersonProblem as problem:
        db.session.rollback()
        return _done(str(problem), _person(public_id))
    return _done(said.format(person.name))


def _done(sentence: str, person: User | None = None) -> Response:
    address = url_for(".edit", public_id=person.public_id) if person else url_for(".listing")
    db.session.commit()
    flash(sentence)
    return htmx.go(address)


def _show_link(person: User, *, is_first: bool = False) -> Response:
    address = current_app.config["PUBLIC_URL"] + url_for("welcome.page", invitation=invitations.issue(person))
    db.session.commit()
    page = "settings/people/link.html"
    hours = int(invitations.LASTS.total_seconds() // 3600)
    return htmx.answer(page, page, person=person, address=address, hours=hours, is_first=is_first)


def _person(public_id: str) -> User:
    return people.find(public_id) or abort(404)


def _usable(person: User) -> Sequence[Line]:
    return db.session.scalars(Line.visible_to(person).order_by(None).order_by(Line.name)).all()


def _groups(chosen: Sequence[str]) -> list[Group]:
    return list(db.session.scalars(select(Group).where(Group.public_id.in_(chosen)).order_by(Group.name)))


def _box() -> dict[str, Any]:
    given = request.form
    return {
        "email": given.get("email", ""),
        "name": given.get("name", ""),
        "role": given.get("role", ""),
        "groups": given.getlist("groups"),
    }


def _form(person: User | None, box: dict[str, Any], errors: dict[str, str] | None = None) -> Response:
    shown = {
        "person": person,
        "box": box,
        "errors": errors or {},
        "roles": {role: ROLE_WORDS[role] for role in reversed(ROLES)},
        "groups": db.session.scalars(select(Group).order_by(Group.name)).all(),
        "usable": _usable(person) if person else [],
        "is_me": person is not None and person.id == me().id,
    }
    return htmx.answer("settings/people/form.html", "settings/people/form.html", status=422 if errors else 200, **shown)
