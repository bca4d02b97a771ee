"""What the pages of lines have in common."""

from flask import abort
from sqlalchemy import select

from flexie import connecting, providers, vault
from flexie.db import db
from flexie.models import Connection, Line
from flexie.web.settings.frame import administered

bp = administered("lines")


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


def let_go() -> None:
    """End the transaction: no session is open while a provider is asked."""
    db.session.rollback()
