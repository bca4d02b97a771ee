"""How things look to people: times in the account's zone, numbers as at home, statuses in words."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g
from flask_login import current_user
from sqlalchemy import select

from flexie import clock, fields, inbox, notices, phones, search
from flexie.db import db
from flexie.models import Line, Settings, User
from flexie.web import statuswords

MOST_SHOWN = 99  # a count beyond it is "99+"


def init_app(app: Flask) -> None:
    """Give templates their filters and what every page shows."""
    app.jinja_env.filters.update(
        brief=brief,
        moment=moment,
        clock=clock_time,
        day=day,
        whole=whole,
        iso=iso,
        phone=phone,
        count=counted,
        initials=initials,
        marked=search.marked,
        size=size,
    )
    app.jinja_env.globals.update(
        account=account,
        unread_count=unread_count,
        unread_notices=unread_notices,
        status_of=statuswords.of,
        shown_field=fields.shown,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"simulator": bool(current_app.config["SIMULATOR"])})


def account() -> Settings:
    """The account's settings, read once a request."""
    if g.get("account") is None:
        g.account = Settings.get()
    return g.account


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


def inbox_counts(user: User, line: Line | None) -> inbox.Counts:
    """What the filters of the inbox hold, counted together with what stands on every page."""
    counters = inbox.counters(user, line)
    *counted, unread, unread_notices = db.session.execute(select(*counters.values(), *_unread_counters(user))).one()
    g.unread = (unread, unread_notices)
    return dict(zip(counters, counted, strict=True))


def local(moment: datetime) -> datetime:
    """A moment in the account's time zone."""
    return moment.astimezone(ZoneInfo(account().time_zone))


def clock_time(moment: datetime) -> str:
    """14:05"""
    return local(moment).strftime("%H:%M")


def brief(moment: datetime) -> str:
    """As short as it stays clear: 14:05, Yesterday, Mon, 3 Nov, 3 Nov 2025."""
    then, today = local(moment), local(clock.now())
    age = (today.date() - then.date()).days
    if age == 0:
        return then.strftime("%H:%M")
    if age == 1:
        return "Yesterday"
    if 1 < age < 7:
        return then.strftime("%a")
    return f"{then.day} {then:%b}" if then.year == today.year else f"{then.day} {then:%b %Y}"


def moment(then: datetime) -> str:
    """As short as it stays clear, with the time: 14:05, Yesterday 14:05, Mon 14:05, 3 Nov 14:05, Tomorrow 09:00."""
    days = (local(then).date() - local(clock.now()).date()).days
    if days == 0:
        return clock_time(then)
    return f"{'Tomorrow' if days == 1 else brief(then)} {clock_time(then)}"


def day(moment: datetime) -> str:
    """The heading over the texts of one day: Today, Yesterday, Monday 3 November."""
    then, today = local(moment).date(), local(clock.now()).date()
    if then == today:
        return "Today"
    if then == today - timedelta(days=1):
        return "Yesterday"
    written = f"{then:%A} {then.day} {then:%B}"
    return written if then.year == today.year else f"{written} {then.year}"


def whole(moment: datetime) -> str:
    """Monday 3 November 2026, 14:05"""
    then = local(moment)
    return f"{then:%A} {then.day} {then:%B %Y}, {then:%H:%M}"


def iso(moment: datetime) -> str:
    """For the datetime attribute of a time element."""
    return moment.isoformat(timespec="seconds")


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
