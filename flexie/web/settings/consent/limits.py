"""Quiet hours, and how often machines may text."""

from typing import Any

from flask import Response, flash, request, url_for

from flexie import policy, quiet
from flexie.db import db
from flexie.models import Settings
from flexie.web import htmx
from flexie.web.settings.consent.blueprint import bp


@bp.get("/settings/consent/limits")
def limits() -> Response:
    """The hours and limits as they are."""
    settings = Settings.get()
    box = {limit.name: str(getattr(settings, limit.name)) for limit in policy.LIMITS}
    hours = {"quiet_from": settings.quiet_from or "", "quiet_until": settings.quiet_until or ""}
    return _page(box | hours | {"quiet_answers": "yes" if settings.quiet_answers else ""})


@bp.post("/settings/consent/limits")
def change_limits() -> Response:
    """Keep them; they count from the next text on."""
    try:
        policy.change_limits(request.form)
    except policy.PolicyProblem as problem:
        db.session.rollback()
        return _page(request.form.to_dict(), problem.errors)
    db.session.commit()
    flash("Saved.")
    return htmx.go(url_for(".limits"))


def _page(box: dict[str, str], errors: dict[str, str] | None = None) -> Response:
    shown: dict[str, Any] = {
        "box": box,
        "errors": errors or {},
        "limits": policy.LIMITS,
        "zone_field": quiet.ZONE_FIELD,
    }
    page = "settings/consent/limits.html"
    return htmx.answer(page, page, status=422 if errors else 200, **shown)
