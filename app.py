"""The one place that composes the application: configuration, extensions, pages, API and commands."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from flexie import bell, cli, config, health, intake, live, logs, web
from flexie.db import db
from flexie.web import hosts, machines, simulator, turns

ROOT = Path(__file__).parent


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, configured from the environment and then by `settings`, which win.

    Raises:
        flexie.config.ConfigError: a setting cannot be used; the sentence says what to write instead.
    """
    app = machines.Application("flexie", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.from_mapping(config.from_environment() if settings is None else config.completed(settings))
    logs.set_up()
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "flexie" / "migrations"), render_as_batch=True)
    Htmx(app)
    bell.init_app(app)
    live.init_app(app)
    intake.init_app(app)
    web.register(app)
    app.register_blueprint(health.bp)
    cli.register(app)
    if app.config["SIMULATOR"]:
        simulator.init_app(app)
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    hosts.init_app(app)
    app.wsgi_app = turns.Turns(app.wsgi_app, config.AT_ONCE)  # type: ignore[method-assign]
    return app
