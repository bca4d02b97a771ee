"""Signing in and out."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from flexie import signin
from flexie.db import db, reading
from flexie.web import limits
from flexie.web.login import BROWSER, let_in, safe_next

bp = Blueprint("signin", __name__)


@bp.get("/signin")
def form() -> Response:
    """The form; whoever is signed in already goes on."""
    if current_user:
        return redirect(safe_next(request.args.get("next")), 303)  # type: ignore[return-value]
    return _form()


@bp.post("/signin")
@limits.guesses
def enter() -> Response:
    """Look at one guess."""
    wanted = safe_next(request.form.get("next"))
    try:
        with reading():
            user = signin.recognise(request.form.get("email", ""), request.form.get("password", ""))
    except signin.SignInRefused as refusal:
        return _form(str(refusal), 422)
    finally:
        db.session.rollback()
    let_in(user)
    return redirect(wanted, 303)  # type: ignore[return-value]


@bp.post("/signout")
def leave() -> Response:
    """Sign this browser out, on our side too."""
    signin.end(session.get(BROWSER))
    db.session.commit()
    session.clear()
    return redirect(url_for("signin.form"), 303)  # type: ignore[return-value]


def _form(problem: str = "", status: int = 200) -> Response:
    given = request.values
    page = render_template(
        "signin/page.html", problem=problem, email=given.get("email", ""), next=given.get("next", "")
    )
    return make_response(page, status)
