"""The Simulator on the demo's own address: its page of phones behind our sign-in, its API behind its own key."""

from flask import Flask

from flexie import segments
from flexie.simulator.api import create_api
from flexie.simulator.blueprint import create_blueprint
from flexie.simulator.courier import Courier
from flexie.simulator.network import Network
from flexie.web import csrf, login


def init_app(app: Flask) -> None:
    """Mount the pretend phone network at /simulator. Its courier starts with the web process (wsgi.py)."""
    network = Network(app.config["FLEXIE_DATA"] / "simulator.db", count_segments=_segments)
    app.extensions["simulator"] = network
    app.extensions["courier"] = Courier(network)
    address = f"http://127.0.0.1:{app.config['PORT']}/simulator"
    app.register_blueprint(create_blueprint(network, guard=login.require, address=address))
    csrf.let_machines_call(api := create_api(network))
    app.register_blueprint(api)


def _segments(text: str) -> int:
    return segments.count(text).segments
