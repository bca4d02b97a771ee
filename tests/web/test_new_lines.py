"""What a new line says until it works: numbers of others, addresses out of reach, and what is left to do."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from flexie import clock, linehealth
from flexie.db import db
from flexie.models import AuditEntry, Connection, Line, LineAccess, Message
from flexie.providers import sending
from tests.house import LINE_NUMBER
from tests.standin import StandIn
from tests.web.browser import words
from tests.web.desk import Desk
from tests.web.test_lines import FORM, NEW, hidden, line, twilio

__all__ = ["twilio"]


def test_a_number_that_the_provider_does_not_list_is_connected_only_if_one_insists(desk: Desk, twilio: StandIn) -> None:
    twilio.own_number("+14155550160")
    given = FORM | {"typed": "(415) 555-0161", "do": "connect"}
    asked = desk.mira.post(NEW, given)
    assert asked.status_code == 422
    assert "Twilio does not list +14155550161 among this account's numbers" in words(asked)
    with desk.app.app_context():
        assert db.session.scalars(select(Connection.name)).all() == ["Main"]
    again = given | {"kept": hidden(asked.text, "kept"), "auth_token": "", "insist": "yes"}
    assert desk.mira.post(NEW, again).status_code == 303
    assert line(desk, "+14155550161").name == "Clinic account"


@pytest.mark.parametrize("sender", ["72345", "+1 415 555 0160"])
def test_short_codes_and_own_numbers_are_connected_at_once(desk: Desk, twilio: StandIn, sender: str) -> None:
    twilio.own_number("+14155550160")
    assert desk.mira.post(NEW, FORM | {"typed": sender, "do": "connect"}).status_code == 303


def test_a_senders_name_is_asked_about(desk: Desk, twilio: StandIn) -> None:
    twilio.own_number("+14155550160")
    asked = desk.mira.post(NEW, FORM | {"typed": "CLINIC", "do": "connect"})
    assert "nobody can answer it" in words(asked)
    again = FORM | {"typed": "CLINIC", "kept": hidden(asked.text, "kept"), "insist": "yes"}
    assert desk.mira.post(NEW, again).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("+14155550160 Front\n+14155550161 Front", 'Two lines would be called "Front"'),
        ("+14155550160 Front\n+1 415 555-0160 Back", "+14155550160 stands there twice"),
        ("+14155550160 Main", 'There is already a line called "Main"'),
    ],
)
def test_what_stands_twice_says_so_at_the_numbers(desk: Desk, twilio: StandIn, typed: str, said: str) -> None:
    twilio.own_number("+14155550160")
    answer = desk.mira.post(NEW, FORM | {"typed": typed, "do": "connect"})
    assert answer.status_code == 422
    assert said in words(answer).partition("Numbers")[2]


@pytest.mark.parametrize("typed", ["+14155550160Front desk", "Front desk +14155550160", "+1 415 55-FRONT-12"])
def test_letters_among_the_digits_are_asked_out_and_not_dialled(desk: Desk, twilio: StandIn, typed: str) -> None:
    twilio.own_number("+14155550160")
    answer = desk.mira.post(NEW, FORM | {"typed": typed, "do": "connect"})
    assert answer.status_code == 422
    assert f"{typed}: write a line's number in digits, and put a blank between it and a name" in words(answer)


def test_several_numbers_are_connected_with_their_names(desk: Desk, twilio: StandIn) -> None:
    twilio.own_number("+14155550160")
    twilio.own_number("+14155550161")
    answer = desk.mira.post(NEW, FORM | {"typed": "+14155550160 Front\n+14155550161", "do": "connect"})
    assert "Connected: Front, Clinic account +14155550161." in words(desk.mira.get(answer.location))


def test_another_number_that_is_not_the_accounts_is_added_only_if_one_insists(desk: Desk) -> None:
    desk.house.standin.own_number(LINE_NUMBER)
    with desk.app.app_context():
        page = f"/settings/connections/{db.session.scalars(select(Connection)).one().public_id}"
    given = {"number": "+14155550171", "name": "Night"}
    asked = desk.mira.post(f"{page}/numbers", given)
    assert asked.status_code == 422
    assert "does not list +14155550171" in words(asked)
    assert 'value="Night"' in asked.text
    assert desk.mira.post(f"{page}/numbers", given | {"insist": "yes"}).status_code == 303
    assert line(desk, "+14155550171").name == "Night"


def test_a_number_that_is_a_line_already_becomes_another_only_if_one_insists(desk: Desk, twilio: StandIn) -> None:
    twilio.own_number(LINE_NUMBER)
    given = FORM | {"typed": f"{LINE_NUMBER} Copy", "do": "connect"}
    asked = desk.mira.post(NEW, given)
    assert asked.status_code == 422
    assert f"{LINE_NUMBER} is a line already: Main." in words(asked)
    again = given | {"kept": hidden(asked.text, "kept"), "auth_token": "", "insist": "yes"}
    assert desk.mira.post(NEW, again).status_code == 303
    with desk.app.app_context():
        assert set(db.session.scalars(select(Line.name)).all()) == {"Main", "Copy"}


def test_an_address_that_another_line_uses_is_set_only_if_one_insists(desk: Desk) -> None:
    desk.house.standin.auth_token = ""
    own = desk.house.standin.own_number(LINE_NUMBER, sms_url=desk.house.inbound_url)
    copy_id = desk.line("Copy", LINE_NUMBER)
    with desk.app.app_context():
        page = f"/settings/lines/{db.session.get_one(Line, copy_id).public_id}"
    asked = desk.mira.post(f"{page}/webhook")
    assert asked.status_code == 422
    assert "come in on another line at present: Main" in words(asked)
    assert own["sms_url"] == desk.house.inbound_url
    assert desk.mira.post(f"{page}/webhook", {"insist": "yes"}).status_code == 303
    assert own["sms_url"] != desk.house.inbound_url


def test_a_line_that_was_never_used_is_removed_and_its_account_with_it(desk: Desk, twilio: StandIn) -> None:
    twilio.own_number("+14155550160")
    made = desk.mira.post(NEW, FORM | {"typed": "+14155550160", "do": "connect"}).location
    assert "Its account goes with it" in words(desk.mira.get(made))
    assert desk.mira.post(f"{made}/remove").location == "/settings/lines"
    with desk.app.app_context():
        assert db.session.scalars(select(Connection.name)).all() == ["Main"]
        noted = db.session.execute(select(AuditEntry.subject, AuditEntry.did).order_by(AuditEntry.id)).all()
        assert noted[-2:] == [("line", "deleted"), ("connection", "deleted")]


def test_a_line_with_a_history_or_in_a_rule_stays(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    rule = 'rule "Hello":\n  for contact\n  when incoming sms matches "hi"\n\n  send sms "Hello"\n'
    desk.house.rules(f'version 1\n\nsettings:\n  from line "Main"\n\n{rule}')
    refused = desk.mira.post(f"{page}/remove")
    assert refused.status_code == 422
    assert "Rules name this line: “Hello”" in words(refused)
    desk.house.text("Hello")
    desk.house.work()
    assert "Texts went through this line, and they stay" in words(desk.mira.post(f"{page}/remove"))
    with desk.app.app_context():
        assert db.session.scalar(select(Message.id)) is not None


def test_an_account_is_called_otherwise(desk: Desk) -> None:
    with desk.app.app_context():
        page = f"/settings/connections/{db.session.scalars(select(Connection)).one().public_id}"
    assert desk.mira.post(page, {"account name": "Front desk"}).status_code == 303
    with desk.app.app_context():
        assert db.session.scalars(select(Connection.name)).one() == "Front desk"


def test_a_half_account_sid_is_not_taken(desk: Desk, twilio: StandIn) -> None:
    answer = desk.mira.post(NEW, FORM | {"account_sid": "ACfoo", "typed": "+14155550160", "do": "find"})
    assert "begins with AC and has 34 characters" in words(answer)
    assert twilio.asked == []


def test_an_address_of_this_machine_is_said_to_be_out_of_a_providers_reach(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    with desk.rows():
        db.session.scalars(select(Connection)).one().base_url = None
    reached = {"https://sms.clinic.example": True, "http://localhost:8000": False, "http://192.168.1.20": False}
    for address, is_reached in reached.items():
        with pytest.MonkeyPatch.context() as told:
            told.setitem(desk.app.config, "PUBLIC_URL", address)
            told.setattr("flexie.providers.twilio.Twilio.default_base_url", "https://api.twilio.com")
            for shown in (words(desk.mira.get(NEW)), words(desk.mira.get(page))):
                assert ("cannot post to" in shown) is not is_reached, (address, shown)


def test_a_new_line_says_what_is_left_to_do_until_it_works_both_ways(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    new = desk.mira.get(page).text
    assert "Until it works" in new
    assert f'hx-get="{page}?steps=shown"' in new
    assert "Remove this line" in new
    assert "Remove" not in desk.mira.get(page, htmx=True).text
    desk.mira.post(f"{page}/test", {"to": "(415) 555-2671", "nonce": "n1"}, htmx=True)
    desk.house.work()
    half = words(desk.mira.get(page))
    assert "Done: Send a test" in half
    assert "Done: Answer it" not in half
    desk.house.text("It came.")
    desk.house.work()
    again = desk.mira.get(f"{page}?steps=shown", htmx=True)
    assert '<section id="remove" hx-swap-oob="true"' in again.text
    looked = words(again)
    assert "Texts went through this line" in looked
    assert "Done: Answer it" in looked
    assert "It works: a text went out, and one came in." in looked
    assert "Until it works" not in desk.mira.get(page).text


def test_the_page_and_the_list_say_who_may_use_a_line_that_is_not_everybodys(desk: Desk) -> None:
    desk.agent()
    page = f"/settings/lines/{line(desk).public_id}"
    assert "Everybody." in words(desk.mira.get(page))
    assert "Some people" not in words(desk.mira.get("/settings/lines"))
    with desk.rows():
        db.session.scalars(select(Line)).one().open_to_all = False
    assert "Who may use it Only administrators." in words(desk.mira.get(page))
    with desk.rows():
        db.session.scalars(select(Line)).one().access = [LineAccess(role="agent"), LineAccess(user_id=desk.mira_id)]
    assert "Only agents, Mira Okafor and administrators." in words(desk.mira.get(page))
    assert "Some people" in words(desk.mira.get("/settings/lines"))


def test_the_health_looks_anew_when_a_test_has_come_further(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    assert "tested from:body" in desk.mira.get(page).text
    sent = desk.mira.post(f"{page}/test", {"to": "(415) 555-2671", "nonce": "n1"}, htmx=True)
    assert sent.headers["HX-Trigger"] == "tested"
    assert 'id="tested" role="status" tabindex="-1" autofocus' in sent.text
    desk.house.work()
    assert "1, none failed" in words(desk.mira.get(page, htmx=True))


def test_what_waits_is_what_is_due_or_tried_again_and_not_what_is_for_later(desk: Desk) -> None:
    talk = desk.talk("+14155550142")
    now, longest = clock.now(), timedelta(seconds=sending.LONGEST_PAUSE)
    assert longest <= linehealth.AGAIN_WITHIN
    page = f"/settings/lines/{line(desk).public_id}"
    desk.message(talk, "Tomorrow.", "scheduled", due_at=now + timedelta(days=1))
    desk.message(talk, "Soon.", "scheduled", due_at=now + timedelta(minutes=1))
    assert "Waiting to go Nothing" in words(desk.mira.get(page))
    desk.message(talk, "Now.", "queued", due_at=now)
    desk.message(talk, "Again.", "queued", due_at=now + longest - timedelta(seconds=1), attempted_at=now)
    assert "Waiting to go 2, since" in words(desk.mira.get(page))
