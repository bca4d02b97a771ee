"""What the page of phones shows: rendered whole, or the part of it that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app, render_template, request, url_for

from flexie.simulator.behaviour import OUTCOMES, RECEIPTS
from flexie.simulator.network import Network
from flexie.simulator.records import Phone

PHONES_ON_A_PAGE = 12
PICTURE = "simulator_api.sample_picture"

STATUS_WORDS = {
    "queued": "on its way",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "undelivered": "not delivered",
    "sending": "sending",
    "received": "received",
    "retrying": "no answer yet, trying again",
    "refused": "refused by the application",
    "lost": "never picked up",
}
"""The status of a text as the page says it."""


@dataclass(frozen=True)
class PhonesPage:
    """Renders for one network; `show_account` prints the first account's key and secret as well.

    `address` is where applications reach the network's API (without `/v1`); None: where the page itself is. `home` is
    where the application is that the page is mounted in; `names` what that calls the numbers of the lines that whoever
    looks may use, and nothing of other lines is shown. None: everything is.
    """

    network: Network
    show_account: bool
    address: str | None = None
    home: str | None = None
    names: Callable[[], Mapping[str, str]] | None = None

    def whole(self, problem: Mapping[str, str] | None = None) -> str:
        """The page; a `problem` (form, number, message) stands beside its form, with what was typed."""
        phones = self.network.phones(PHONES_ON_A_PAGE + 1, request.args.get("before", type=int))
        newest, names = self.network.phones(1), self._names()
        return render_template(
            "simulator/page.html",
            phones=[self._of_phone(phone, names) for phone in phones[:PHONES_ON_A_PAGE]],
            older=phones[PHONES_ON_A_PAGE - 1].id if len(phones) > PHONES_ON_A_PAGE else None,
            newest=newest[0].id if newest else 0,
            account=self.network.any_account() if self.show_account else None,
            home=self.home,
            has_lines=bool(self._lines(names)),
            problem=problem or {},
            typed=request.form,
        )

    def conversation(self, phone: Phone, written: bool = False) -> str:
        """The refreshed part of a phone; after a text was written there, the last complaint goes."""
        shown = self._of_phone(phone, self._names())
        return render_template("simulator/_refreshed.html", written=written, out_of_band=True, **shown)

    def menu(self, phone: Phone) -> str:
        """The network menu of a phone, closed."""
        return render_template("simulator/_network.html", **self._of_phone(phone, self._names()))

    def complaint(self, phone: Phone, problem: Mapping[str, str]) -> str:
        """The line beside the form that a problem is about."""
        return render_template("simulator/_complaint.html", phone=phone, form=problem["form"], problem=problem)

    def newcomers(self, newest: int, phones: list[Phone]) -> str:
        """The notice about phones that came after the page was opened."""
        return render_template("simulator/_newcomers.html", newcomers=phones, newest=newest)

    def may_text(self, line: str) -> bool:
        """Whether whoever looks may text this line."""
        names = self._names()
        return names is None or line in names

    def _names(self) -> Mapping[str, str] | None:
        return self.names() if self.names else None

    def _lines(self, names: Mapping[str, str] | None) -> list[str]:
        return [line.number for line in self.network.lines() if names is None or line.number in names]

    def _of_phone(self, phone: Phone, names: Mapping[str, str] | None) -> dict[str, object]:
        texts = [text for text in self.network.conversation(phone.number) if names is None or text.line in names]
        return {
            "phone": phone,
            "texts": texts,
            "lines": self._lines(names),
            "names": names or {},
            "last_line": texts[-1].line if texts else None,
            "blocked": self.network.blocked_lines(phone.number),
            "outcomes": OUTCOMES,
            "receipts": RECEIPTS,
            "words": STATUS_WORDS,
            "picture": self._picture(),
            "picture_here": _picture_here(),
        }

    def _picture(self) -> str | None:
        """The address at which applications find the picture that a phone can send, if there is one."""
        here = _picture_here()
        if here is None or self.address is None:
            return here and url_for(PICTURE, _external=True)
        return self.address + here.removeprefix(url_for("simulator.page_of_phones"))


def _picture_here() -> str | None:
    """Its address on this page; None where the API is not mounted beside the page."""
    return url_for(PICTURE) if PICTURE in current_app.view_functions else None


def dom_id(number: str) -> str:
    """A number as a part of an element's id."""
    return number.lstrip("+")


def clock_time(seconds: float) -> str:
    """Hours and minutes in UTC of a moment in seconds since the epoch; the page's script makes it local."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M")
