"""An administrator connects another number of the Simulator that runs here, by what the pages say alone."""

import re

from sqlalchemy import select

from flexie.db import db
from flexie.models import Line, Message, User
from flexie.simulator import texting
from tests.everypage.clinic import Clinic
from tests.web.browser import Browser, words

NEW = "/settings/lines/new/simulator"
PHONE = "+14155550199"


def test_another_number_of_the_simulator_is_connected_tested_and_answered(clinic: Clinic) -> None:
    with clinic.as_it_was():
        admin = clinic.admin()
        form = admin.get(NEW)
        assert "they are filled in" in words(form)
        given = dict(re.findall(r'name="(kept|address|name)" (?:type="url" )?value="([^"]*)"', form.text))
        assert "api_key" not in str(given)
        given |= {"api_key": "", "webhook_secret": ""}

        found = admin.post(NEW, given | {"do": "find"})
        assert "All that the account has are connected." in words(found)
        given["kept"] = re.findall(r'name="kept" value="([^"]*)"', found.text)[0]
        twice = admin.post(NEW, given | {"do": "connect", "typed": "+12025550101"})
        assert "+12025550101 is a line already: Main." in words(twice)
        assert "they are filled in" in words(twice)
        other = given | {"kept": "", "api_key": "none", "webhook_secret": "none"}
        refused = words(admin.post(NEW, other | {"do": "connect", "typed": "+12025550177"}))
        assert "filled in" not in refused
        assert "It says: Send the account's key as “Authorization: Bearer <key>”. Copy them again" in refused
        made = admin.post(NEW, given | {"do": "connect", "typed": "+1 202 555 0177 Pharmacy"})
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


def test_the_page_of_phones_shows_nothing_of_lines_that_are_not_ones_own(clinic: Clinic) -> None:
    with clinic.as_it_was():
        clinic.text_from("Grace Miller", "Billing", "About my bill, in confidence")
        with clinic.rows():
            db.session.scalars(select(Line).where(Line.name == "Billing")).one().open_to_all = False
            ben = db.session.scalars(select(User.id).where(User.email == "agent@example.com")).one()
            number = db.session.scalars(select(Line.number).where(Line.name == "Billing")).one()
        assert "in confidence" in clinic.admin().get("/simulator").text
        agent = Browser(clinic.app, ben)
        page = agent.get("/simulator").text
        assert "in confidence" not in page
        assert number not in page
        phone = re.findall(r"/simulator/phones/([^/]+)/texts", page)[0]
        assert agent.post(f"/simulator/phones/{phone}/texts", {"line": number, "text": "Me?"}).status_code == 422
        assert "in confidence" not in agent.get(f"/simulator/phones/{phone}/conversation").text
