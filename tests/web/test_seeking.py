"""Searching the inbox: who and what is found, by whom, and where a result leads."""

import re
from urllib.parse import urlencode

import pytest

from flexie import finding, inbox, search
from flexie.db import db
from flexie.models import Conversation, Message
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk
from tests.web.test_inbox import listed

BEN = "+14155553333"


def for_(sought: str) -> str:
    return "/inbox?" + urlencode({"q": sought})


def keep(desk: Desk) -> None:
    """The words of all texts, as they are kept when texts come in."""
    with desk.rows():
        search.keep_messages({each.id: each.text for each in db.session.query(Message)})


def test_a_text_is_found_by_its_words_and_marked(desk: Desk) -> None:
    ana, ben = desk.talk(ANA, "Where is the invoice for March?"), desk.talk(BEN, "See you there")
    keep(desk)
    page = desk.mira.get("/inbox?q=INVOICE+mar")
    assert listed(page.text) == [ana]
    assert "<mark>invoice</mark> for <mark>March</mark>?" in page.text
    assert listed(desk.mira.get("/inbox?q=see").text) == [ben]
    assert "No conversation has all of these words" in words(desk.mira.get("/inbox?q=invoice+there"))


def test_people_come_before_texts_and_closed_ones_are_found_too(desk: Desk) -> None:
    desk.house.record(first_name="March", last_name="Hare", mobile=ANA)
    hare, other = desk.talk(ANA, "Hello"), desk.talk(BEN, "In March, please")
    keep(desk)
    with desk.rows():
        db.session.query(Conversation).filter_by(public_id=hare).one().state = "closed"
    assert listed(desk.mira.get("/inbox?q=march").text) == [hare, other]


@pytest.mark.parametrize("typed", ["(415) 555-26", "+1 415 555 26", "415555267", "14155552671"])
def test_a_number_is_found_as_it_begins(desk: Desk, typed: str) -> None:
    ana, _ = desk.talk(ANA), desk.talk(BEN)
    assert listed(desk.mira.get(for_(typed)).text) == [ana]


@pytest.mark.every_database
@pytest.mark.parametrize(("most", "many"), [(0, 20), (1, 20), (10_000, 20), (10_000, 1)])
def test_the_same_is_found_whether_hits_are_few_or_many(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most: int, many: int
) -> None:
    monkeypatch.setattr(search.Hits.__init__, "__defaults__", (None, most))
    monkeypatch.setattr(search, "MANY", many)
    monkeypatch.setattr(search, "LARGE", 0)
    monkeypatch.setattr(finding, "FEW_NUMBERS", most)
    desk.house.record(first_name="March", last_name="Hare", mobile=ANA)
    hare, late, early = (
        desk.talk(ANA, "Hello"),
        desk.talk(BEN, "In March, please"),
        desk.talk("+14155554444", "marching"),
    )
    keep(desk)
    assert listed(desk.mira.get("/inbox?q=march").text) == [hare, early, late]
    assert set(listed(desk.mira.get(for_("415 555")).text)) == {hare, late, early}
    assert "March Hare" in words(desk.mira.get("/records/contact?q=mar"))
    assert "March Hare" in words(desk.mira.get("/records/contact?" + urlencode({"q": "415 555 26"})))
    assert listed(desk.mira.get(for_("nobody")).text) == listed(desk.mira.get(for_("?!")).text) == []


def test_nothing_is_found_on_lines_of_others(desk: Desk) -> None:
    line_id = desk.line("Board", "+14155550188", role="admin")
    desk.house.record(first_name="Zelda", mobile=ANA)
    desk.talk(ANA, "secret merger", line_id=line_id)
    keep(desk)
    tom = desk.agent()
    for sought in ("merger", "Zelda", "415 555"):
        assert len(listed(desk.mira.get(for_(sought)).text)) == 1
        assert listed(tom.get(for_(sought)).text) == []


def test_a_search_can_be_of_one_line(desk: Desk) -> None:
    line_id = desk.line("Billing", "+14155550188")
    desk.talk(ANA, "invoice")
    billing = desk.talk(BEN, "invoice", line_id=line_id)
    keep(desk)
    everything = desk.mira.get("/inbox?q=invoice")
    address = re.search(r'href="(/inbox\?[^"]*line=\w+[^"]*)"[^>]*>\s*<span class="cut">Billing', everything.text)
    assert address
    page = desk.mira.get(address.group(1).replace("&amp;", "&"))
    assert listed(page.text) == [billing]
    assert 'value="invoice"' in page.text


def test_a_result_leads_to_its_message_however_far_back(desk: Desk) -> None:
    ana = desk.talk(ANA, "the pink one")
    for number in range(60):
        desk.message(ana, f"text {number}")
    keep(desk)
    found = desk.mira.get("/inbox?q=pink").text
    address = re.search(r'id="open-\w+" href="([^"]+)"', found)
    assert address
    page = desk.mira.get(address.group(1).replace("&amp;", "&"))
    sought = re.search(r'data-at="(message-\w+)"', page.text)
    assert sought
    assert f'id="{sought.group(1)}"' in page.text
    assert "text 59" in words(page)
    assert listed(page.text) == [ana], "the search still stands beside it"


def test_a_message_too_far_back_is_shown_in_its_surroundings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexie.web.thread.MOST_NEWER", 30)
    ana = desk.talk(ANA, "text first")
    ids = [desk.message(ana, f"text {number}") for number in range(100)]
    page = desk.mira.get(f"/inbox/{ana}?at={ids[50]}")
    assert "text 50 " in words(page)
    assert "To the newest messages" in words(page)
    assert "text 98" not in words(page)
    assert "look from:body" not in re.search(r'<div id="thread".*?>', page.text, re.DOTALL)[0], (
        "it must not look for news"
    )
    assert "To the newest" not in words(desk.mira.get(f"/inbox/{ana}?at={ids[90]}"))


@pytest.mark.parametrize("at", ["nonsense", "0" * 32])
def test_a_message_that_is_not_here_is_no_trouble(desk: Desk, at: str) -> None:
    ana = desk.talk(ANA)
    assert desk.mira.get(f"/inbox/{ana}?at={at}").status_code == 200


@pytest.mark.parametrize(
    "sought", ['"', "%", "*", "NEAR(", "a AND", "' OR 1=1 --", "\\", "​", "x" * 5000, "-", "words:a"]
)
def test_odd_searches_are_searches(desk: Desk, sought: str) -> None:
    desk.talk(ANA)
    keep(desk)
    assert desk.mira.get(for_(sought)).status_code == 200


def test_what_is_found_is_no_more_than_people_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexie.seeking.MOST", 5)
    made = desk.many(8)
    keep(desk)
    page = desk.mira.get("/inbox?q=text")
    assert listed(page.text) == made[:2:-1]
    assert "There is more than this" in words(page)
    assert inbox.PAGE > 5
