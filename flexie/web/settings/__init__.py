"""What an administrator sets up for the whole account: one module a section, each with its blueprint."""

from flask import Flask

from flexie.web.settings import access, audit, consent, frame, general, groups, lines, numbers, people, presets, tokens

__all__ = ["BLUEPRINTS", "access", "init_app"]

BLUEPRINTS = (
    frame.bp,
    general.bp,
    lines.bp,
    numbers.bp,
    people.bp,
    groups.bp,
    tokens.bp,
    presets.bp,
    consent.bp,
    audit.bp,
)


def init_app(app: Flask) -> None:
    """Give templates the list of sections."""
    frame.init_app(app)
