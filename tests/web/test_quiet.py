"""Whoever writes to somebody at a quiet hour is asked: now, or when the hours end there?"""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from flexie import outbox
from flexie.db import db
from flexie.models import AuditEntry, Line, Message, Settings
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


@pytest.fixture
def night(desk: Desk) -> Desk:
    """It is 23:10 in California, where Ana is, and 02:10 in New York, where the account is; quiet is from 21 to 8."""
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.clock.moment = datetime(2030, 1, 8, 7, 10, tzinfo=UTC)
    with desk.rows():
        settings = Settings.get()
        settings.quiet_from, settings.quiet_until, settings.time_zone = "21:00", "08:00", "America/New_York"
    return desk


def sent(desk: Desk) -> list[tuple[str, str, str | None]]:
    with desk.app.app_context():
        rows = db.session.scalars(select(Message).where(Message.direction == "out").order_by(Message.id))
        return [(row.text, row.status, row.anyway.name if row.anyway else None) for row in rows]


def button(page: str) -> str:
    """What the button for later sends."""
    found = re.search(r'name="later" value="([\dT:-]+)">At 08:00 there', page)
    assert found, page
    return found[1]


@pytest.mark.parametrize("htmx", [True, False])
def test_an_answer_is_asked_about_and_nothing_typed_is_lost(night: Desk, htmx: bool) -> None:
    talk = night.talk(ANA)
    form = {"text": "See you at noon", "nonce": "n"}
    answer = night.mira.post(f"/inbox/{talk}/reply", form, htmx=htmx)
    assert answer.status_code == 422
    assert "It is 23:10 for Ana : send now, or at 08:00 there?" in words(answer)
    assert "See you at noon</textarea>" in answer.text
    assert sent(night) == []
    night.mira.post(f"/inbox/{talk}/reply", {**form, "chosen": "", "anyway": "yes"})
    assert sent(night) == [("See you at noon", "queued", "Mira Okafor")]


def test_in_the_morning_is_when_the_hours_end_there(night: Desk) -> None:
    talk = night.talk(ANA)
    form = {"text": "See you at noon", "nonce": "n"}
    asked = night.mira.post(f"/inbox/{talk}/reply", form, htmx=True)
    later = button(asked.text)
    assert later == "2030-01-08T11:00"  # in New York
    assert night.mira.post(f"/inbox/{talk}/reply", {**form, "later": later}, htmx=True).status_code == 200
    with night.app.app_context():
        (message,) = db.session.scalars(select(Message).where(Message.direction == "out"))
        assert (message.status, message.due_at) == ("scheduled", datetime(2030, 1, 8, 16, 0, tzinfo=UTC))


def test_a_moment_that_will_be_quiet_is_asked_about_too(night: Desk) -> None:
    form = {"to": ANA, "text": "Good night", "nonce": "n", "later": "2030-01-09T01:30"}
    asked = night.mira.post("/inbox/new", form)
    assert asked.status_code == 422
    assert "It will be 22:30 for Ana : send it then, or at 08:00 there?" in words(asked)
    chosen = re.search(r'name="chosen" value="([^"]+)"', asked.text)
    assert chosen
    form.pop("later")
    assert night.mira.post("/inbox/new", {**form, "chosen": chosen[1], "anyway": "yes"}).status_code == 303
    night.clock.moment = datetime(2030, 1, 9, 6, 30, tzinfo=UTC)
    night.house.work()
    assert sent(night)[0][1:] == ("accepted", "Mira Okafor")


def test_by_day_and_for_notes_nothing_is_asked(night: Desk) -> None:
    talk = night.talk(ANA)
    assert (
        night.mira.post(f"/inbox/{talk}/reply", {"text": "n", "nonce": "1", "kind": "note"}, htmx=True).status_code
        == 200
    )
    night.clock.move(hours=12)
    assert night.mira.post(f"/inbox/{talk}/reply", {"text": "hi", "nonce": "2"}, htmx=True).status_code == 200
    assert sent(night) == [("hi", "queued", None)]


def put_off(night: Desk) -> str:
    """The address of a program's text that waits for the morning."""
    with night.rows():
        line = db.session.scalars(select(Line)).one()
        outbox.queue(outbox.Draft(line=line, number=ANA, text="Your order", intent="api:1"))
    night.house.work()
    with night.app.app_context():
        message = db.session.scalars(select(Message)).one()
        assert message.status == "scheduled"
        return f"/inbox/{message.conversation.public_id}/messages/{message.public_id}"


def test_a_text_that_was_put_off_says_why_and_is_sent_now_by_whoever_wants_it(night: Desk) -> None:
    address = put_off(night)
    page = night.mira.get(address.partition("/messages")[0])
    assert "quiet hours: it is 23:10 there, and it goes at 08:00 (Los Angeles time)" in words(page)
    assert night.mira.post(f"{address}/now").status_code == 303
    assert sent(night) == [("Your order", "queued", "Mira Okafor")]
    with night.app.app_context():
        assert [row.did for row in db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "message"))] == [
            "sent anyway"
        ]


def test_a_text_for_later_that_is_to_go_now_is_asked_about_on_a_page_of_its_own(night: Desk) -> None:
    talk = night.talk(ANA)
    night.mira.post(f"/inbox/{talk}/reply", {"text": "At ten", "nonce": "n", "later": "2030-01-08T13:00"})
    with night.app.app_context():
        message = db.session.scalars(select(Message.public_id).where(Message.direction == "out")).one()
    address = f"/inbox/{talk}/messages/{message}/now"
    for htmx in (True, False):
        answer = night.mira.post(address, htmx=htmx)
        assert (answer.location or answer.headers["HX-Redirect"]) == address
    page = night.mira.get(address)
    assert "It is 23:10 for Ana . Quiet hours end at 08:00 there." in words(page)
    assert sent(night)[0][1] == "scheduled"
    night.mira.post(address, {"anyway": "yes"})
    assert sent(night) == [("At ten", "queued", "Mira Okafor")]


def test_a_text_that_is_edited_into_the_night_is_asked_about(night: Desk) -> None:
    talk = night.talk(ANA)
    night.mira.post(f"/inbox/{talk}/reply", {"text": "At ten", "nonce": "n", "later": "2030-01-08T13:00"})
    with night.app.app_context():
        message = db.session.scalars(select(Message.public_id).where(Message.direction == "out")).one()
    address = f"/inbox/{talk}/messages/{message}/edit"
    seen = re.search(r'name="seen" value="(\w+)"', night.mira.get(address).text)
    assert seen
    form = {"text": "At ten at night", "send_at": "2030-01-09T01:00", "seen": seen[1], "later": "at"}
    asked = night.mira.post(address, form)
    assert "It will be 22:00 for Ana" in words(asked)
    form.pop("later")
    assert night.mira.post(address, {**form, "chosen": "2030-01-09T01:00", "anyway": "yes"}).status_code == 303
    assert sent(night) == [("At ten at night", "scheduled", "Mira Okafor")]
