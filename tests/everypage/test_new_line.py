"""An administrator connects another number of the Simulator that runs here, by what the pages say alone."""

import re

from sqlalchemy import select

from flexie.db import db
from flexie.models import Line, Message
from flexie.simulator import texting
from tests.everypage.clinic import Clinic
from tests.web.browser import words

NEW = "/settings/lines/new/simulator"
PHONE = "+14155550199"


def test_another_number_of_the_simulator_is_connected_tested_and_answered(clinic: Clinic) -> None:
    with clinic.as_it_was():
        admin = clinic.admin()
        form = admin.get(NEW)
        assert "what it asks for is filled in" in words(form)
        given = dict(re.findall(r'name="(kept|address|name)" (?:type="url" )?value="([^"]*)"', form.text))
        assert "api_key" not in str(given)
        given |= {"api_key": "", "webhook_secret": ""}

        found = admin.post(NEW, given | {"do": "find"})
        assert "All of them are connected." in words(found)
        given["kept"] = re.findall(r'name="kept" value="([^"]*)"', found.text)[0]
        made = admin.post(NEW, given | {"do": "connect", "typed": "+1 202 555 0177", "name": "Pharmacy"})
        page = made.location
        assert admin.post(f"{page}/webhook").location == f"{page}#addresses"
        assert "posts this line's texts here" in words(admin.get(page))

        admin.post(f"{page}/test", {"to": PHONE, "nonce": "n"}, htmx=True)
        clinic.work()
        texting.text_a_line(clinic.app.extensions["simulator"], PHONE, "+12025550177", "It works.")
        clinic.work()
        with clinic.app.app_context():
            line = db.session.scalars(select(Line).where(Line.name == "Pharmacy")).one()
            texts = db.session.scalars(select(Message).where(Message.line_id == line.id).order_by(Message.id)).all()
            assert [(text.direction, text.status) for text in texts[:2]] == [("out", "delivered"), ("in", "received")]
        assert "Until it works" not in admin.get(page).text
        assert "Pharmacy" in admin.get("/simulator").text


def test_the_page_of_phones_leads_back_and_calls_lines_by_their_names(clinic: Clinic) -> None:
    page = clinic.admin().get("/simulator").text
    assert '<a class="home" href="/">Inbox</a>' in page
    assert re.search(r'<option value="\+12025550101"[^>]*>\w+ \+12025550101', page)
