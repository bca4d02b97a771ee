"""The simulator as an application of its own: `flask simulator`, tests and benchmarks run this."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, redirect
from flask.typing import ResponseReturnValue

from flexie.simulator.api import create_api
from flexie.simulator.blueprint import create_blueprint
from flexie.simulator.network import Network

ROOT = Path(__file__).resolve().parents[2]

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def create_app(path: str | os.PathLike[str] | Network) -> Flask:
    """Pages and API over the network that stands at `path`; the caller starts a courier where it wants one.

    The network is `app.extensions["simulator"]`; an open Network may be given in place of a path.
    """
    network = path if isinstance(path, Network) else Network(path)
    network.any_account()
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.extensions["simulator"] = network
    app.register_blueprint(create_blueprint(network, show_account=True))
    app.register_blueprint(create_api(network))
    app.add_url_rule("/", "home", _home)
    app.after_request(_harden)
    return app


def _home() -> ResponseReturnValue:
    return redirect("/simulator")


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
