"""Webhooks of a connected provider as they arrive at the application, and what came in by them."""

from sqlalchemy import select

from flexie.db import db
from flexie.models import Line, Message

SECOND = "+12025550177"
"""The number of the connection's other line."""


def deliver(house, kind, **said):
    """An authentic webhook arrives where the provider posts that kind."""
    provider = house.provider
    address = provider.addresses["inbound" if provider.adapter.one_address else kind]
    request = provider.cases.at(address, kind, **said)
    path = request.url.removeprefix(house.app.config["PUBLIC_URL"])
    return house.client.open(path, method=request.method, data=request.body, headers=dict(request.headers))


def texts(house):
    """Each text that came in, with the number of its line."""
    with house.app.app_context():
        query = select(Message.text, Line.number).join(Line, Line.id == Message.line_id)
        return [tuple(row) for row in db.session.execute(query.where(Message.direction == "in"))]
