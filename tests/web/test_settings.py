"""The settings: a list of sections that only administrators see."""

import pytest

from flexie.web.settings.frame import SECTIONS
from tests.web.browser import words
from tests.web.desk import Desk


def test_the_settings_begin_with_their_first_section(desk: Desk) -> None:
    assert desk.mira.get("/settings").location == "/settings/lines"
    assert "Settings" in words(desk.mira.get("/inbox"))


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.label)
def test_every_section_names_itself_and_the_others(desk: Desk, section) -> None:
    with desk.app.test_request_context():
        address = desk.app.url_for(section.endpoint, _external=False)
    page = desk.mira.client.get(address, base_url=desk.mira.base, follow_redirects=True)
    assert page.status_code == 200
    assert f'aria-current="page">{section.label}</a>' in page.text
    assert all(f">{other.label}</a>" in page.text for other in SECTIONS)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.label)
def test_agents_are_kept_out_of_every_section(desk: Desk, section) -> None:
    tom = desk.agent()
    with desk.app.test_request_context():
        address = desk.app.url_for(section.endpoint, _external=False)
    assert tom.get(address).status_code == 403
    assert "Settings" not in words(tom.get("/inbox"))


def test_every_connection_is_listed_with_its_lines(desk: Desk) -> None:
    desk.line("Clinic <b>", "+14155550199")
    page = desk.mira.get("/settings/lines")
    assert "Twilio" in words(page)
    assert "Main" in words(page)
    assert "Clinic &lt;b&gt;" in page.text
