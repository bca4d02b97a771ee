"""What the account is called, its clock, and when it is open."""

from typing import Any

from flask import Response, flash, request, url_for

from flexie import account, bell, hours, zones
from flexie.db import db
from flexie.models import Settings
from flexie.web import htmx
from flexie.web.settings.frame import administered

bp = administered("general")


@bp.get("/settings/general")
def page() -> Response:
    """The form."""
    kept = Settings.get()
    own = "own" if kept.business_hours else "usual"
    return _form({"name": kept.name, "zone": kept.time_zone, "hours": own, **hours.boxes(kept.business_hours)}, {})


@bp.post("/settings/general")
def change() -> Response:
    """Keep what the form says."""
    box = request.form.to_dict()
    try:
        account.change(Settings.get(), box.get("name", ""), box.get("zone", ""), _hours(box))
    except account.AccountProblem as problem:
        db.session.rollback()
        return _form(box, problem.errors)
    except hours.HoursProblem as problem:
        db.session.rollback()
        return _form(box, {problem.box: str(problem)})
    db.session.commit()
    bell.ring("schedules")
    flash("Saved.")
    return htmx.go(url_for(".page"))


def _hours(box: dict[str, str]) -> dict[str, Any] | None:
    """The account's own hours, or None for the usual ones. The zone that its clock hangs in stays."""
    zone = (Settings.get().business_hours or {}).get("zone")
    return hours.typed(box, zone) if box.get("hours") == "own" else None


def _form(box: dict[str, str], errors: dict[str, str]) -> Response:
    template = "settings/general/page.html"
    shown: dict[str, Any] = {"box": box, "errors": errors, "zones": zones.offered(), "place": zones.place}
    return htmx.answer(template, template, status=422 if errors else 200, **shown)
