"""Colleagues hand conversations to each other, close them, open them again, and leave notes."""

import re

from flexie.db import db
from flexie.models import Conversation, Group, Notice, User
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk


def state(desk: Desk, talk: str) -> tuple[str, str | None]:
    with desk.app.app_context():
        row = db.session.scalars(db.select(Conversation).where(Conversation.public_id == talk)).one()
        keeper = row.assignee or row.assigned_group
        return row.state, keeper.name if keeper else None


def public_id(desk: Desk, user_id: int) -> str:
    with desk.app.app_context():
        return db.session.get_one(User, user_id).public_id


def listed(page: str) -> list[str]:
    return re.findall(r'id="row-(\w+)"', page)


def test_a_conversation_is_given_to_a_colleague_who_is_told(desk: Desk) -> None:
    talk = desk.talk(ANA)
    tom = desk.person("tom@example.com", "Tom Field")
    answer = desk.mira.post(f"/inbox/{talk}/assign", {"to": f"user:{public_id(desk, tom)}"}, htmx=True)
    assert state(desk, talk) == ("open", "Tom Field")
    assert "Mira Okafor assigned this to Tom Field" in words(answer)
    with desk.app.app_context():
        told = db.session.scalars(db.select(Notice.text).where(Notice.user_id == tom)).all()
    assert told == ["Mira Okafor assigned you the conversation with (415) 555-2671."]

    toms = Browser(desk.app, tom)
    assert listed(toms.get("/inbox?show=mine").text) == [talk]
    assert listed(desk.mira.get("/inbox?show=mine").text) == []
    assert listed(desk.mira.get("/inbox?show=unassigned").text) == []
    toms.post(f"/inbox/{talk}/assign", {"to": ""})
    assert state(desk, talk) == ("open", None)
    assert listed(desk.mira.get("/inbox?show=unassigned").text) == [talk]


def test_a_group_s_conversations_are_those_of_its_people(desk: Desk) -> None:
    talk = desk.talk(ANA)
    tom = Browser(desk.app, desk.person("tom@example.com", groups=("Duty",)))
    with desk.app.app_context():
        group = db.session.scalars(db.select(Group)).one().public_id
    page = tom.post(f"/inbox/{talk}/assign", {"to": f"group:{group}"}, htmx=True)
    assert "Tom Field assigned this to Duty" in words(page)
    assert listed(tom.get("/inbox?show=mine").text) == [talk]
    assert "Mine 1" in words(tom.get("/inbox"))


def test_nobody_is_given_what_they_cannot_see_or_who_is_not_there(desk: Desk) -> None:
    tom = desk.person("tom@example.com", "Tom Field")
    line = desk.line("Board", "+14155550188", user_id=desk.mira_id)
    talk = desk.talk(ANA, line_id=line)
    answer = desk.mira.post(f"/inbox/{talk}/assign", {"to": f"user:{public_id(desk, tom)}"})
    assert "Tom Field cannot see this line." in words(desk.mira.get(answer.location))
    assert state(desk, talk) == ("open", None)
    assert "Tom Field" not in words(desk.mira.get(f"/inbox/{talk}"))
    for wrong in ("user:" + "0" * 32, "group:1", "group:x", "nonsense"):
        assert desk.mira.post(f"/inbox/{talk}/assign", {"to": wrong}).status_code == 404
    assert Browser(desk.app, tom).post(f"/inbox/{talk}/assign", {"to": "me"}).status_code == 404


def test_what_is_closed_leaves_the_lists_until_the_customer_writes(desk: Desk) -> None:
    desk.house.text("Hello")
    desk.house.work()
    with desk.app.app_context():
        talk = db.session.scalars(db.select(Conversation.public_id)).one()
    answer = desk.mira.post(f"/inbox/{talk}/close", htmx=True)
    assert "Mira Okafor closed this" in words(answer)
    for show in ("all", "unread", "mine", "unassigned", "not-linked"):
        assert listed(desk.mira.get(f"/inbox?show={show}").text) == []
    assert listed(desk.mira.get("/inbox?show=closed").text) == [talk]

    desk.house.text("One more thing")
    assert listed(desk.mira.get("/inbox").text) == [talk]
    desk.mira.post(f"/inbox/{talk}/close")
    desk.mira.post(f"/inbox/{talk}/reopen")
    assert state(desk, talk)[0] == "open"
    assert "Mira Okafor opened this again" in words(desk.mira.get(f"/inbox/{talk}"))


def test_an_answer_opens_again_and_a_rules_text_does_not(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.rules(
        'version 1\n\nrule "R":\n  for contact\n  when incoming sms matches "go"\n\n  wait 1 hour\n  send sms "Later"\n'
    )
    desk.house.text("go")
    desk.house.work()
    with desk.app.app_context():
        talk = db.session.scalars(db.select(Conversation.public_id)).one()
    desk.mira.post(f"/inbox/{talk}/close")
    desk.clock.move(hours=1)
    desk.house.work()
    assert [post.one("Body") for post in desk.house.standin.posts] == ["Later"]
    assert state(desk, talk)[0] == "closed"
    desk.mira.post(f"/inbox/{talk}/reply", {"text": "Hello again", "nonce": "n"})
    assert state(desk, talk)[0] == "open"


def test_a_note_is_for_colleagues_and_is_never_sent(desk: Desk) -> None:
    talk = desk.talk(ANA, unread=0)
    for _ in range(2):
        page = desk.mira.post(f"/inbox/{talk}/reply", {"text": "Call her <b>", "nonce": "n", "kind": "note"}, htmx=True)
    assert words(page).count("Call her <b>") == 1
    assert re.search(r'value="note" checked', page.text)
    desk.house.work()
    assert [post.one("Body") for post in desk.house.standin.posts] == []
    assert desk.house.messages("out") == []
    assert "There is nothing to keep" in words(desk.mira.post(f"/inbox/{talk}/reply", {"text": " ", "kind": "note"}))

    note = re.search(r'id="note-(\w+)"', page.text)
    assert note
    tom = desk.agent()
    assert tom.post(f"/inbox/{talk}/notes/{note[1]}/delete").status_code == 403
    assert "Call her" in words(tom.get(f"/inbox/{talk}"))
    assert "Call her" not in words(desk.mira.post(f"/inbox/{talk}/notes/{note[1]}/delete", htmx=True))


def test_a_rule_that_assigns_is_named(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.rules(
        'version 1\n\nrule "Hand over":\n  for contact\n  when incoming sms\n  at most once per 1 day\n\n'
        '  assign to user "Mira Okafor"\n'
    )
    desk.house.text("Hi")
    desk.house.work()
    with desk.app.app_context():
        talk = db.session.scalars(db.select(Conversation.public_id)).one()
    assert "Hand over assigned this to Mira Okafor" in words(desk.mira.get(f"/inbox/{talk}"))
