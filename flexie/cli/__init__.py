"""Commands: `bin/flask …`. Those that make something print one JSON object with --json."""

from flask import Flask

from flexie.cli import (
    backtests,
    callouts,
    connections,
    demo,
    people,
    processes,
    rulefiles,
    ruletests,
    ruletrials,
    secret,
    settings,
)


def register(app: Flask) -> None:
    """Give the application its commands."""
    for group in (people.user, people.token, connections.connection, callouts.webhook, rulefiles.rules, secret.secrets):
        app.cli.add_command(group)
    for command in (ruletests.test, ruletrials.try_rules, backtests.backtest):
        rulefiles.rules.add_command(command)
    for command in (processes.worker, processes.clock, processes.simulator, processes.reconcile):
        app.cli.add_command(command)
    for command in (settings.settings, demo.seed_demo):
        app.cli.add_command(command)
