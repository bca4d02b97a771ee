"""Requests that only read do not ask SQLite for its one write lock."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from flexie import db

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])


def only_reads(view: View) -> View:
    """Mark a view that reads although it is called by POST (to keep what people typed out of addresses)."""
    view.only_reads = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Begin each request as a reader or a writer."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE_METHODS or getattr(view, "only_reads", False):
        g.reading = ExitStack()
        g.reading.enter_context(db.reading())


def end() -> None:
    """What was read is done with: what follows in this request may write."""
    db.db.session.rollback()
    _end(None)


def _end(_problem: BaseException | None) -> None:
    stack = g.pop("reading", None)
    if stack is not None:
        stack.close()
