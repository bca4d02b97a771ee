"""Where texts that were written for later stand in a conversation."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from flexie.db import db
from flexie.models import Conversation, Message
from flexie.web import thread
from flexie.web.between import Between
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk
from tests.web.test_plans import plan_of


def bubbles(page: str) -> list[str]:
    return re.findall(r'<div class="bubble words" hx-disable>(.*?)</div>', page)


def planned(desk: Desk, talk: str, text: str, **ahead: float) -> str:
    """A text for later; returns its public id."""
    return desk.message(talk, text, "scheduled", due_at=desk.clock.moment + timedelta(**ahead), intent=text)


def test_what_is_to_go_stands_at_the_end_by_its_moment(desk: Desk) -> None:
    talk = desk.talk(ANA, "First")
    planned(desk, talk, "Next week", days=7)
    planned(desk, talk, "Tonight", hours=10)
    for number in range(45):
        desk.clock.move(minutes=1)
        desk.message(talk, f"Text {number}")
    page = desk.mira.get(f"/inbox/{talk}")
    assert bubbles(page.text)[-3:] == ["Text 44", "Tonight", "Next week"]
    assert "Monday 14 January" in words(page)
    earlier = re.search(r"earlier=(\w+)", page.text)
    assert earlier
    before = bubbles(desk.mira.get(f"/inbox/{talk}?earlier={earlier[1]}", htmx=True).text)
    assert before[0] == "First"
    assert not {"Tonight", "Next week"} & set(before)


def test_what_went_out_stands_where_it_went_and_is_shown_once(desk: Desk) -> None:
    desk.house.text("First")
    with desk.app.app_context():
        talk = db.session.scalars(db.select(Conversation.public_id)).one()
    form = {"nonce": "n", "text": "At eleven", "later": "In 1 hour"}
    desk.mira.post(f"/inbox/{talk}/reply", form)
    desk.clock.move(minutes=30)
    desk.house.text("Second")
    desk.clock.move(minutes=30)
    desk.house.work()
    desk.clock.move(minutes=1)
    desk.house.text("Third")
    assert bubbles(desk.mira.get(f"/inbox/{talk}").text) == ["First", "Second", "At eleven", "Third"]


@pytest.mark.every_database
def test_what_is_put_off_while_the_page_is_made_is_shown_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = desk.talk(ANA, "First")
    message = desk.message(talk, "Soon", "queued", due_at=desk.clock.moment)
    look = thread.between

    def put_off_before(*asked: Any) -> Between:
        other = db.engine.connect()
        later = desk.clock.moment + timedelta(seconds=30)
        with other.begin():
            other.execute(update(Message).where(Message.public_id == message).values(due_at=later))
        return look(*asked)

    monkeypatch.setattr(thread, "between", put_off_before)
    assert bubbles(desk.mira.get(f"/inbox/{talk}").text) == ["First", "Soon"]


def test_what_was_cancelled_stands_where_it_was_written(desk: Desk) -> None:
    talk = desk.talk(ANA, "First")
    message = planned(desk, talk, "Not this", hours=2)
    desk.clock.move(minutes=1)
    desk.message(talk, "Second")
    desk.mira.post(f"/inbox/{talk}/messages/{message}/cancel")
    assert bubbles(desk.mira.get(f"/inbox/{talk}").text) == ["First", "Not this", "Second"]


def test_a_list_that_is_looked_at_again_does_not_grow(desk: Desk) -> None:
    talk = desk.talk(ANA, "First")
    planned(desk, talk, "Tonight", hours=10)
    for number in range(60):
        desk.clock.move(seconds=1)
        desk.message(talk, f"Text {number}")
    page = desk.mira.get(f"/inbox/{talk}").text
    for _ in range(3):
        rows = len(re.findall("data-message=", page))
        assert rows == 40
        page = desk.mira.get(f"/inbox/{talk}/thread?rows={rows}", htmx=True).text


def test_the_thread_changes_when_what_waits_is_changed(desk: Desk) -> None:
    talk = desk.talk(ANA)
    message = planned(desk, talk, "Tonight", hours=10)
    seen = re.search(r"thread\?seen=(\w+)", desk.mira.get(f"/inbox/{talk}").text)
    assert seen
    address = f"/inbox/{talk}/thread?seen={seen[1]}"
    assert desk.mira.get(address, htmx=True).status_code == 204
    with desk.rows():
        desk.row(message).due_at = desk.clock.moment + timedelta(hours=11)
    assert desk.mira.get(address, htmx=True).status_code == 200


def test_they_are_found_by_an_index_of_their_own(desk: Desk) -> None:
    desk.talk(ANA)
    with desk.app.test_request_context():
        talk = db.session.scalars(db.select(Conversation)).one()
        assert "ix_messages_later" in plan_of(lambda: thread.shown(talk), "messages")


def test_who_may_act_on_a_text_is_offered_it_and_a_text_under_way_offers_nothing(desk: Desk) -> None:
    talk = desk.talk(ANA)
    planned(desk, talk, "Tonight", hours=10)
    desk.message(talk, "On its way", "queued", due_at=desk.clock.moment)
    page = desk.mira.get(f"/inbox/{talk}")
    assert words(page).count("Send now") == 1
    desk.message(talk, "Trying again", "queued", due_at=desk.clock.moment + timedelta(seconds=9), attempts=1)
    assert words(desk.mira.get(f"/inbox/{talk}")).count("Edit") == 2
