"""All connections with their lines."""

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from flexie.db import db
from flexie.models import Connection
from flexie.web import htmx
from flexie.web.settings.lines.blueprint import bp, label_of


@bp.get("/settings/lines")
def listing() -> Response:
    """Every connection with its lines."""
    query = select(Connection).options(selectinload(Connection.lines)).order_by(Connection.name)
    page = "settings/lines/list.html"
    return htmx.answer(page, page, connections=db.session.scalars(query).all(), label_of=label_of)
