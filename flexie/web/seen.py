"""Whoever asked is noted as seen after the answer is made: a write now and then, also after a page that only read."""

import logging

from flask import Flask, Response, g
from sqlalchemy.exc import OperationalError

from flexie import seen
from flexie.db import db
from flexie.models import User
from flexie.web import reading

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Look at each request's person."""
    app.after_request(_note)


def saw(user: User | None) -> None:
    """This person makes the request."""
    if user is not None and seen.is_old(user.last_seen_at):
        g.seen = user.id


def _note(response: Response) -> Response:
    """An answer that is still being written reads the database: then the next request will do."""
    user_id = g.pop("seen", None)
    if user_id is not None and not response.is_streamed:
        reading.end()
        try:
            seen.keep(user_id)
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            log.warning("not noted as seen", extra={"problem": "the database was busy"})
    return response
