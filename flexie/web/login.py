"""Who is asking: the browser's token in the signed cookie, looked up in the table of sign-ins at each request."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, Response, g, redirect, session, url_for
from flask_login import LoginManager, current_user
from htmx_flask import request

from flexie import audit, signin
from flexie.db import db
from flexie.models import User
from flexie.web import htmx, seen

BROWSER = "sign_in"
_manager = LoginManager()


def init_app(app: Flask) -> None:
    """Let `current_user` be the person who is signed in, or None."""
    _manager.anonymous_user = lambda: None
    _manager.session_protection = None
    _manager.init_app(app)


@_manager.request_loader
def _person(_request: Request) -> User | None:
    person, g.account = signin.person(session.get(BROWSER)) or (None, None)
    audit.act_as(person)
    seen.saw(person)
    return person


@_manager.user_loader
def _nobody(_id: str) -> None:
    """Flask-Login's own kind of cookie is not used: it could not be revoked."""


def let_in(person: User) -> None:
    """Sign this browser in, and commit. What its cookie held before is dropped: a planted cookie leads nowhere."""
    signin.end(session.get(BROWSER))
    token = signin.begin(person)
    db.session.commit()
    session.clear()
    session[BROWSER] = token
    session.permanent = True


def me() -> User:
    """The person who is signed in, on pages that need one."""
    return current_user._get_current_object()


def pages(name: str) -> Blueprint:
    """A blueprint whose pages are only for people who are signed in."""
    blueprint = Blueprint(name, f"flexie.web.{name}")
    blueprint.before_request(require)
    return blueprint


def require() -> Response | None:
    """Send whoever is not signed in to the form; a fragment is answered 401, and htmx goes there."""
    if current_user:
        return None
    wanted = request.full_path.rstrip("?") if request.method == "GET" and not request.htmx else None
    address = url_for("signin.form", next=wanted)
    if htmx.wants_fragment():
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)  # type: ignore[return-value]


def safe_next(wanted: str | None) -> str:
    """Where to go after signing in: a page of ours, never another site."""
    inbox = url_for("inbox.page")
    if not wanted or not wanted.startswith("/") or "\\" in wanted or wanted.startswith("//"):
        return inbox
    parts = urlsplit(wanted)
    return inbox if parts.scheme or parts.netloc else wanted
