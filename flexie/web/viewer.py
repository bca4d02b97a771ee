"""Who looks at a page: the zone that times are shown in, and the format of dates and numbers.

Both are what the person chose under Your settings; else the zone that this browser told and the format of its
languages; else the account's zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request
from flask_login import current_user

from flexie import clock, zones
from flexie.models import Settings
from flexie.web import locales
from flexie.web.login import this_browser


@dataclass(frozen=True)
class Viewer:
    """A pair of eyes: `zone` is theirs, `home` is the account's, on whose clock everything happens."""

    zone: ZoneInfo
    home: ZoneInfo
    format: locales.Format

    def local(self, moment: datetime) -> datetime:
        """A moment on this person's clock."""
        return moment.astimezone(self.zone)

    def at_home(self, moment: datetime) -> datetime:
        """A moment on the account's clock."""
        return moment.astimezone(self.home)

    def today(self) -> date:
        """The day that it is for this person."""
        return self.local(clock.now()).date()

    def differs(self, moment: datetime) -> bool:
        """Whether this person's clock and the account's show different times at a moment."""
        return self.local(moment).utcoffset() != self.at_home(moment).utcoffset()

    def home_note(self, moment: datetime | None = None) -> str:
        """What to say beside a time on the account's clock ("New York time"), or nothing where the clocks agree."""
        return home_time() if self.differs(moment or clock.now()) else ""


def account() -> Settings:
    """The account's settings, read once a request."""
    if g.get("account") is None:
        g.account = Settings.get()
    return g.account


def home_time() -> str:
    """The account's clock in a sentence: New York time."""
    return zones.spoken(account().time_zone)


def viewer() -> Viewer:
    """Who looks, found out once a request."""
    if "viewer" not in g:
        zone, code = (current_user.time_zone, current_user.locale) if current_user else (None, None)
        g.viewer = Viewer(zone_for(zone), ZoneInfo(account().time_zone), format_for(code))
    return g.viewer


def zone_for(chosen: str | None) -> ZoneInfo:
    """The zone that was chosen; else the browser's, or the account's."""
    return zones.zone(chosen) or zones.zone(zone_of_browser()) or ZoneInfo(account().time_zone)


def format_for(chosen: str | None) -> locales.Format:
    """The format of the code that was chosen; else of the browser's languages."""
    return locales.of(chosen if chosen in locales.offered() else code_of_browser())


def zone_of_browser() -> str | None:
    """The zone that this browser told, if it did."""
    browser = this_browser()
    return browser.time_zone if browser else None


def code_of_browser() -> str:
    """The code of the format of the browser's languages."""
    return locales.preferred(request.accept_languages) if has_request_context() else locales.DEFAULT
