"""A change is only made for a page of ours: by token, and by where the browser says that it comes from."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, request
from flask_wtf import CSRFProtect

from flexie.web.reading import SAFE_METHODS

protect = CSRFProtect()
_machines: set[str] = set()


def init_app(app: Flask) -> None:
    """Ask every changing request for its token and its origin."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.setdefault("WTF_CSRF_SSL_STRICT", False)  # the origin is looked at here, for http too
    protect.init_app(app)
    app.before_request(_check_origin)


def let_machines_call(blueprint: Blueprint) -> None:
    """Webhooks and the API are called by programs that prove who they are in every request, without a cookie."""
    protect.exempt(blueprint)
    _machines.add(blueprint.name)


def _check_origin() -> None:
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS or origin is None or request.blueprint in _machines:
        return
    ours = {_origin(current_app.config["PUBLIC_URL"]), _origin(request.host_url)}
    if origin.lower() not in ours:
        abort(403)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()
