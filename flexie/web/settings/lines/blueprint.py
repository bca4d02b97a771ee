"""What the pages of lines have in common."""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import abort, current_app
from sqlalchemy import select

from flexie import connecting, connections, providers, vault
from flexie.db import db
from flexie.models import Connection, Line
from flexie.web.settings.frame import administered

bp = administered("lines")

WHOLE = "whole form"
"""Where an error stands that is about no box of a form: credentials have names of their own, one is "account"."""


DOUBTS = "doubts"
"""Where sentences stand that ask whether numbers are to be connected all the same."""


def line_of(public_id: str) -> Line:
    """The line of an address, or 404."""
    return db.session.scalar(select(Line).where(Line.public_id == public_id)) or abort(404)


def connection_of(public_id: str) -> Connection:
    """The connection of an address, or 404."""
    return db.session.scalar(select(Connection).where(Connection.public_id == public_id)) or abort(404)


def account_of(connection: Connection) -> connecting.Account:
    """What is needed to ask a connection's provider, as plain data.

    Raises:
        VaultError: the credentials do not open.
    """
    return connecting.Account(connection.provider, vault.unseal(connection.credentials), connection.base_url)


def label_of(provider: str) -> str:
    """What people call a provider."""
    return providers.adapter(provider).label


def unreachable(base_url: str) -> bool:
    """Whether a provider out in the world cannot post to this installation, as its address is one of this machine."""
    return is_local(current_app.config["PUBLIC_URL"]) and not is_local(base_url)


def is_local(address: str) -> bool:
    """Whether a web address can be reached from its own machine or network only."""
    host = urlsplit(address).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local")) or "." not in host


def doubts_about(
    lines: Iterable[Line], account: connecting.Account, found: list[providers.OwnNumber] | None
) -> list[str]:
    """Why these new lines may be a mistake; `found` are the account's numbers, None if its provider does not tell."""
    strange = [] if found is None else connecting.unlisted(account, found, [line.number for line in lines])
    sentences = [
        f"{label_of(account.provider)} does not list {number} among this account's numbers." for number in strange
    ]
    for line in lines:
        if any(letter.isalpha() for letter in line.number):
            sentences.append(f"“{line.number}” is a sender's name and no number: nobody can answer it.")
        if other := connections.another_with(line):
            sentences.append(f"{line.number} is a line already: {other.name}. A text to it comes in on one line only.")
    return sentences


def let_go() -> None:
    """End the transaction: no session is open while a provider is asked."""
    db.session.rollback()
