"""Your settings: name, password, how times and numbers are written for you, and where you are signed in."""

from decimal import Decimal
from typing import Any

from flask import Response, abort, flash, request, url_for

from flexie import clock, signin, you, zones
from flexie.db import db
from flexie.models import SignIn
from flexie.web import htmx, limits, locales
from flexie.web.login import me, pages, this_browser
from flexie.web.viewer import account, code_of_browser, format_for, zone_for, zone_of_browser

bp = pages("you")
EXAMPLE = Decimal("12345.67")


@bp.get("/you")
def page() -> Response:
    """Everything that one may change about oneself."""
    return _page(_kept(), {})


@bp.post("/you")
def change() -> Response:
    """Keep name, zone and format."""
    given = request.form
    try:
        if given.get("format") and given["format"] not in locales.offered():
            raise you.CannotChange({"format": "Choose a format of the list."})
        you.change(me(), given.get("name", ""), given.get("zone", ""), given.get("format", ""))
    except you.CannotChange as problem:
        db.session.rollback()
        return _page({**_kept(), **given.to_dict()}, problem.errors)
    return _done("Saved.")


@bp.get("/you/example")
def example() -> Response:
    """What now and a number look like with a zone and a format that are not kept yet."""
    return htmx.part("you/_example.html", **_example(request.args.get("zone", ""), request.args.get("format", "")))


@bp.post("/you/password")
@limits.guesses
def password() -> Response:
    """Another password, for whoever knows the present one. Passwords are looked at with no transaction open."""
    given, kept, names = request.form, me().password_hash, [*me().names, account().name]
    db.session.rollback()
    try:
        digest = you.new_password(kept, names, given.get("old", ""), given.get("new", ""), given.get("again", ""))
    except you.CannotChange as problem:
        return _page(_kept(), problem.errors)
    ended = you.change_password(_browser(), digest)
    return _done(f"Your password is changed. {_ended(ended)}".strip())


@bp.post("/you/sign-out-elsewhere")
def sign_out_elsewhere() -> Response:
    """Sign out in every other browser."""
    return _done(_ended(you.sign_out_elsewhere(_browser())) or "You are signed in nowhere else.")


@bp.post("/you/zone")
def zone() -> Response:
    """The zone that this browser is in, as its script tells it. 205: what is on the page is on another clock now."""
    told, before = request.form.get("zone"), zone_for(me().time_zone)
    if zones.zone(told):
        _browser().time_zone = told
        db.session.commit()
    return Response(status=205 if zone_for(me().time_zone) != before else 204)


def _browser() -> SignIn:
    return this_browser() or abort(401)


def _kept() -> dict[str, str]:
    return {"name": me().name, "zone": me().time_zone or "", "format": me().locale or ""}


def _done(sentence: str) -> Response:
    db.session.commit()
    flash(sentence)
    return htmx.go(url_for(".page"))


def _ended(count: int) -> str:
    others = "one other browser" if count == 1 else f"{count} other browsers"
    return f"You are signed out in {others}." if count else ""


def _page(box: dict[str, str], errors: dict[str, str]) -> Response:
    shown: dict[str, Any] = {
        "box": box,
        "errors": errors,
        "zones": zones.offered(),
        "place": zones.place,
        "formats": locales.offered(),
        "as_browser": {
            "zone": zones.place(zone_of_browser() or account().time_zone),
            "format": locales.name(code_of_browser()),
        },
        "sign_ins": signin.of(me()),
        "here": _browser(),
        **_example(box["zone"], box["format"]),
    }
    return htmx.answer("you/page.html", "you/page.html", status=422 if errors else 200, **shown)


def _example(zone: str, code: str) -> dict[str, Any]:
    """What is chosen, or what holds where nothing is."""
    now, write = clock.now().astimezone(zone_for(zone)), format_for(code)
    return {"now": write.joined(write.heading(now, with_year=True), now), "number": write.number(EXAMPLE)}
