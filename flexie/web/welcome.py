"""The page behind a link to set a password: for somebody new, or who forgot. Setting it signs in."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from flexie import invitations, passwords
from flexie.db import db
from flexie.models import PasswordLink
from flexie.web import limits
from flexie.web.login import let_in

bp = Blueprint("welcome", __name__)


@bp.get("/welcome/<invitation>")
@limits.seeks
def page(invitation: str) -> Response:
    """The form. Looking at it uses nothing up: programs look at links before people do."""
    return _form(_link(invitation), invitation)


@bp.post("/welcome/<invitation>")
@limits.seeks
def accept(invitation: str) -> Response:
    """Set the password, and sign this browser in; whoever was signed in here before is so no more."""
    link = _link(invitation)
    try:
        person = invitations.accept(link, request.form.get("password", ""))
    except passwords.WeakPassword as problem:
        db.session.rollback()
        return _form(_link(invitation), invitation, str(problem))
    if person is None:
        raise _gone()
    let_in(person)
    return _private(redirect(url_for("inbox.page"), 303))  # type: ignore[arg-type]


def _link(invitation: str) -> PasswordLink:
    link = invitations.find(invitation)
    if link is None:
        raise _gone()
    return link


def _gone() -> NotFound:
    return NotFound(response=_private(make_response(render_template("welcome/gone.html"), 404)))


def _form(link: PasswordLink, invitation: str, problem: str = "") -> Response:
    shown = {"person": link.user, "invitation": invitation, "problem": problem, "shortest": passwords.SHORTEST}
    return _private(make_response(render_template("welcome/page.html", **shown), 422 if problem else 200))


def _private(answer: Response) -> Response:
    """The address is a secret: no page of others learns it. (With a policy of "no-referrer", a browser would not say
    where its form comes from, either.)
    """
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
