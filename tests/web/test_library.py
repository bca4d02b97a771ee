"""The pages of the library, and picking a template for the box that one writes in."""

import html
import re

import pytest
from sqlalchemy import select

from flexie.db import db
from flexie.models import TextTemplate
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk
from tests.web.test_escaping import PAYLOADS, check

HOURS = {"name": "Hours", "folder": "Visits", "text": "Hi {{ first_name }}, we open at 9."}


def keep(browser: Browser, **form: str) -> str:
    """A new template; returns its public id."""
    answer = browser.post("/templates", HOURS | form)
    assert answer.status_code == 303, words(answer)
    with browser.app.app_context():
        query = select(TextTemplate.public_id).order_by(TextTemplate.id.desc())
        return db.session.scalars(query).first() or ""


def used(desk: Desk) -> int:
    with desk.app.app_context():
        return db.session.scalars(select(TextTemplate.used)).one()


def test_the_list_says_how_to_begin_and_then_shows_folders(desk: Desk) -> None:
    assert "Write the first one" in words(desk.mira.get("/templates"))
    keep(desk.mira)
    keep(desk.mira, name="Thanks", folder="", text="Thank you!")
    page = words(desk.mira.get("/templates?q=o", htmx=True))
    assert page.index("No folder") < page.index("Thanks") < page.index("Visits") < page.index("Hours")
    assert "Thanks" not in words(desk.mira.get("/templates?q=open visits", htmx=True))
    assert "No template holds these words" in words(desk.mira.get("/templates?q=closed", htmx=True))


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    keep(desk.mira)
    answer = desk.mira.post("/templates", HOURS | {"name": "hours", "text": "Hi {{ frist_name }}"})
    assert answer.status_code == 422
    page = words(answer)
    assert 'already a template "hours" in the folder "Visits"' in page
    assert "Did you mean {{ first_name }}?" in page
    assert "Hi {{ frist_name }}</textarea>" in answer.text
    with desk.app.app_context():
        assert len(db.session.scalars(select(TextTemplate)).all()) == 1


def test_a_template_is_changed_and_deleted(desk: Desk) -> None:
    kept = keep(desk.mira)
    assert desk.mira.post(f"/templates/{kept}", HOURS | {"text": "We open at 8."}).status_code == 303
    assert "We open at 8." in desk.mira.get(f"/templates/{kept}").text
    assert "Delete this template?" in words(desk.mira.get(f"/templates/{kept}/delete"))
    assert desk.mira.post(f"/templates/{kept}/delete").status_code == 303
    assert desk.mira.get(f"/templates/{kept}").status_code == 404


def test_agents_change_their_own_templates_and_read_the_others(desk: Desk) -> None:
    tom, hers = desk.agent(), keep(desk.mira)
    page = tom.get(f"/templates/{hers}")
    assert "Its author and people who write rules can change it" in words(page)
    assert "readonly" in page.text
    assert "Save" not in words(page)
    for path, form in ((f"/templates/{hers}", HOURS), (f"/templates/{hers}/delete", {})):
        assert tom.post(path, form).status_code == 403
    assert tom.get(f"/templates/{hers}/delete").status_code == 403
    his = keep(tom, name="Mine")
    assert tom.post(f"/templates/{his}", HOURS | {"name": "Still mine"}).status_code == 303


def test_the_preview_is_for_a_real_record_and_counts(desk: Desk) -> None:
    desk.house.record(first_name="Bo", mobile="+14155550123")
    desk.house.record(first_name="Ana", mobile=ANA)
    form = {"text": "Hi {{ first_name }} in {{ city }} “now”"}
    newest = words(desk.mira.post("/templates/preview", form, htmx=True))
    assert "To Ana Hi Ana in “now”" in newest
    assert "1 text" in newest
    assert "Empty here: City" in newest
    assert "Hi Bo" in words(desk.mira.post("/templates/preview", form | {"who": "bo"}, htmx=True))
    found = desk.mira.post("/templates/people", {"who": "bo"}, htmx=True)
    record = re.search(r'name="record" value="(\w+)"', found.text)
    assert record
    assert "Hi Bo" in words(desk.mira.post("/templates/preview", form | {"record": record[1]}, htmx=True))
    assert "4 standard characters" in words(desk.mira.post("/templates/preview", {"text": "a\r\nbc"}, htmx=True))


def test_without_scripts_a_field_is_inserted_at_the_end(desk: Desk) -> None:
    page = desk.mira.post("/templates/preview", HOURS | {"text": "Hi ", "field": "city", "insert": "yes"})
    assert "Hi {{ city }}</textarea>" in page.text


def test_a_conversation_offers_templates_as_its_customer_gets_them(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    keep(desk.mira)
    keep(desk.mira, name="Birthday", text="On {{ birthday | date('j F') }}")
    talk = desk.talk(ANA)
    assert f'data-pick="/templates/pick?talk={talk}"' in desk.mira.get(f"/inbox/{talk}").text
    picker = words(desk.mira.post(f"/templates/pick?talk={talk}", htmx=True))
    assert "Hi Ana, we open at 9." in picker
    assert "no Birthday" in picker
    assert "Birthday" not in words(desk.mira.post(f"/templates/pick?talk={talk}", {"q": "9"}, htmx=True))


@pytest.mark.parametrize("to", ["(415) 555-2671", ANA])
def test_a_new_text_offers_them_for_the_number_that_was_typed(desk: Desk, to: str) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    keep(desk.mira)
    assert "Hi Ana, we" in words(desk.mira.post("/templates/pick", {"to": to}, htmx=True))
    assert "Hi , we" in words(desk.mira.post("/templates/pick", {"to": "nobody"}, htmx=True))


def test_without_scripts_the_form_comes_back_with_the_text_in_it(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    kept = keep(desk.mira)
    talk = desk.talk(ANA)
    page = desk.mira.post(f"/templates/pick?talk={talk}", {"text": "Hello!\r\n", "nonce": "n", "kind": "reply"})
    form = re.search(rf'<form method="post" action="(/inbox/{talk}/reply)">(.*?)</form>', page.text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    fields = {name: html.unescape(value) for name, value in fields.items()}
    assert fields["text"] == "Hello!\nHi Ana, we open at 9."
    back = desk.mira.post(form[1], fields)
    assert back.status_code == 200
    assert "Hi Ana, we open at 9.</textarea>" in back.text
    assert f'name="template" value="{kept}"' in back.text
    assert desk.house.messages("out") == []


def test_a_text_from_a_template_counts_when_it_is_sent_and_once(desk: Desk) -> None:
    kept = keep(desk.mira)
    talk = desk.talk(ANA)
    form = {"text": "Hi Ana", "template": kept, "nonce": "n", "kind": "reply"}
    for _ in range(2):
        answer = desk.mira.post(f"/inbox/{talk}/reply", form, htmx=True)
        assert 'name="template" value=""' in answer.text
    assert used(desk) == 1
    desk.mira.post(f"/inbox/{talk}/reply", form | {"kind": "note", "nonce": "m"})
    desk.mira.post(f"/inbox/{talk}/reply", form | {"text": " ", "nonce": "o"})
    assert used(desk) == 1
    assert desk.mira.post("/inbox/new", {"to": ANA, "text": "Hi", "template": kept, "nonce": "p"}).status_code == 303
    assert used(desk) == 2
    assert "used 2 times" in words(desk.mira.get("/templates"))


def test_nobody_picks_for_a_conversation_on_a_line_that_is_not_theirs(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    keep(desk.mira)
    talk = desk.talk(ANA, line_id=desk.line("Board", "+14155550188", role="admin"))
    assert desk.agent().post(f"/templates/pick?talk={talk}", htmx=True).status_code == 404


def test_names_and_texts_stay_texts(desk: Desk) -> None:
    talk = desk.talk(ANA)
    for payload in PAYLOADS:
        text = payload.replace("{{", "").replace("}}", "")
        kept = keep(desk.mira, name=payload, folder=payload, text=text)
        for path in (f"/templates/{kept}", f"/templates/{kept}/delete", "/templates"):
            check(desk.mira.get(path))
        check(desk.mira.post("/templates", {"name": payload, "folder": payload, "text": payload}))
        check(desk.mira.post("/templates/preview", {"text": payload, "who": payload}, htmx=True))
        check(desk.mira.post(f"/templates/pick?talk={talk}", htmx=True))
        check(desk.mira.post(f"/templates/pick?talk={talk}", {"text": payload, "q": payload, "to": payload}))


def test_the_preview_tells_what_makes_a_text_dear_and_offers_to_replace_nothing(desk: Desk) -> None:
    shown = desk.mira.post("/templates/preview", {"text": "It’s {{ first_name }}"}, htmx=True)
    assert "Unicode because of ’ (right single quotation mark)" in words(shown)
    assert "data-plain" not in shown.text


def test_a_template_is_copied_by_whoever_may_read_it_and_the_first_stays(desk: Desk) -> None:
    desk.mira.post("/templates", {"folder": "Visits", "name": "Tram", "text": "Take the tram."})
    with desk.app.app_context():
        public_id = db.session.scalars(select(TextTemplate.public_id)).one()
    tom = desk.agent()
    assert f'href="/templates/new?copy={public_id}"' in tom.get(f"/templates/{public_id}").text
    form = tom.get(f"/templates/new?copy={public_id}").text
    for value in ('value="Visits"', 'value="Tram (copy)"', ">Take the tram.<"):
        assert value in form
    assert 'href="/templates/new?folder=Visits"' in tom.get("/templates").text
    assert 'value="Visits"' in tom.get("/templates/new?folder=Visits").text
    assert tom.get(f"/templates/new?copy={'0' * 32}").status_code == 404
