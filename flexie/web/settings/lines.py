"""The lines that the account texts with."""

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from flexie import providers
from flexie.db import db
from flexie.models import Connection
from flexie.web import htmx
from flexie.web.settings.frame import administered

bp = administered("lines")


@bp.get("/settings/lines")
def listing() -> Response:
    """Every connection with its lines."""
    query = select(Connection).options(selectinload(Connection.lines)).order_by(Connection.name)
    page = "settings/lines/list.html"
    return htmx.answer(page, page, connections=db.session.scalars(query).all(), labels=_labels())


def _labels() -> dict[str, str]:
    return {name: providers.adapter(name).label for name in providers.names()}
