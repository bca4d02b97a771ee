"""The page of phones without JavaScript: rows and text after each form, and the fragments that refresh it."""

from __future__ import annotations

import re

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient

from flexie.simulator.app import ROOT, create_app
from flexie.simulator.behaviour import OUTCOMES, RECEIPTS
from flexie.simulator.blueprint import create_api, create_blueprint
from flexie.simulator.network import Network
from flexie.simulator.page import PHONES_ON_A_PAGE
from flexie.simulator.sending import SendRequest, send

from .conftest import LINE, PHONE, START

HTMX = {"HX-Request": "true"}


@pytest.fixture
def page(network: Network) -> FlaskClient:
    return create_app(network).test_client()


def receive(network: Network, text: str, **fields: object) -> None:
    body = {"id": "out-1", "to": PHONE, "from": LINE, "text": text, **fields}
    send(network, network.any_account(), SendRequest.from_json(body))


def test_a_phone_shows_its_conversation_with_each_text_and_its_status(page, network, courier) -> None:
    receive(network, "Your table is ready")
    courier.deliver_due(START + 1)
    html = page.get("/simulator").text
    for words in ("Ana", PHONE, "Your table is ready", "delivered", "08:00"):
        assert words in html
    assert "No line is connected" not in html


def test_an_empty_network_says_how_to_begin(tmp_path) -> None:
    app = create_app(tmp_path / "new.sqlite3")
    html = app.test_client().get("/simulator/").text
    assert "No line is connected yet" in html
    assert "No phones yet" in html
    assert app.extensions["simulator"].any_account().key in html


def test_a_phone_is_added(page, network) -> None:
    answer = page.post("/simulator/phones", data={"number": "+44 7700 900123", "name": "Bo"})
    assert (answer.status_code, answer.location) == (303, "/simulator#phone-447700900123")
    assert network.phone("+447700900123").name == "Bo"


def test_a_number_that_is_none_is_said_so_and_kept(page, network) -> None:
    answer = page.post("/simulator/phones", data={"number": "07700 900123", "name": "Bo"})
    assert answer.status_code == 422
    assert "starts with + and the country code" in answer.text
    assert 'value="07700 900123"' in answer.text
    assert len(network.phones(10)) == 1


def test_a_text_is_written_with_a_plain_form(page, network, courier, receiver) -> None:
    answer = page.post(f"/simulator/phones/{PHONE}/texts", data={"line": LINE, "text": "Am I late?"})
    assert (answer.status_code, answer.location) == (303, "/simulator#phone-14155550101")
    courier.deliver_due(START)
    assert receiver.events[0]["text"] == "Am I late?"
    assert "received" in page.get("/simulator").text


def test_a_picture_goes_along(page, network, courier, receiver) -> None:
    address = re.search(r'name="media" value="([^"]+)"', page.get("/simulator").text)[1]
    page.post(f"/simulator/phones/{PHONE}/texts", data={"line": LINE, "text": "", "media": address})
    courier.deliver_due(START)
    assert (receiver.events[0]["text"], receiver.events[0]["media"]) == ("", [address])
    picture = page.get(address)
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert picture.data.startswith(b"\x89PNG")
    assert 'src="/simulator/v1/pictures/sample.png"' in page.get("/simulator").text


def test_a_picture_is_told_by_the_address_that_applications_know(network) -> None:
    """People open the page under another name than the one that sends go to."""
    app = Flask("elsewhere", template_folder=ROOT / "templates")
    app.register_blueprint(create_blueprint(network, address="http://127.0.0.1:5050/simulator"))
    app.register_blueprint(create_api(network))
    page = app.test_client().get("/simulator", base_url="http://phones.example").text
    assert 'name="media" value="http://127.0.0.1:5050/simulator/v1/pictures/sample.png"' in page


def test_a_text_that_cannot_go_is_kept_in_its_box(page, network) -> None:
    answer = page.post(f"/simulator/phones/{PHONE}/texts", data={"line": "+14155559999", "text": "Hello?"})
    assert (answer.status_code, network.conversation(PHONE)) == (422, [])
    assert "No line has the number" in answer.text
    assert ">Hello?</textarea>" in answer.text


def test_by_htmx_the_conversation_comes_back_and_the_complaint_goes(page) -> None:
    place = f"/simulator/phones/{PHONE}/texts"
    wrong = page.post(place, data={"line": LINE, "text": " "}, headers=HTMX)
    assert (wrong.status_code, wrong.headers["HX-Retarget"]) == (422, "#text-problem-14155550101")
    assert "the text is empty" in wrong.text
    right = page.post(place, data={"line": LINE, "text": "Hi"}, headers=HTMX)
    assert right.text.lstrip().startswith('<ol class="conversation" id="conversation-14155550101"')
    assert re.search(r'id="text-problem-14155550101" hx-swap-oob="true"></p>', right.text)
    assert "<html" not in right.text


def test_a_conversation_is_sent_again_only_when_it_changed(page, network, courier) -> None:
    place = f"/simulator/phones/{PHONE}/conversation"
    seen = network.phone(PHONE).version
    assert page.get(place, query_string={"seen": seen}).status_code == 204
    receive(network, "News")
    arrived = page.get(place, query_string={"seen": seen})
    assert (arrived.status_code, "News" in arrived.text, "on its way" in arrived.text) == (200, True, True)
    seen = network.phone(PHONE).version
    assert f"seen={seen}" in arrived.text
    courier.deliver_due(START + 0.5)
    assert ">sent<" in page.get(place, query_string={"seen": seen}).text


def test_a_choice_of_lines_only_when_there_are_several(page, network) -> None:
    assert '<select name="line">' not in page.get("/simulator").text
    network.set_line(network.any_account(), "+447700900100", "http://127.0.0.1:9/")
    receive(network, "From the other", **{"from": "+447700900100"})
    html = page.get("/simulator").text
    assert '<select name="line">' in html
    assert '<option value="+447700900100" selected>+447700900100</option>' in html


def test_the_menu_sets_what_goes_wrong_and_says_so(page, network) -> None:
    place = f"/simulator/phones/{PHONE}/behaviour"
    form = {"outcome": "drop", "receipts": "late", "seconds": "7", "error_code": "30003", "once": "on"}
    assert page.post(place, data=form).status_code == 303
    phone = network.phone(PHONE)
    assert (phone.next_behaviour.outcome, phone.next_behaviour.seconds) == ("drop", 7)
    words = "Next text: Arrives, connection breaks. Receipts come late (7 s)"
    assert words in page.get("/simulator").text
    receive(network, "Used up")
    assert "Everything works" in page.get("/simulator").text


def test_the_menu_refuses_nonsense(page, network) -> None:
    place = f"/simulator/phones/{PHONE}/behaviour"
    answer = page.post(place, data={"seconds": "soon"})
    assert answer.status_code == 422
    assert re.search(r'<details class="network" id="network-14155550101" open>', answer.text)
    assert "whole number" in answer.text
    by_htmx = page.post(place, data={"seconds": "soon"}, headers=HTMX)
    assert by_htmx.headers["HX-Retarget"] == "#network-problem-14155550101"
    assert network.phone(PHONE).behaviour.is_ordinary


def test_the_menu_offers_every_behaviour_in_words(page) -> None:
    html = page.get("/simulator").text
    for words in (*OUTCOMES.values(), *RECEIPTS.values()):
        assert f">{words}</option>" in html


def test_a_carrier_block_is_shown(page, network) -> None:
    page.post(f"/simulator/phones/{PHONE}/behaviour", data={"carrier_stop": "on"})
    page.post(f"/simulator/phones/{PHONE}/texts", data={"line": LINE, "text": "STOP"})
    assert f"Opted out of {LINE}" in page.get("/simulator").text


def test_newcomers_are_told_of_once(page, network) -> None:
    newest = network.phones(1)[0].id
    assert page.get(f"/simulator/newcomers?after={newest}").status_code == 204
    receive(network, "Hi", to="+447700900123")
    told = page.get(f"/simulator/newcomers?after={newest}")
    assert "+447700900123" in told.text
    assert page.get(f"/simulator/newcomers?after={newest}&told={newest + 1}").status_code == 204


def test_many_phones_are_paged(page, network) -> None:
    for n in range(PHONES_ON_A_PAGE):
        network.add_phone(f"+4477009001{n:02}", f"Guest {n}")
    first = page.get("/simulator").text
    assert first.count('<article class="phone"') == PHONES_ON_A_PAGE
    older = re.search(r'href="(/simulator\?before=\d+)"', first)
    assert older
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page.get(older[1]).text) == ["Ana"]


def test_what_people_write_is_never_markup(page, network) -> None:
    attack = "<img src=x onerror=alert(1)>'\"{{ 7*7 }}"
    network.add_phone(PHONE, attack)
    receive(network, attack, media=['http://127.0.0.1/"onclick="x'])
    page.post(f"/simulator/phones/{PHONE}/texts", data={"line": LINE, "text": attack})
    html = page.get("/simulator").text
    assert "<img" not in html
    assert html.count("&lt;img src=x") >= 3
    assert "/&#34;onclick=&#34;x" in html
    assert not re.search(r'<[^>]*\s(on\w+|style)="', html)


def test_an_unknown_phone_is_not_found(page) -> None:
    for place in ("conversation", "texts", "behaviour"):
        method = page.get if place == "conversation" else page.post
        assert method(f"/simulator/phones/+447700900999/{place}").status_code == 404


def test_a_guard_stands_before_every_page(network) -> None:
    app = Flask(__name__)
    app.register_blueprint(create_blueprint(network, guard=lambda: redirect("/sign-in")))
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("simulator.")]
    assert len(rules) >= 6
    for rule in rules:
        method = "POST" if "POST" in rule.methods else "GET"
        answer = app.test_client().open(rule.rule.replace("<number>", PHONE), method=method)
        assert answer.location == "/sign-in", rule


def test_forms_carry_the_token_where_the_application_checks_one(network) -> None:
    app = create_app(network)
    app.jinja_env.globals["csrf_token"] = lambda: "token-123"
    html = app.test_client().get("/simulator").text
    assert html.count('value="token-123"') == html.count("<form") == 3


def test_the_account_is_shown_only_where_asked(network) -> None:
    app = create_app(network)
    assert "key-one" in app.test_client().get("/simulator").text
    shown = Flask(__name__, template_folder=app.template_folder, static_folder=app.static_folder)
    shown.register_blueprint(create_blueprint(network))
    html = shown.test_client().get("/simulator").text
    assert "Ana" in html
    assert "key-one" not in html
    assert "secret-one" not in html
