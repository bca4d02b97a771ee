"""The Simulator on the demo's own address: its page of phones behind our sign-in, its API behind its own key."""

from flask import Flask, current_app

from flexie import segments
from flexie.db import db
from flexie.models import Line
from flexie.simulator.api import create_api
from flexie.simulator.blueprint import create_blueprint
from flexie.simulator.courier import Courier
from flexie.simulator.network import Network
from flexie.web import csrf, login


def own_account() -> tuple[str, dict[str, str]]:
    """Where the pretend network that runs here is, and the credentials of its first account: for administrators."""
    account = current_app.extensions["simulator"].any_account()
    return _address(current_app), {"api_key": account.key, "webhook_secret": account.secret}


def init_app(app: Flask) -> None:
    """Mount the pretend phone network at /simulator. Its courier starts with the web process (wsgi.py)."""
    network = Network(app.config["FLEXIE_DATA"] / "simulator.db", count_segments=_segments)
    app.extensions["simulator"] = network
    app.extensions["courier"] = Courier(network)
    pages = create_blueprint(network, guard=login.require, address=_address(app), home="/", names=_names_of_lines)
    app.register_blueprint(pages)
    csrf.let_machines_call(api := create_api(network))
    app.register_blueprint(api)


def _address(app: Flask) -> str:
    """Where this process's own applications reach it."""
    return f"http://127.0.0.1:{app.config['PORT']}/simulator"


def _names_of_lines() -> dict[str, str]:
    """What the team calls the lines that this person may use, by their numbers."""
    return {line.number: line.name for line in db.session.scalars(Line.visible_to(login.me()))}


def _segments(text: str) -> int:
    return segments.count(text).segments
