"""Commands: `bin/flask …`. Those that make something print one JSON object with --json."""

from flask import Flask

from flexie.cli import callouts, connections, demo, people, processes, rulefiles, ruletests, settings


def register(app: Flask) -> None:
    """Give the application its commands."""
    for group in (people.user, people.token, connections.connection, callouts.webhook, rulefiles.rules):
        app.cli.add_command(group)
    rulefiles.rules.add_command(ruletests.test)
    for command in (processes.worker, processes.clock, processes.simulator, processes.reconcile):
        app.cli.add_command(command)
    for command in (settings.settings, demo.seed_demo):
        app.cli.add_command(command)
