"""The list of sections beside every page of the settings, and who may open them."""

from typing import NamedTuple

from flask import Blueprint, Flask, Response, redirect, url_for
from flask_login import current_user

from flexie.web import permits
from flexie.web.login import pages


class Section(NamedTuple):
    """An entry of the list: the endpoint that it leads to. Its blueprint tells which entry a page belongs to."""

    label: str
    endpoint: str
    blueprint: str


SECTIONS = (
    Section("General", "general.page", "general"),
    Section("Lines", "lines.listing", "lines"),
    Section("Numbers", "numbers.page", "numbers"),
    Section("People", "people.listing", "people"),
    Section("Groups", "groups.listing", "groups"),
    Section("Presets", "presets.page", "presets"),
    Section("Fields", "fieldadmin.home", "fieldadmin"),
    Section("Consent", "consent.listing", "consent"),
    Section("API tokens", "tokens.listing", "tokens"),
    Section("Audit log", "auditing.listing", "auditing"),
)


def init_app(app: Flask) -> None:
    """Give templates the sections."""
    app.jinja_env.globals.update(settings_sections=SECTIONS, in_settings=in_settings)


def in_settings(blueprint: str | None) -> bool:
    """Whether a page belongs to the settings."""
    return any(section.blueprint == blueprint for section in SECTIONS)


def administered(name: str) -> Blueprint:
    """A blueprint whose pages are only for administrators: sign in first, then 403 for the others."""
    blueprint = pages(name)

    def guard() -> None:
        if current_user:
            permits.require(permits.administrators)

    blueprint.before_request(guard)
    return blueprint


bp = administered("settings")


@bp.get("/settings")
def home() -> Response:
    """The first section."""
    return redirect(url_for(SECTIONS[0].endpoint), 303)  # type: ignore[return-value]
