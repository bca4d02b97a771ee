"""The section of lines: an account is connected, its line looked after, tested, and called otherwise."""

import re

import pytest
from sqlalchemy import select

from flexie import vault
from flexie.db import db
from flexie.models import AuditEntry, Connection, Line, Message
from tests.house import LINE_NUMBER
from tests.standin import StandIn
from tests.web.browser import words
from tests.web.desk import Desk

SID = "AC" + "c" * 32
TOKEN = "token-canary-5e1f"
FORM = {"account_sid": SID, "auth_token": TOKEN, "name": "Clinic account"}
NEW = "/settings/lines/new/twilio"


@pytest.fixture
def twilio(desk: Desk, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Twilio's usual address is the stand-in's."""
    monkeypatch.setattr("flexie.providers.twilio.Twilio.default_base_url", standin.url)
    standin.auth_token = TOKEN
    return standin


def line(desk: Desk, number: str = LINE_NUMBER) -> Line:
    with desk.app.app_context():
        found = db.session.scalars(select(Line).where(Line.number == number)).one()
        db.session.expunge(found)
        return found


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found.group(1)


def test_every_provider_can_be_chosen(desk: Desk) -> None:
    page = desk.mira.get("/settings/lines/new")
    assert 'href="/settings/lines/new/twilio"' in page.text
    assert 'href="/settings/lines/new/simulator"' in page.text
    assert desk.mira.get("/settings/lines/new/pigeon").status_code == 404


def test_an_account_is_connected_with_the_numbers_that_its_provider_lists(desk: Desk, twilio: StandIn) -> None:
    twilio.own_number("+14155550160", friendly_name="Front desk")
    twilio.own_number("+14155550161")
    twilio.own_number("+14155550162", capabilities={"sms": False})
    found = desk.mira.post(NEW, FORM | {"do": "find"})
    assert found.status_code == 200
    assert "Front desk" in found.text
    assert "550162" not in found.text
    assert TOKEN not in found.text

    chosen = {"number": "+14155550160", "name +14155550160": "Reception", "do": "connect"}
    again = {"account_sid": SID, "auth_token": "", "kept": hidden(found.text, "kept"), "name": "Clinic account"}
    answer = desk.mira.post(NEW, again | chosen)
    made = line(desk, "+14155550160")
    assert answer.location == f"/settings/lines/{made.public_id}"
    assert (made.name, made.texts_per_second) == ("Reception", 1.0)
    with desk.app.app_context():
        connection = db.session.scalars(select(Connection).where(Connection.name == "Clinic account")).one()
        assert TOKEN not in connection.credentials
        assert vault.unseal(connection.credentials) == {"account_sid": SID, "auth_token": TOKEN}
        assert [each.number for each in connection.lines] == ["+14155550160"]
        noted = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "connection")).all()
        assert TOKEN not in str([entry.changes for entry in noted])


def test_credentials_that_the_provider_refuses_are_not_kept(desk: Desk, twilio: StandIn) -> None:
    answer = desk.mira.post(NEW, FORM | {"auth_token": "wrong-secret", "do": "connect", "typed": "+14155550160"})
    assert answer.status_code == 422
    assert "does not accept these credentials" in words(answer)
    assert "wrong-secret" not in answer.text
    assert "without trying" not in answer.text
    with desk.app.app_context():
        assert db.session.scalars(select(Connection.name)).all() == ["Main"]


def test_a_provider_that_is_away_can_be_passed_over(
    desk: Desk, twilio: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flexie.providers.twilio.Twilio.default_base_url", "http://127.0.0.1:1")
    answer = desk.mira.post(NEW, FORM | {"do": "find"})
    assert "could not be reached" in words(answer)
    kept = {"kept": hidden(answer.text, "kept"), "auth_token": "", "typed": "(415) 555-0160", "anyway": "yes"}
    none = desk.mira.post(NEW, FORM | kept | {"do": "connect", "typed": ""})
    assert "Connect without trying the credentials" in words(none)
    assert desk.mira.post(NEW, FORM | kept | {"do": "connect"}).status_code == 303
    made = line(desk, "+14155550160")
    assert made.name == "Clinic account"
    assert "Nobody tried the credentials yet" in words(desk.mira.get(f"/settings/lines/{made.public_id}"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account_sid": ""}, "Fill in the account SID."),
        ({"auth_token": ""}, "Fill in the auth token."),
        ({"typed": "12"}, "12:"),
        ({}, "Give at least one number"),
        ({"typed": "+14155550160", "name": "Main"}, "already a connection called"),
    ],
)
def test_what_cannot_be_connected_says_why_and_loses_nothing(
    desk: Desk, twilio: StandIn, change: dict[str, str], said: str
) -> None:
    answer = desk.mira.post(NEW, FORM | change | {"do": "connect"})
    assert answer.status_code == 422
    assert said in words(answer)
    assert (change.get("account_sid", SID) or "Account SID") in answer.text


def test_a_forged_bundle_of_secrets_is_nothing(desk: Desk, twilio: StandIn) -> None:
    answer = desk.mira.post(NEW, FORM | {"auth_token": "", "kept": "gAAAA-forged", "do": "find"})
    assert "Fill in the auth token." in words(answer)


def test_the_address_is_set_at_the_provider(desk: Desk, twilio: StandIn) -> None:
    desk.house.standin.auth_token = ""
    mine, own = line(desk), twilio.own_number(LINE_NUMBER)
    page = f"/settings/lines/{mine.public_id}"
    assert "posts this line's texts nowhere" in words(desk.mira.post(f"{page}/webhook/look"))
    assert desk.mira.post(f"{page}/webhook").location == f"{page}#addresses"
    assert own["sms_url"] == desk.house.inbound_url
    assert "posts this line's texts here" in words(desk.mira.get(page))
    own["sms_url"] = "https://elsewhere.example/sms"
    assert "posts this line's texts to https://elsewhere.example/sms" in words(desk.mira.post(f"{page}/webhook/look"))
    assert "posts this line's texts here" not in words(desk.mira.get(page))
    own["sms_url"] = desk.house.inbound_url
    assert desk.mira.post(f"{page}/webhook/look").location == f"{page}#addresses"
    assert "posts this line's texts here" in words(desk.mira.get(page))


def test_a_number_that_the_provider_does_not_have_cannot_be_set(desk: Desk, twilio: StandIn) -> None:
    desk.house.standin.auth_token = ""
    answer = desk.mira.post(f"/settings/lines/{line(desk).public_id}/webhook")
    assert answer.status_code == 422
    assert "does not list" in words(answer)
    assert "if it is in another account, connect that account" in words(answer)


def test_the_page_shows_both_addresses_and_how_the_line_is_doing(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    before = desk.mira.get(page)
    assert desk.house.inbound_url in before.text
    assert desk.house.status_url in before.text
    assert "None yet" in words(before)
    desk.house.text("Hello")
    desk.house.work()
    desk.house.client.post(desk.house.inbound_url.removeprefix(desk.app.config["PUBLIC_URL"]), data={"a": "b"})
    after = words(desk.mira.get(page))
    assert "Last text in None yet" not in after
    assert "1 call refused" in after
    assert "X-Twilio-Signature is missing" in after
    assert desk.mira.post(f"{page}/refusals").location == page
    assert "refused" not in words(desk.mira.get(page, htmx=True))


def test_a_test_shows_what_the_provider_says(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    sent = desk.mira.post(f"{page}/test", {"to": "(415) 555-2671", "nonce": "n1"}, htmx=True)
    assert "Queued" in words(sent)
    desk.mira.post(f"{page}/test", {"to": "(415) 555-2671", "nonce": "n1"}, htmx=True)
    desk.house.work()
    (message,) = desk.house.messages()
    look = re.search(r'hx-get="([^"]+/test/[^"]+)"', sent.text)
    assert look
    assert "The provider says: queued" in words(desk.mira.get(look.group(1), htmx=True))
    desk.house.receipt(message, "failed", ErrorCode="30006")
    desk.house.work()
    after = words(desk.mira.get(look.group(1), htmx=True))
    assert "Error 30006" in after
    assert "landline" in after
    assert "hx-trigger" not in desk.mira.get(look.group(1), htmx=True).text.partition('id="tested"')[2]


def test_a_test_to_no_number_says_so(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}/test"
    assert desk.mira.post(page, {"to": "12"}, htmx=True).status_code == 422
    answer = desk.mira.post(page, {"to": LINE_NUMBER}, htmx=True)
    assert answer.status_code == 422
    assert "the line's own number" in words(answer)
    with desk.app.app_context():
        assert db.session.scalar(select(Message.id)) is None


def test_a_line_is_called_otherwise_and_sends_at_another_pace(desk: Desk) -> None:
    page = f"/settings/lines/{line(desk).public_id}"
    assert desk.mira.post(page, {"name": "Front", "pace": "0,5"}).status_code == 303
    assert (line(desk).name, line(desk).texts_per_second) == ("Front", 0.5)
    assert desk.mira.post(page, {"name": "Front", "pace": ""}).status_code == 303
    assert line(desk).texts_per_second is None
    for form, said in (({"name": ""}, "Give it a name"), ({"name": "A", "pace": "fast"}, "as a number")):
        answer = desk.mira.post(page, form)
        assert answer.status_code == 422
        assert said in words(answer)


def test_other_credentials_are_tried_out_and_kept(desk: Desk) -> None:
    desk.house.standin.auth_token = "second-token"
    with desk.app.app_context():
        main = db.session.scalars(select(Connection)).one()
        page = f"/settings/connections/{main.public_id}"
    refused = desk.mira.post(page, {"auth_token": "third-token"})
    assert refused.status_code == 422
    assert "third-token" not in refused.text
    assert desk.mira.post(page, {"auth_token": "second-token"}).location == page
    with desk.app.app_context():
        kept = db.session.scalars(select(Connection)).one()
        assert vault.unseal(kept.credentials)["auth_token"] == "second-token"
    assert "second-token" not in desk.mira.get(page).text
    other = desk.mira.post(page, {"account_sid": SID, "auth_token": "second-token"})
    assert "another Twilio account" in words(other)


def test_more_numbers_of_an_account_become_lines(desk: Desk) -> None:
    desk.house.standin.own_number(LINE_NUMBER)
    desk.house.standin.own_number("+14155550170")
    with desk.app.app_context():
        page = f"/settings/connections/{db.session.scalars(select(Connection)).one().public_id}"
    found = desk.mira.post(f"{page}/find")
    assert 'value="+14155550170"' in found.text
    assert f'value="{LINE_NUMBER}"' not in found.text
    assert desk.mira.post(f"{page}/numbers", {"number": "+14155550170", "name": "Night"}).status_code == 303
    assert line(desk, "+14155550170").name == "Night"
    again = desk.mira.post(f"{page}/numbers", {"number": "+14155550170", "name": "Day"})
    assert "is a line already" in words(again)


def test_a_provider_with_one_address_is_shown_one(desk: Desk) -> None:
    with desk.rows():
        db.session.scalars(select(Connection)).one().provider = "telnyx"
    page = desk.mira.get(f"/settings/lines/{line(desk).public_id}")
    assert "Texts and receipts" in words(page)
    assert 'id="address-status"' not in page.text
