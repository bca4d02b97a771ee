"""The Send later menu of the boxes that people write in: what it offers, and what was picked in it."""

from collections.abc import Mapping
from datetime import datetime

from flask import Flask

from flexie import clock, later, outbox
from flexie.web.showing import account, local, moment


def init_app(app: Flask) -> None:
    """Give templates the moments to pick, and a way to write them."""
    app.jinja_env.globals.update(later_presets=presets)
    app.jinja_env.filters.update(moment_ahead=ahead)


def ahead(then: datetime, *, exact: bool = False) -> str:
    """A moment to come, as short as it stays clear: 14:05, Tomorrow 09:00, Mon 7 Jan 09:00, 7 Jan 2031 09:00.

    With `exact`, the day is named in any case.
    """
    here, today = local(then), local(clock.now()).date()
    if not exact and (here.date() - today).days <= 1:
        return moment(then)
    day = f"{here:%a} {here.day} {here:%b}" if (here.date() - today).days < 300 else f"{here.day} {here:%b %Y}"
    return f"{day} {here:%H:%M}"


def presets() -> list[later.Preset]:
    """The moments that are offered now."""
    return later.presets(account(), clock.now())


def picked(form: Mapping[str, str]) -> later.When:
    """When a form wants its text to go. `later` is a preset's value, or "at" for the moment in `send_at`.

    A moment in `send_at` counts too when the form was sent by its main button.

    Raises:
        outbox.OutboxError: nothing can be sent then.
    """
    choice, typed = form.get("later", ""), form.get("send_at", "").strip()
    chosen = typed if choice in ("", "at") else choice
    if not chosen:
        if choice == "at":
            raise outbox.OutboxError("send_at", "Choose a day and a time.")
        return later.NOW
    try:
        at = later.read(chosen, account(), clock.now())
    except later.NotLater as problem:
        raise outbox.OutboxError("send_at", str(problem)) from None
    return later.When(at, form.get("unless_reply") == "yes", chosen)
