"""The Simulator on the demo's own address: its page of phones behind our sign-in, its API behind its own key."""

from flask import Flask, current_app
from flask.typing import ResponseReturnValue
from flask_login import current_user

from flexie import segments
from flexie.simulator.api import create_api
from flexie.simulator.blueprint import create_blueprint
from flexie.simulator.courier import Courier
from flexie.simulator.network import Network
from flexie.web import csrf


def init_app(app: Flask) -> None:
    """Mount the pretend phone network at /simulator. Its courier starts with the web process (wsgi.py)."""
    network = Network(app.config["FLEXIE_DATA"] / "simulator.db", count_segments=_segments)
    app.extensions["simulator"] = network
    app.extensions["courier"] = Courier(network)
    app.register_blueprint(create_blueprint(network, guard=_signed_in))
    csrf.let_machines_call(api := create_api(network))
    app.register_blueprint(api)


def _segments(text: str) -> int:
    return segments.count(text).segments


def _signed_in() -> ResponseReturnValue | None:
    if current_user.is_authenticated:
        return None
    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
