"""Who is asking: the browser's token in the signed cookie, looked up in the table of sign-ins at each request."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, Request, Response, g, redirect, session, url_for
from flask_login import LoginManager, current_user
from htmx_flask import request

from flexie import audit, signin, zones
from flexie.db import db
from flexie.models import SignIn, User
from flexie.web import htmx, seen, useragents

BROWSER = "sign_in"
_manager = LoginManager()


def init_app(app: Flask) -> None:
    """Let `current_user` be the person who is signed in, or None."""
    _manager.anonymous_user = lambda: None
    _manager.session_protection = None
    _manager.init_app(app)


@_manager.request_loader
def _person(_request: Request) -> User | None:
    g.sign_in, g.account = signin.find(session.get(BROWSER)) or (None, None)
    person = g.sign_in.user if g.sign_in else None
    audit.act_as(person)
    seen.saw(person)
    return person


@_manager.user_loader
def _nobody(_id: str) -> None:
    """Flask-Login's own kind of cookie is not used: it could not be revoked."""


def let_in(person: User) -> None:
    """Sign this browser in, and commit. What its cookie held before is dropped: a planted cookie leads nowhere.

    The form may tell the browser's time zone in `zone`.
    """
    signin.end(session.get(BROWSER))
    told = request.form.get("zone")
    zone = told if zones.zone(told) else None
    token = signin.begin(person, useragents.words(request.user_agent.string), zone)
    db.session.commit()
    session.clear()
    session[BROWSER] = token
    session.permanent = True


def me() -> User:
    """The person who is signed in, on pages that need one."""
    return current_user._get_current_object()


def this_browser() -> SignIn | None:
    """The sign-in of the browser that asks, if somebody is signed in."""
    return g.sign_in if current_user else None


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
