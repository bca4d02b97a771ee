"""The opt-out ledger: who wants no texts, and each number's history."""

from datetime import datetime

from flask import Response, request, url_for

from flexie import outbox, wishes
from flexie.db import db
from flexie.web import htmx, optouts
from flexie.web.settings.consent.blueprint import PAGE, bp


@bp.get("/settings/consent")
def listing() -> Response:
    """Those who opted out, the latest first; a number that is looked for has a page of its own."""
    typed = request.args.get("number", "").strip()
    problem = ""
    if typed:
        try:
            return htmx.go(url_for(".number", of=outbox.number_typed(typed)))
        except outbox.OutboxError as wrong:
            problem = str(wrong)
    found = wishes.page(_mark(request.args.get("since", ""), request.args.get("behind", "")), PAGE)
    if htmx.wants_fragment():
        return htmx.part("settings/consent/_entries.html", found=found)
    page = "settings/consent/list.html"
    return htmx.answer(page, page, status=422 if problem else 200, found=found, typed=typed, problem=problem)


@bp.get("/settings/consent/number")
def number() -> Response:
    """What stands in the ledger about a number, and how it came to that."""
    typed = request.args.get("of", "")
    return _number(typed) if typed else htmx.go(url_for(".listing"))


@bp.post("/settings/consent/number")
def change() -> Response:
    """Write down what somebody told us of being texted."""
    typed = request.form.get("of", "")
    problem = optouts.written(_e164(typed))
    if problem:
        db.session.rollback()
        return _number(typed, problem)
    db.session.commit()
    return htmx.go(url_for(".number", of=_e164(typed)))


def _number(typed: str, problem: str = "") -> Response:
    shown = optouts.shown(_e164(typed), problem)
    page = "settings/consent/number.html"
    return htmx.answer(page, page, status=422 if problem else 200, **shown)


def _e164(typed: str) -> str:
    """The number that an address names. What is none is simply not there (404)."""
    return optouts.number_or_404(typed)


def _mark(since: str, behind: str) -> tuple[datetime, str] | None:
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        return None
    return (at, behind) if at.tzinfo is not None else None
