"""Connecting an account: its provider, its credentials, and which of its numbers become lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, current_app, flash, request, url_for
from sqlalchemy import select

from flexie import connecting, connections, phones, providers, vault
from flexie.db import db
from flexie.models import Connection, Line
from flexie.web import htmx, simulator
from flexie.web.settings.lines.blueprint import DOUBTS, WHOLE, bp, doubts_about, let_go, unreachable

NEW = "/settings/lines/new/<provider>"


@dataclass
class Form:
    """What was typed. Secrets that were typed before go round sealed, and never stand in the page."""

    adapter: providers.Adapter
    name: str
    address: str
    credentials: dict[str, str] = field(repr=False)
    typed: str
    chosen: dict[str, str]  # numbers that were ticked, with the names of their lines

    @classmethod
    def of(cls, adapter: providers.Adapter, given: Mapping[str, str]) -> "Form":
        """As a request brought it."""
        kept = _unsealed(given.get("kept", ""))
        credentials = {
            known.name: given.get(known.name, "").strip() or kept.get(known.name, "")
            for known in adapter.credential_fields
        }
        chosen = {
            number: given.get(f"name {number}", "").strip() or number for number in request.form.getlist("number")
        }
        address = given.get("address", "").strip() if adapter.asks_for_address else ""
        return cls(adapter, given.get("name", "").strip(), address, credentials, given.get("typed", ""), chosen)

    @property
    def account(self) -> connecting.Account:
        """The account that it is about."""
        return connecting.Account(self.adapter.name, self.credentials, self.address or None)

    @property
    def sealed(self) -> str:
        """The secrets, for the way to the browser and back."""
        secret = {known.name for known in self.adapter.credential_fields if known.secret}
        return vault.seal({name: value for name, value in self.credentials.items() if name in secret and value})

    def numbers(self) -> list[tuple[str, str]]:
        """The numbers that become lines, each with its line's name."""
        lines = [line.strip() for line in self.typed.splitlines() if line.strip()]
        name = self.name or self.adapter.label
        if not self.chosen and len(lines) == 1:
            return [_named(lines[0], name)]
        return [*self.chosen.items(), *(_named(line, f"{name} {line}") for line in lines)]


_NAMED = re.compile(r"([+(]?[0-9][0-9 ().\-/]*[0-9])\s+([^\W\d_].*)")
"""A number, and what to call it."""


def _named(typed: str, otherwise: str) -> tuple[str, str]:
    """A number as it was typed, and what to call its line."""
    found = _NAMED.fullmatch(typed)
    return (found[1], found[2]) if found else (typed, otherwise)


def _unsealed(kept: str) -> dict[str, str]:
    try:
        return vault.unseal(kept) if kept else {}
    except vault.VaultError:
        return {}


@bp.get("/settings/lines/new")
def choose() -> Response:
    """Which provider?"""
    adapters = [providers.adapter(name) for name in providers.names()]
    return htmx.answer("settings/lines/choose.html", "settings/lines/choose.html", adapters=adapters)


@bp.get(NEW)
def form(provider: str) -> Response:
    """The provider's own form."""
    adapter = _adapter(provider)
    if _runs_here(adapter):
        address, credentials = simulator.own_account()
        return _form(Form(adapter, _free_name(adapter), address, credentials, "", {}))
    return _form(Form(adapter, _free_name(adapter), adapter.default_base_url, {}, "", {}))


@bp.post(NEW)
def connect(provider: str) -> Response:
    """Look for the account's numbers (`do` is "find"), or connect it. `anyway`: without trying the credentials out."""
    given = Form.of(_adapter(provider), request.form)
    if missing := _missing(given):
        return _form(given, {missing.box: str(missing)})
    if complaint := given.adapter.complaint(given.credentials):
        return _form(given, {WHOLE: complaint})
    found: list[providers.OwnNumber] | None = None
    is_looking = request.form.get("do") == "find"
    if connecting.can_list(provider) and (is_looking or "anyway" not in request.form):
        let_go()
        try:
            found = connecting.numbers(given.account)
        except providers.AccountProblem as problem:
            return _form(given, {WHOLE: str(problem)}, may_go_on=not problem.credentials)
    if is_looking:
        return _form(given, found=found)
    try:
        made = _made(given)
    except connections.CannotConnect as problem:
        db.session.rollback()
        return _form(given, {problem.box or WHOLE: str(problem)}, found=found)
    if "insist" not in request.form and (doubts := doubts_about(made.lines, given.account, found)):
        db.session.rollback()
        return _form(given, {DOUBTS: doubts}, found=found)
    first, names = made.lines[0].public_id, ", ".join(line.name for line in made.lines)
    db.session.commit()
    untried = " Nobody tried the credentials yet: send a test." if "anyway" in request.form else ""
    flash(f"Connected: {names}.{untried}")
    return htmx.go(url_for(".page", public_id=first))


def _made(given: Form) -> Connection:
    numbers = given.numbers()
    return connections.add(
        given.adapter.name,
        given.name or given.adapter.label,
        {name: value for name, value in given.credentials.items() if value},
        [number for number, _ in numbers],
        given.address or None,
        [name for _, name in numbers],
    )


def _missing(given: Form) -> connections.CannotConnect | None:
    for known in given.adapter.credential_fields:
        if known.required and not given.credentials[known.name]:
            return connections.CannotConnect(f"Fill in the {known.label[0].lower()}{known.label[1:]}.", known.name)
    return None


def _form(
    given: Form,
    errors: Mapping[str, Any] | None = None,
    *,
    found: list[providers.OwnNumber] | None = None,
    may_go_on: bool = False,
) -> Response:
    shown: dict[str, Any] = {"given": given, "errors": errors or {}, "found": found, "may_go_on": may_go_on}
    shown["filled_in"] = _runs_here(given.adapter) and _is_own(given)
    shown["untried"] = "anyway" in request.form and found is None
    same = select(Connection).where(Connection.provider == given.adapter.name).order_by(Connection.name)
    shown["known"] = db.session.scalars(same).all()
    shown["can_list"] = connecting.can_list(given.adapter.name)
    shown["any_number"] = connecting.gives_any_number(given.adapter.name)
    shown["public_url"] = current_app.config["PUBLIC_URL"]
    shown["unreachable"] = unreachable(given.address or given.adapter.default_base_url)
    shown["lines"] = _lines_of(found or [])
    page = "settings/lines/form.html"
    return htmx.answer(page, page, status=422 if errors else 200, **shown)


def _runs_here(adapter: providers.Adapter) -> bool:
    """Whether this is the pretend network that runs on the demo's own address."""
    return adapter.name == "simulator" and bool(current_app.config["SIMULATOR"])


def _is_own(given: Form) -> bool:
    """Whether the account is the one that the form was filled in with."""
    address, credentials = simulator.own_account()
    return given.address == address and all(given.credentials[name] == kept for name, kept in credentials.items())


def _lines_of(found: list[providers.OwnNumber]) -> dict[str, str]:
    """Those of the numbers that are lines already, with the lines' names."""
    by_key = {phones.canonical(own.number): own.number for own in found}
    rows = db.session.execute(select(Line.number, Line.name).where(Line.number.in_(by_key)))
    return {by_key[number]: name for number, name in rows}


def _adapter(provider: str) -> providers.Adapter:
    return providers.adapter(provider) if provider in providers.names() else abort(404)


def _free_name(adapter: providers.Adapter) -> str:
    """The provider's name, with a number if a connection is called so."""
    taken = set(db.session.scalars(select(Connection.name).where(Connection.name.startswith(adapter.label))))
    names = [adapter.label, *(f"{adapter.label} {count}" for count in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)
