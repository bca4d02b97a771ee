"""How things look to people: times on their own clock, numbers as at home, and what every page shows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask, current_app, g
from flask_login import current_user
from sqlalchemy import select

from flexie import clock, inbox, notices, passing, phones, search
from flexie.db import db
from flexie.models import User
from flexie.web import fieldwords, statuswords
from flexie.web.viewer import account, home_time, viewer, zone_of_browser

MOST_SHOWN = 99  # a count beyond it is "99+"


def init_app(app: Flask) -> None:
    """Give templates their filters and what every page shows."""
    app.jinja_env.filters.update(
        brief=brief,
        moment=moment,
        clock=clock_time,
        day=day,
        whole=whole,
        home_whole=home_whole,
        dated=dated,
        weekday_and_day=weekday_and_day,
        iso=iso,
        figure=figure,
        change=change,
        phone=phone,
        count=counted,
        initials=initials,
        marked=search.marked,
        role=role_word,
        size=size,
    )
    app.jinja_env.globals.update(
        account=account,
        viewer=viewer,
        home_time=home_time,
        zone_of_browser=zone_of_browser,
        unread_count=unread_count,
        unread_notices=unread_notices,
        status_of=statuswords.of,
        may_send_anyway=passing.may_be_sent,
        this_moment=clock.now,
        shown_field=fieldwords.shown,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"simulator": bool(current_app.config["SIMULATOR"])})


def role_word(role: str) -> str:
    """What a person with this role is called."""
    return "Administrator" if role == "admin" else role.capitalize()


def unread_count() -> int:
    """Unread conversations of whoever is signed in, counted once a request."""
    return _unread()[0]


def unread_notices() -> int:
    """Unread notices of whoever is signed in, counted once a request."""
    return _unread()[1]


def _unread() -> tuple[int, int]:
    """Conversations and notices, by one statement; `inbox_counts` has counted them already."""
    if "unread" not in g:
        counted = _unread_counters(current_user) if current_user else []
        g.unread = tuple(db.session.execute(select(*counted)).one()) if counted else (0, 0)
    return g.unread


def _unread_counters(user: User) -> list[Any]:
    return [inbox.unread_counter(user).label("unread_here"), notices.unread_counter(user).label("unread_notices")]


def inbox_counts(user: User, view: inbox.View) -> inbox.Counts:
    """What the filters of the inbox hold, counted together with what stands on every page."""
    counters = inbox.counters(user, view.line, view.lines, view.channel)
    *counted, unread, unread_notices = db.session.execute(select(*counters.values(), *_unread_counters(user))).one()
    g.unread = (unread, unread_notices)
    return dict(zip(counters, counted, strict=True))


def clock_time(moment: datetime) -> str:
    """14:05"""
    return viewer().format.time(viewer().local(moment))


def brief(moment: datetime) -> str:
    """As short as it stays clear: 14:05, Yesterday, Mon, 3 Nov, 3 Nov 2025."""
    then, today, write = viewer().local(moment), viewer().today(), viewer().format
    age = (today - then.date()).days
    if age == 0:
        return write.time(then)
    if age == 1:
        return "Yesterday"
    if 1 < age < 7:
        return write.weekday(then)
    return write.day(then) if then.year == today.year else write.dated(then)


def moment(moment: datetime) -> str:
    """As short as it stays clear, with the time: 14:05, Yesterday 14:05, Mon 14:05, 3 Nov, 14:05, Tomorrow 09:00."""
    then, write = viewer().local(moment), viewer().format
    days = (then.date() - viewer().today()).days
    if days == 0:
        return write.time(then)
    if -7 < days <= 1:
        return f"{'Tomorrow' if days == 1 else brief(moment)} {write.time(then)}"
    return write.joined(brief(moment), then)


def day(moment: datetime) -> str:
    """The heading over the texts of one day: Today, Yesterday, Monday 3 November."""
    then, today = viewer().local(moment).date(), viewer().today()
    if then == today:
        return "Today"
    if then == today - timedelta(days=1):
        return "Yesterday"
    return viewer().format.heading(then, with_year=then.year != today.year)


def whole(moment: datetime) -> str:
    """Monday, 3 November 2026, 14:05"""
    then, write = viewer().local(moment), viewer().format
    return write.joined(write.heading(then, with_year=True), then)


def home_whole(moment: datetime) -> str:
    """A moment on the account's clock, with its name where the person's differs: 7 Jan 2030, 14:05 (New York time)"""
    return fieldwords.at_home(moment)


def dated(day: date) -> str:
    """A day of the calendar, the same in every zone: 7 Jan 2030"""
    return viewer().format.dated(day)


def weekday_and_day(day: date) -> str:
    """A day of the calendar that is near: Mon 7 Jan"""
    return viewer().format.weekday_and_day(day)


def iso(moment: datetime) -> str:
    """For the datetime attribute of a time element."""
    return moment.isoformat(timespec="seconds")


def figure(number: float) -> str:
    """How many, or how much: 1,234, or 12.5"""
    return viewer().format.number(Decimal(str(number)))


def change(number: int) -> str:
    """How many more or fewer: +1,234"""
    return f"{'+' if number > 0 else ''}{figure(number)}"


def phone(number: str) -> str:
    """A number as people of this account read it."""
    return phones.for_people(number, account().prefix)


def counted(number: int) -> str:
    """A count that stays short."""
    return f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number)


def size(count: int) -> str:
    """The size of a file: 800 bytes, 12 KB, 3.4 MB."""
    if count < 1_000:
        return f"{count} bytes"
    return f"{count / 1_000:.0f} KB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def initials(name: Any) -> str:
    """Two letters for a person, the sign of a number for a number."""
    words = [word for word in str(name).split() if word[0].isalpha()]
    if not words:
        return "#"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
