"""Commands that run the processes of an installation."""

import logging
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask, current_app
from werkzeug.serving import make_server

from flexie import reconciler
from flexie import worker as worker_process
from flexie.cli.output import as_json, say
from flexie.simulator.app import create_app
from flexie.simulator.courier import Courier
from flexie.timekeeper import Timekeeper

log = logging.getLogger(__name__)


def _the_app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]


def _on_signal(stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop())


@click.command()
def worker() -> None:
    """Work: match texts, run rules, send. As many as you like, on as many hosts as you like."""
    log.info("worker started")
    worker_process.run(_the_app())


@click.command()
def clock() -> None:
    """Keep time: ring for what becomes due and look after what nobody does. Safe in several copies."""
    timekeeper = Timekeeper(_the_app())
    _on_signal(timekeeper.stop)
    log.info("clock started")
    timekeeper.run()


@click.command()
@click.option("--port", default=5050, show_default=True, help="Where to listen, on 127.0.0.1.")
@click.option("--data", type=click.Path(path_type=Path), help="The network's file; by default in FLEXIE_DATA.")
def simulator(port: int, data: Path | None) -> None:
    """Run the pretend phone network by itself."""
    app = create_app(data or current_app.config["FLEXIE_DATA"] / "simulator.db")
    courier = Courier(app.extensions["simulator"])
    server = make_server("127.0.0.1", port, app, threaded=True)
    _on_signal(lambda: threading.Thread(target=server.shutdown).start())
    courier.start()
    click.echo(f"The page of phones: http://127.0.0.1:{port}/simulator")
    try:
        server.serve_forever()
    finally:
        courier.stop()


@click.command()
@as_json
def reconcile(as_json: bool) -> None:
    """Look once at what time has decided, and tell what waits."""
    done = reconciler.reconcile()
    answer = {
        "became_unknown": done.became_unknown,
        "became_held": done.became_held,
        "oldest_due_seconds": round(reconciler.oldest_due_seconds(), 3),
        "forgotten_runs": len(reconciler.forgotten_runs()),
    }
    say(answer, as_json, lambda a: "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in a.items()))
