"""The Send later menu of the boxes that people write in: what it offers, and what was picked in it."""

from collections.abc import Mapping
from datetime import date, datetime

from flask import Flask

from flexie import clock, later, outbox
from flexie.web.showing import moment
from flexie.web.viewer import account, viewer

FAR = 300  # days from which on a moment has its year


def init_app(app: Flask) -> None:
    """Give templates the moments to pick, and a way to write them."""
    app.jinja_env.globals.update(later_offers=offers)
    app.jinja_env.filters.update(moment_ahead=ahead, moment_at_home=at_home, for_me=for_me)


def ahead(then: datetime) -> str:
    """A moment to come, as short as it stays clear: 14:05, Tomorrow 09:00, Mon 7 Jan, 09:00, 7 Jan 2031, 09:00."""
    eyes = viewer()
    near = (eyes.local(then).date() - eyes.today()).days <= 1
    return moment(then) if near else _named(eyes.local(then), eyes.today())


def at_home(then: datetime, *, noted: bool = True) -> str:
    """A moment to come on the account's clock, with its day; `noted`: and its name where people's differ."""
    eyes = viewer()
    note = eyes.home_note(then) if noted else ""
    return f"{_named(eyes.at_home(then), eyes.at_home(clock.now()).date())}{f' ({note})' if note else ''}"


def for_me(then: datetime) -> str:
    """A moment of the account's clock as the person's own shows it: 15:00 for you, Tue 01:00 for you."""
    eyes = viewer()
    here, write = eyes.local(then), eyes.format
    day = "" if here.date() == eyes.at_home(then).date() else f"{write.weekday(here)} "
    return f"{day}{write.time(here)} for you"


def _named(here: datetime, today: date) -> str:
    """Mon 7 Jan, 09:00; with the year instead of the weekday when that is far off."""
    write = viewer().format
    is_far = (here.date() - today).days >= FAR
    return write.joined(write.dated(here) if is_far else write.weekday_and_day(here), here)


def offers() -> list[later.Offer]:
    """The moments that are offered now."""
    return later.offered(account(), clock.now())


def picked(form: Mapping[str, str]) -> later.When:
    """When a form wants its text to go. `later` is a preset's value, or "at" for the moment in `send_at`.

    A moment in `send_at` counts too when the form was sent by its main button. `anyway` answers the question whether
    it goes although it is quiet there; `chosen` is then what was picked before the question.

    Raises:
        outbox.OutboxError: nothing can be sent then.
    """
    anyway = form.get("anyway") == "yes"
    choice, typed = form.get("later", form.get("chosen", "") if anyway else ""), form.get("send_at", "").strip()
    chosen = typed if choice in ("", "at") else choice
    if not chosen:
        if choice == "at":
            raise outbox.OutboxError("send_at", "Choose a day and a time.")
        return later.When(anyway=anyway)
    try:
        at = later.read(chosen, account(), clock.now())
    except later.NotLater as problem:
        raise outbox.OutboxError("send_at", str(problem)) from None
    return later.When(at, form.get("unless_reply") == "yes", chosen, anyway)
