"""Who may use a line: a page beside the line's own, with a look at whom that makes before it is saved."""

from typing import Any

from flask import Response, flash, request, url_for
from sqlalchemy import select

from flexie import access
from flexie.db import db
from flexie.models import ROLES, Group, Line, User
from flexie.web import htmx
from flexie.web.reading import only_reads
from flexie.web.settings.lines.blueprint import bp, line_of

ONE = "/settings/lines/<string(length=32):public_id>/access"
NAMED = 12  # people whom the preview names


@bp.get(ONE)
def who(public_id: str) -> Response:
    """The form, as things are."""
    line = line_of(public_id)
    return _form(line, access.of(line))


@bp.post(ONE)
def change_who(public_id: str) -> Response:
    """Open the line to whom the form says; without scripts, `do` only looks at whom that makes."""
    line, grants = line_of(public_id), _chosen()
    if request.form.get("do"):
        return _form(line, grants)
    access.change(line, grants)
    address = url_for("lines.page", public_id=public_id)
    db.session.commit()
    flash("Saved. It counts from now on, also on pages that are open.")
    return htmx.go(address)


@bp.post(f"{ONE}/preview")
@only_reads
def preview_who(public_id: str) -> Response:
    """Whom the form as it stands lets use the line."""
    line_of(public_id)
    return htmx.part("settings/access/_people.html", people=access.people(_chosen()), named=NAMED)


def _chosen() -> access.Grants:
    given = request.form
    if given.get("open") == "all":
        return access.Grants(to_all=True)
    groups = db.session.scalars(select(Group.id).where(Group.public_id.in_(given.getlist("groups"))))
    users = db.session.scalars(select(User.id).where(User.public_id.in_(given.getlist("people"))))
    roles = frozenset(role for role in given.getlist("roles") if role in ROLES and role != "admin")
    return access.Grants(False, roles, frozenset(groups), frozenset(users))


def _form(line: Line, grants: access.Grants) -> Response:
    here = select(User).where(User.is_active.is_(True), User.role != "admin").order_by(User.name, User.id)
    shown: dict[str, Any] = {
        "line": line,
        "grants": grants,
        "roles": [role for role in reversed(ROLES) if role != "admin"],
        "groups": db.session.scalars(select(Group).order_by(Group.name)).all(),
        "candidates": db.session.scalars(here).all(),
        "people": access.people(grants),
        "named": NAMED,
    }
    return htmx.answer("settings/access/page.html", "settings/access/page.html", **shown)
