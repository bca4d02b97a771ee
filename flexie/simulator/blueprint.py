"""The page of phones: each with its conversation, a box to write as its owner, and a menu of what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flexie.simulator.api import create_api
from flexie.simulator.behaviour import Behaviour
from flexie.simulator.errors import InvalidNumber, SimulatorError
from flexie.simulator.network import Network
from flexie.simulator.page import PhonesPage, clock_time, dom_id
from flexie.simulator.records import Phone, iso_moment
from flexie.simulator.texting import text_a_line

__all__ = ["create_api", "create_blueprint"]


def create_blueprint(
    network: Network,
    guard: Callable[[], ResponseReturnValue | None] | None = None,
    show_account: bool = False,
    address: str | None = None,
    home: str | None = None,
    names: Callable[[], Mapping[str, str]] | None = None,
) -> Blueprint:
    """The pages at /simulator. `guard` runs before each and may answer in its place (a sign-in check).

    `show_account` prints the first account's key and secret on the page, for whoever runs it alone. `address` is where
    applications reach the network, if that is not where people open the page. Mounted in an application, `home` leads
    back to it, and `names` tells what it calls the numbers of the lines that whoever looks may use: all else is hidden.
    """
    pages = Blueprint("simulator", __name__, url_prefix="/simulator")
    if guard is not None:
        pages.before_request(guard)
    page = PhonesPage(network, show_account, address, home, names)
    _add_phones_routes(pages, page)
    _add_text_routes(pages, page)
    _add_menu_routes(pages, page)
    pages.register_error_handler(SimulatorError, _nothing_there)
    pages.add_app_template_filter(dom_id, "simulator_id")
    pages.add_app_template_filter(iso_moment, "simulator_iso")
    pages.add_app_template_filter(clock_time, "simulator_time")
    return pages


def _add_phones_routes(pages: Blueprint, page: PhonesPage) -> None:
    @pages.get("", strict_slashes=False)
    def page_of_phones() -> str:
        return page.whole()

    @pages.post("/phones")
    def add_phone() -> ResponseReturnValue:
        try:
            phone = page.network.add_phone(request.form.get("number", ""), request.form.get("name", ""))
        except SimulatorError as problem:
            return page.whole({"form": "new", "message": problem.message}), 422
        return _back_to(phone)

    @pages.get("/newcomers")
    def newcomers() -> ResponseReturnValue:
        newest = request.args.get("after", 0, type=int)
        phones = page.network.phones_after(newest)
        if not phones or phones[-1].id <= request.args.get("told", 0, type=int):
            return "", 204
        return page.newcomers(newest, phones)


def _add_text_routes(pages: Blueprint, page: PhonesPage) -> None:
    @pages.get("/phones/<number>/conversation")
    def conversation(number: str) -> ResponseReturnValue:
        phone = page.network.phone(number)
        if request.args.get("seen", -1, type=int) == phone.version:
            return "", 204
        return page.conversation(phone)

    @pages.post("/phones/<number>/texts")
    def write_text(number: str) -> ResponseReturnValue:
        form = request.form
        try:
            if not page.may_text(form.get("line", "")):
                raise InvalidNumber("You may not use this line.")
            text_a_line(page.network, number, form.get("line", ""), form.get("text"), form.getlist("media"))
        except SimulatorError as problem:
            return _complain(page, number, "text", problem)
        phone = page.network.phone(number)
        return page.conversation(phone, written=True) if _by_htmx() else _back_to(phone)


def _add_menu_routes(pages: Blueprint, page: PhonesPage) -> None:
    @pages.post("/phones/<number>/behaviour")
    def set_behaviour(number: str) -> ResponseReturnValue:
        form = request.form
        try:
            behaviour = Behaviour.from_mapping(form)
            phone = page.network.set_behaviour(number, behaviour, "once" in form, "carrier_stop" in form)
        except SimulatorError as problem:
            return _complain(page, number, "network", problem)
        return page.menu(phone) if _by_htmx() else _back_to(phone)


def _complain(page: PhonesPage, number: str, form: str, problem: SimulatorError) -> ResponseReturnValue:
    """Say what is wrong beside the form that it is about, and keep what was typed."""
    phone = page.network.phone(number)
    found = {"form": form, "number": phone.number, "message": problem.message}
    if not _by_htmx():
        return page.whole(found), 422
    place = f"#{form}-problem-{dom_id(phone.number)}"
    return page.complaint(phone, found), 422, {"HX-Retarget": place, "HX-Reswap": "outerHTML"}


def _nothing_there(error: SimulatorError) -> ResponseReturnValue:
    return error.message, error.status, {"Content-Type": "text/plain; charset=utf-8"}


def _by_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def _back_to(phone: Phone) -> ResponseReturnValue:
    return redirect(url_for("simulator.page_of_phones", _anchor=f"phone-{dom_id(phone.number)}"), 303)
