"""Whoever asked is noted as seen once the answer is made: a write now and then, also after a page that only read."""

import logging

from flask import Flask, Response, g
from sqlalchemy.exc import OperationalError

from flexie import seen
from flexie.db import db
from flexie.models import ApiToken, User
from flexie.web import reading

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Look at who makes each request."""
    app.after_request(_note)


def saw(user: User | None, token: ApiToken | None = None) -> None:
    """This person makes the request, through this token if it is a program of theirs."""
    found = {}
    if user is not None and seen.is_old(user.last_seen_at):
        found["user_id"] = user.id
    if token is not None and seen.is_old(token.last_used_at):
        found["token_id"] = token.id
    g.seen = found


def _note(response: Response) -> Response:
    """An answer that is still being written reads the database: then the next request will do."""
    found = g.pop("seen", None)
    if found and not response.is_streamed:
        reading.end()
        try:
            seen.keep(**found)
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            log.warning("not noted as seen", extra={"problem": "the database was busy"})
    return response
