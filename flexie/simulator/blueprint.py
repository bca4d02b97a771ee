"""The page of phones: each with its conversation, a box to write as its owner, and a menu of what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from flexie.simulator.api import create_api
from flexie.simulator.behaviour import OUTCOMES, RECEIPTS, Behaviour
from flexie.simulator.errors import SimulatorError
from flexie.simulator.network import Network
from flexie.simulator.records import Phone, Text, iso_moment
from flexie.simulator.texting import text_a_line

__all__ = ["create_api", "create_blueprint"]

PHONES_ON_A_PAGE = 12

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


def create_blueprint(
    network: Network, guard: Callable[[], ResponseReturnValue | None] | None = None, show_account: bool = False
) -> Blueprint:
    """The pages at /simulator. `guard` runs before each and may answer in its place (a sign-in check).

    `show_account` prints the first account's key and secret on the page, for whoever runs it alone.
    """
    pages = Blueprint("simulator", __name__, url_prefix="/simulator")
    if guard is not None:
        pages.before_request(guard)
    _add_page_routes(pages, network, show_account)
    _add_phone_routes(pages, network)
    pages.add_app_template_filter(_dom_id, "simulator_id")
    pages.add_app_template_filter(iso_moment, "simulator_iso")
    pages.add_app_template_filter(_clock_time, "simulator_time")
    return pages


def _add_page_routes(pages: Blueprint, network: Network, show_account: bool) -> None:
    @pages.get("", strict_slashes=False)
    def page() -> ResponseReturnValue:
        return _page(network, show_account)

    @pages.post("/phones")
    def add_phone() -> ResponseReturnValue:
        number = request.form.get("number", "")
        try:
            phone = network.add_phone(number, request.form.get("name", ""))
        except SimulatorError as problem:
            return _page(network, show_account, {"form": "new", "message": problem.message}), 422
        return redirect(_place_of(phone), 303)

    @pages.get("/newcomers")
    def newcomers() -> ResponseReturnValue:
        newest = request.args.get("after", 0, type=int)
        phones = network.phones_after(newest)
        if not phones:
            return "", 204
        return render_template("simulator/_newcomers.html", newcomers=phones, newest=newest)


def _add_phone_routes(pages: Blueprint, network: Network) -> None:
    @pages.get("/phones/<number>/conversation")
    def conversation(number: str) -> ResponseReturnValue:
        phone = network.phone(number)
        if request.args.get("seen", -1, type=int) == phone.version:
            return "", 204
        return _conversation(network, phone)

    @pages.post("/phones/<number>/texts")
    def write_text(number: str) -> ResponseReturnValue:
        form = request.form
        try:
            text_a_line(network, number, form.get("line", ""), form.get("text", ""), form.getlist("media"))
        except SimulatorError as problem:
            return _problem(network, number, problem)
        phone = network.phone(number)
        return _conversation(network, phone, "") if _by_htmx() else redirect(_place_of(phone), 303)

    @pages.post("/phones/<number>/behaviour")
    def set_behaviour(number: str) -> ResponseReturnValue:
        form = request.form
        try:
            behaviour = Behaviour.from_mapping(form)
            phone = network.set_behaviour(number, behaviour, "once" in form, "carrier_stop" in form)
        except SimulatorError as problem:
            return _problem(network, number, problem)
        if _by_htmx():
            return render_template("simulator/_network.html", **_of_phone(network, phone))
        return redirect(_place_of(phone), 303)

    @pages.errorhandler(SimulatorError)
    def refuse(error: SimulatorError) -> ResponseReturnValue:
        return error.message, error.status


def _page(network: Network, show_account: bool, problem: Mapping[str, str] | None = None) -> str:
    phones = network.phones(PHONES_ON_A_PAGE + 1, request.args.get("before", type=int))
    newest = network.phones(1)
    return render_template(
        "simulator/page.html",
        phones=[_of_phone(network, phone) for phone in phones[:PHONES_ON_A_PAGE]],
        older=phones[PHONES_ON_A_PAGE - 1].id if len(phones) > PHONES_ON_A_PAGE else None,
        newest=newest[0].id if newest else 0,
        account=network.any_account() if show_account else None,
        has_lines=bool(network.lines()),
        problem=problem or {},
        typed=request.form,
    )


def _of_phone(network: Network, phone: Phone) -> dict[str, object]:
    texts = network.conversation(phone.number)
    return {
        "phone": phone,
        "texts": texts,
        "lines": [line.number for line in network.lines()],
        "last_line": _last_line(texts),
        "blocked": network.blocked_lines(phone.number),
        "outcomes": OUTCOMES,
        "receipts": RECEIPTS,
        "words": STATUS_WORDS,
    }


def _last_line(texts: list[Text]) -> str | None:
    return texts[-1].line if texts else None


def _conversation(network: Network, phone: Phone, problem: str | None = None) -> str:
    """The refreshed part of a phone; with `problem` (also when blank) its line of complaint as well."""
    return render_template(
        "simulator/_refreshed.html", complaint=problem, out_of_band=True, **_of_phone(network, phone)
    )


def _problem(network: Network, number: str, problem: SimulatorError) -> ResponseReturnValue:
    if _by_htmx():
        return _conversation(network, network.phone(number), problem.message), 422
    return _page(network, False, {"form": number, "message": problem.message}), 422


def _by_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def _place_of(phone: Phone) -> str:
    return url_for("simulator.page", _anchor=f"phone-{_dom_id(phone.number)}")


def _dom_id(number: str) -> str:
    return number.lstrip("+")


def _clock_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M")
