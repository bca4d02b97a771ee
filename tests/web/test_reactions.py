"""Reactions as a conversation shows them: on the text that they are about, or as a text where that is not shown."""

import re

from sqlalchemy import select

from flexie import inbox, outbox
from flexie.db import db
from flexie.models import Conversation, Line
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


def wrote(desk: Desk, *texts: str) -> str:
    """We wrote to Ana; returns the conversation's public id."""
    for text in texts:
        with desk.rows():
            line = db.session.scalars(select(Line)).one()
            outbox.queue(outbox.Draft(line=line, number=ANA, text=text, intent=f"test:{text}"))
        desk.house.work()
    with desk.app.app_context():
        return db.session.scalars(select(Conversation.public_id)).one()


def reacts(desk: Desk, text: str) -> None:
    desk.house.text(text)
    desk.house.work()


def chips(page: str) -> list[str]:
    """What is said of reactions, by the message that each stands on."""
    found = re.findall(r'<p class="reaction"[^>]*>.*?<span class="unseen">(.*?)</span></p>', page)
    return [one.strip() for one in found]


def test_a_reaction_stands_on_its_text_and_is_no_text_of_its_own(desk: Desk) -> None:
    desk.house.record(first_name="Ana", last_name="Lima", mobile=ANA)
    talk = wrote(desk, "See you at nine")
    page = desk.mira.get(f"/inbox/{talk}").text
    look = re.search(r'hx-get="(/inbox/\w+/thread\?seen=\w+)"', page)
    assert look
    assert chips(page) == []
    reacts(desk, "Liked “See you at nine”")
    page = desk.mira.get(look[1], htmx=True).text
    assert chips(page) == ["Ana Lima reacted with 👍"]
    assert "Liked" not in page
    reacts(desk, "Removed a like from “See you at nine”")
    assert chips(desk.mira.get(f"/inbox/{talk}").text) == []


def test_the_list_says_what_came_last_and_calls_nobody(desk: Desk) -> None:
    wrote(desk, "See you at nine")
    reacts(desk, "Liked “See you at nine”")
    listed = desk.mira.get("/inbox/list", htmx=True).text
    assert "Liked “See you at nine”" in listed
    assert "is-unread" not in listed


def test_one_that_quotes_nothing_of_ours_is_shown_as_it_came(desk: Desk) -> None:
    talk = wrote(desk, "See you at nine")
    reacts(desk, "Liked “Something else”")
    reacts(desk, "Loved an image")
    page = desk.mira.get(f"/inbox/{talk}")
    assert chips(page.text) == []
    assert "Liked “Something else”" in words(page)
    assert "Loved an image" in words(page)


def test_where_its_text_is_not_shown_it_is_shown_as_it_came(desk: Desk) -> None:
    talk = wrote(desk, "See you at nine")
    for number in range(inbox.PAGE):
        desk.message(talk, f"text {number}")
    reacts(desk, "Liked “See you at nine”")
    page = desk.mira.get(f"/inbox/{talk}")
    assert "Liked “See you at nine”" in words(page)
    earlier = re.search(r'hx-get="(/inbox/\w+\?earlier=\w+)"', page.text)
    assert earlier
    assert chips(desk.mira.get(earlier[1], htmx=True).text) == ["(415) 555-2671 reacted with 👍"]


def test_what_a_phone_sends_stays_text(desk: Desk) -> None:
    talk = wrote(desk, "<b>nine</b>")
    reacts(desk, "👍 to “<b>nine</b>”")
    reacts(desk, "Liked “<script>alert(1)</script>”")
    page = desk.mira.get(f"/inbox/{talk}").text
    assert "<script>alert" not in page
    assert chips(page) == ["(415) 555-2671 reacted with 👍"]
