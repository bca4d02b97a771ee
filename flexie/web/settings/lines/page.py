"""The page of a line: its addresses, its health, a test, and what it is called."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, flash, request, url_for
from sqlalchemy import update

from flexie import access, audit, clock, connecting, connections, disconnecting, linehealth, providers, vault
from flexie.db import db
from flexie.models import Line
from flexie.web import htmx
from flexie.web.settings.lines.blueprint import account_of, bp, let_go, line_of, unreachable
from flexie.web.settings.lines.testing import new_nonce

LINE = "/settings/lines/<public_id>"


@bp.get(LINE)
def page(public_id: str) -> Response:
    """The page; htmx looks again and again at the health, and at whether it can be removed."""
    line = line_of(public_id)
    return htmx.answer("settings/lines/page.html", "settings/lines/_again.html", **_shown(line))


@bp.post(LINE)
def change(public_id: str) -> Response:
    """Its name and its pace."""
    line = line_of(public_id)
    given = request.form
    try:
        connections.change_line(line, given.get("name", ""), _pace(given.get("pace", "")))
    except connections.CannotConnect as problem:
        db.session.rollback()
        return _page(line_of(public_id), {problem.box: str(problem)}, given)
    db.session.commit()
    flash("Saved.")
    return htmx.go(url_for(".page", public_id=public_id))


@bp.post(f"{LINE}/webhook")
def set_webhook(public_id: str) -> Response:
    """Let the provider post this line's texts here."""
    line = line_of(public_id)
    address = connections.webhook_url(line, "inbound")
    number, line_id, name = line.number, line.id, line.name
    try:
        account = account_of(line.connection)
        if "insist" not in request.form and (taken := _taken_from(account, number, line_id)):
            return _page(line_of(public_id), {"webhook": taken}, insist=True)
        let_go()
        connecting.post_here(account, number, address)
    except (providers.AccountProblem, vault.VaultError) as problem:
        return _page(line_of(public_id), {"webhook": str(problem)})
    audit.note("line", line_id, "changed", {"webhook": (None, "set at the provider")}, name=name)
    _seen_posted(line_id, here=True)
    return htmx.go(url_for(".page", public_id=public_id, _anchor="addresses"))


@bp.post(f"{LINE}/webhook/look")
def look_at_webhook(public_id: str) -> Response:
    """Where the provider posts this line's texts at present."""
    line = line_of(public_id)
    ours, number = connections.webhook_url(line, "inbound"), line.number
    try:
        account = account_of(line.connection)
        let_go()
        theirs = connecting.posts_to(account, number)
    except (providers.AccountProblem, vault.VaultError) as problem:
        return _page(line_of(public_id), {"webhook": str(problem)})
    _seen_posted(line_of(public_id).id, here=theirs == ours)
    if theirs == ours:
        return htmx.go(url_for(".page", public_id=public_id, _anchor="addresses"))
    return _page(line_of(public_id), posts_to=theirs)


@bp.post(f"{LINE}/refusals")
def forget_refusals(public_id: str) -> Response:
    """Whoever has seen why calls were refused, and mended it, begins to count anew."""
    line = line_of(public_id)
    db.session.execute(
        update(Line).where(Line.id == line.id).values(refused_count=0, refused_reason=None, refused_at=None)
    )
    db.session.commit()
    return htmx.go(url_for(".page", public_id=public_id))


@bp.post(f"{LINE}/remove")
def remove(public_id: str) -> Response:
    """Take away a line that was never used."""
    line = line_of(public_id)
    name = line.name
    try:
        disconnecting.remove(line)
    except disconnecting.InUse as problem:
        db.session.rollback()
        return _page(line_of(public_id), {"remove": str(problem)})
    db.session.commit()
    flash(f"Removed: {name}")
    return htmx.go(url_for(".listing"))


def _taken_from(account: connecting.Account, number: str, line_id: int) -> str:
    """Which other line would get these texts no more, in a sentence; blank if none would."""
    let_go()
    other = connections.line_at(connecting.posts_to(account, number))
    if other is None or other.id == line_id:
        return ""
    return f"Texts to {number} come in on another line at present: {other.name}. It would get them no more."


def _seen_posted(line_id: int, *, here: bool) -> None:
    """Keep, in a transaction that ends here, whether the provider posts a line's texts here."""
    moment = clock.now() if here else None
    db.session.execute(update(Line).where(Line.id == line_id).values(posted_here_at=moment))
    db.session.commit()


def _pace(typed: str) -> float | None:
    if not typed.strip():
        return None
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        raise connections.CannotConnect("Write the pace as a number, such as 1 or 0.5.", "pace") from None


def _page(
    line: Line, errors: Mapping[str, str] | None = None, given: Mapping[str, str] | None = None, **more: Any
) -> Response:
    name = "settings/lines/page.html"
    shown = {**_shown(line), "errors": errors or {}, **more}
    if given is not None:
        shown["given"] = given
    return htmx.answer(name, name, status=422 if errors else 200, **shown)


def _shown(line: Line) -> dict[str, Any]:
    adapter = providers.adapter(line.connection.provider)
    pace = line.texts_per_second
    return {
        "line": line,
        "adapter": adapter,
        "health": linehealth.of(line),
        "now": clock.now(),
        "addresses": {kind: connections.webhook_url(line, kind) for kind in ("inbound", "status")},
        "public_url": current_app.config["PUBLIC_URL"],
        "unreachable": unreachable(line.connection.base_url or adapter.default_base_url),
        "open_to": "" if line.open_to_all else access.in_words(access.of(line)),
        "why_it_stays": disconnecting.why_not(line),
        "can_set": connecting.can_set_webhooks(adapter.name),
        "rule": adapter.texts_per_second(line.number),
        "given": {"name": line.name, "pace": f"{pace:g}" if pace is not None else ""},
        "errors": {},
        "nonce": new_nonce(),
    }
