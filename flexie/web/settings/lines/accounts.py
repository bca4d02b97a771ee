"""The page of a connection: other credentials, and more of its numbers."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request, url_for

from flexie import connecting, connections, phones, providers, vault
from flexie.db import db
from flexie.models import Connection
from flexie.web import htmx
from flexie.web.settings.lines.blueprint import DOUBTS, WHOLE, account_of, bp, connection_of, doubts_about, let_go

CONNECTION = "/settings/connections/<public_id>"


@bp.get(CONNECTION)
def connection(public_id: str) -> Response:
    """The account, its lines, and a form for other credentials."""
    return _page(connection_of(public_id))


@bp.post(CONNECTION)
def change_connection(public_id: str) -> Response:
    """Other credentials, once the provider has accepted them."""
    adapter = providers.adapter(connection_of(public_id).provider)
    given = {known.name: request.form.get(known.name, "") for known in adapter.credential_fields}
    address = request.form.get("address", "").strip() if adapter.asks_for_address else None
    try:
        _try_out(connection_of(public_id), given, address)
        is_other = connections.change_credentials(connection_of(public_id), given, address)
        connections.rename(connection_of(public_id), request.form.get("account name") or connection_of(public_id).name)
    except (connections.CannotConnect, providers.AccountProblem, vault.VaultError) as problem:
        db.session.rollback()
        box = problem.box if isinstance(problem, connections.CannotConnect) else ""
        return _page(connection_of(public_id), {box or WHOLE: str(problem)}, given)
    db.session.commit()
    flash("Saved. Sends use the new credentials from now on." if is_other else "Saved.")
    return htmx.go(url_for(".connection", public_id=public_id))


@bp.post(f"{CONNECTION}/numbers")
def add_number(public_id: str) -> Response:
    """One more number becomes a line."""
    number, name = request.form.get("number", ""), request.form.get("name", "").strip()
    try:
        account = account_of(connection_of(public_id))
        found = None if "insist" in request.form else _listed(account)
        line = connections.add_line(connection_of(public_id), number, name or number)
    except (connections.CannotConnect, vault.VaultError) as problem:
        db.session.rollback()
        box = problem.box if isinstance(problem, connections.CannotConnect) else "numbers"
        return _page(connection_of(public_id), {f"new {box}": str(problem)}, request.form)
    if "insist" not in request.form and (doubts := doubts_about([line], account, found)):
        db.session.rollback()
        return _page(connection_of(public_id), {DOUBTS: doubts}, request.form)
    address, name = url_for(".page", public_id=line.public_id), line.name
    db.session.commit()
    flash(f"Added: {name}.")
    return htmx.go(address)


@bp.post(f"{CONNECTION}/find")
def find_numbers(public_id: str) -> Response:
    """The account's numbers that are no lines yet."""
    try:
        account = account_of(connection_of(public_id))
        let_go()
        found = connecting.numbers(account)
    except (providers.AccountProblem, vault.VaultError) as problem:
        return _page(connection_of(public_id), {"new numbers": str(problem)})
    known = {phones.canonical(line.number) for line in connection_of(public_id).lines}
    return _page(connection_of(public_id), found=[own for own in found if phones.canonical(own.number) not in known])


def _listed(account: connecting.Account) -> list[providers.OwnNumber] | None:
    """The account's numbers; None where its provider does not tell them, or not now."""
    if not connecting.can_list(account.provider):
        return None
    let_go()
    try:
        return connecting.numbers(account)
    except providers.AccountProblem:
        return None


def _try_out(connection: Connection, given: Mapping[str, str], address: str | None) -> None:
    """Ask the provider whether it accepts the credentials, where it can be asked."""
    if not connecting.can_list(connection.provider):
        return
    kept = account_of(connection)
    wanted = {**kept.credentials, **{name: value.strip() for name, value in given.items() if value.strip()}}
    account = connecting.Account(kept.provider, wanted, address or kept.base_url)
    let_go()
    connecting.numbers(account)


def _page(
    connection: Connection,
    errors: Mapping[str, Any] | None = None,
    given: Mapping[str, str] | None = None,
    found: list[providers.OwnNumber] | None = None,
) -> Response:
    adapter = providers.adapter(connection.provider)
    shown: dict[str, Any] = {"connection": connection, "adapter": adapter, "errors": errors or {}, "found": found}
    shown["can_list"] = connecting.can_list(adapter.name)
    shown["any_number"] = connecting.gives_any_number(adapter.name)
    shown["given"] = given or {}
    shown["credentials"] = _shown_credentials(connection, adapter)
    page = "settings/lines/connection.html"
    return htmx.answer(page, page, status=422 if errors else 200, **shown)


def _shown_credentials(connection: Connection, adapter: providers.Adapter) -> dict[str, str]:
    """Those that are no secrets; of secrets, only whether there is one."""
    try:
        kept = vault.unseal(connection.credentials)
    except vault.VaultError:
        return {}
    return {known.name: ("" if known.secret else kept.get(known.name, "")) for known in adapter.credential_fields} | {
        f"has {known.name}": "yes" for known in adapter.credential_fields if kept.get(known.name)
    }
