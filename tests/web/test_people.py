"""Administrators add people, hand over links, and send people away; everybody is seen."""

import re

import pytest
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from flexie import live
from flexie.db import db
from flexie.models import AuditEntry, Conversation, Group, SignIn, User
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import PASSWORD, Desk

NEW = {"email": "bo@example.com", "name": "Bo Lund", "role": "agent"}


def public_id(desk: Desk, email: str) -> str:
    with desk.app.app_context():
        return db.session.scalars(select(User.public_id).where(User.email == email)).one()


def link_in(page: TestResponse) -> str:
    """The path of the link that a page shows."""
    found = re.search(r'value="https://sms\.example\.test(/welcome/[\w-]{43})"', page.text)
    assert found, words(page)
    return found[1]


def test_somebody_new_sets_a_password_by_the_link_and_is_in(desk: Desk) -> None:
    with desk.rows():
        night = Group(name="Night")
        db.session.add(night)
        db.session.flush()
        chosen = night.public_id
    link = link_in(desk.mira.post("/settings/people/new", {**NEW, "groups": chosen}))
    assert "Bo Lund bo@example.com Has no password yet Agent Night Never seen" in words(
        desk.mira.get("/settings/people")
    )
    bo = Browser(desk.app)
    assert "Set your password Bo Lund, for Test account" in words(bo.get(link))
    answer = bo.post(link, {"password": "seven red bicycles"})
    assert (answer.status_code, answer.location) == (303, "/inbox")
    assert "Bo Lund" in words(bo.get("/inbox"))
    assert bo.get(link).status_code == 404
    assert "This link has ended" in words(bo.get(link))
    again = Browser(desk.app).post("/signin", {"email": "bo@example.com", "password": "seven red bicycles"})
    assert again.location == "/inbox"


def test_a_password_that_is_too_weak_is_told_and_the_link_still_works(desk: Desk) -> None:
    link = link_in(desk.mira.post("/settings/people/new", NEW))
    bo = Browser(desk.app)
    answer = bo.post(link, {"password": "red bikes"})
    assert answer.status_code == 422
    assert "at least 12 characters; this one has 9" in words(answer)
    assert "red bikes" not in answer.text
    assert bo.remembered() is None
    assert bo.post(link, {"password": "seven red bicycles"}).status_code == 303


def test_a_link_that_somebody_else_opens_says_whom_it_is_for(desk: Desk) -> None:
    link = link_in(desk.mira.post("/settings/people/new", NEW))
    assert "You are signed in as Mira Okafor . This link is for Bo Lund" in words(desk.mira.get(link))
    before = desk.mira.remembered()
    desk.mira.post(link, {"password": "seven red bicycles"})
    assert "Bo Lund" in words(desk.mira.get("/inbox"))
    thief = Browser(desk.app)
    thief.remember(before or "")
    assert thief.get("/inbox").status_code == 303


def test_guesses_at_links_are_limited_and_those_who_have_one_are_not(desk: Desk) -> None:
    link = link_in(desk.mira.post("/settings/people/new", NEW))
    stranger = Browser(desk.app)
    token = stranger.token()
    answers = []
    for number in range(30):
        wrong = f"/welcome/{number:043}"
        form = {"csrf_token": token, "password": "seven red bicycles"}
        at = {"REMOTE_ADDR": "10.0.0.9"}
        call = stranger.client.post if number % 2 else stranger.client.get
        answers.append(call(wrong, data=form, base_url=stranger.base, environ_overrides=at).status_code)
    assert answers == [404] * 20 + [429] * 10
    assert Browser(desk.app).get(link).status_code == 200


def test_the_address_of_a_link_is_told_to_no_page_of_others(desk: Desk) -> None:
    link = link_in(desk.mira.post("/settings/people/new", NEW))
    for answer in (Browser(desk.app).get(link), Browser(desk.app).get("/welcome/" + "x" * 43)):
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_with_mistakes_keeps_what_was_typed(desk: Desk) -> None:
    answer = desk.mira.post("/settings/people/new", {"email": "mira@example.com", "name": "Bo", "role": "rule writer"})
    assert answer.status_code == 422
    assert "Mira Okafor has this address. Open their page." in words(answer)
    assert 'value="Bo"' in answer.text
    assert re.search(r'value="rule writer" checked', answer.text)
    with desk.app.app_context():
        assert len(db.session.scalars(select(User.id)).all()) == 1


def test_role_and_groups_change_at_once(desk: Desk) -> None:
    desk.line("Board", "+14155550188", role="rule writer")
    tom = desk.agent()
    address = f"/settings/people/{public_id(desk, 'tom@example.com')}"
    assert "Board" not in words(tom.get("/inbox/new"))
    form = {"email": "tom@example.com", "name": "Tom Field", "role": "rule writer"}
    answer = desk.mira.post(address, form)
    assert "Saved: Tom Field" in words(desk.mira.get(answer.location))
    assert "Board" in words(tom.get("/inbox/new"))
    assert tom.get("/settings/people").status_code == 403


def test_a_new_link_leaves_the_password_until_another_is_set(desk: Desk) -> None:
    desk.agent()
    address = f"/settings/people/{public_id(desk, 'tom@example.com')}"
    first = link_in(desk.mira.post(f"{address}/link"))
    second = link_in(desk.mira.post(f"{address}/link"))
    assert Browser(desk.app).get(first).status_code == 404
    sign_in = {"email": "tom@example.com", "password": PASSWORD}
    assert Browser(desk.app).post("/signin", sign_in).status_code == 303
    assert Browser(desk.app).post(second, {"password": "seven red bicycles"}).status_code == 303
    assert Browser(desk.app).post("/signin", sign_in).status_code == 422


def test_signing_out_everywhere_signs_out_everywhere_and_ends_streams(desk: Desk) -> None:
    tom = desk.agent()
    other = Browser(desk.app)
    other.post("/signin", {"email": "tom@example.com", "password": PASSWORD})
    with desk.app.app_context():
        listener = live.of_app().listen([1], patience=20)
        assert listener is not None
    address = f"/settings/people/{public_id(desk, 'tom@example.com')}"
    answer = desk.mira.post(f"{address}/signout")
    assert "Tom Field was signed out in 2 browsers." in words(desk.mira.get(answer.location))
    assert [each.get("/inbox").status_code for each in (tom, other, desk.mira)] == [303, 303, 200]
    while not listener.is_cut:
        listener.wait(20)


def test_whoever_leaves_keeps_conversations_marked_as_left_or_gives_them_up(desk: Desk) -> None:
    talks = [desk.talk(ANA), desk.talk("+14155553001")]
    tom = desk.agent()
    for talk in talks:
        tom.post(f"/inbox/{talk}/assign", {"to": "me"})
    address = f"/settings/people/{public_id(desk, 'tom@example.com')}"
    assert "2 open conversations stay assigned to them" in words(desk.mira.get(f"{address}/leave"))
    desk.mira.post(f"{address}/leave")
    assert tom.get("/inbox").status_code == 303
    assert "Tom Field tom@example.com Left" in words(desk.mira.get("/settings/people"))
    assert "Tom Field (left)" in words(desk.mira.get(f"/inbox/{talks[0]}"))
    desk.mira.post(f"{address}/back")
    assert "(left)" not in words(desk.mira.get(f"/inbox/{talks[0]}"))
    desk.mira.post(f"{address}/leave", {"release": "yes"})
    with desk.app.app_context():
        assert db.session.scalars(select(Conversation.assignee_id)).all() == [None, None]
        told = db.session.scalars(select(AuditEntry.changes).where(AuditEntry.subject == "conversation")).all()
    assert told[-2:] == [{"assigned to": ["Tom Field", None]}] * 2


def test_the_last_administrator_is_told_why_not(desk: Desk) -> None:
    address = f"/settings/people/{public_id(desk, 'mira@example.com')}"
    form = {"email": "mira@example.com", "name": "Mira Okafor", "role": "agent"}
    answer = desk.mira.post(address, form)
    assert answer.status_code == 422
    assert "Mira Okafor is the last administrator" in words(answer)
    answer = desk.mira.post(f"{address}/leave")
    assert "make somebody else an administrator first" in words(desk.mira.get(answer.location))
    assert desk.mira.get("/settings").status_code == 303


@pytest.mark.parametrize("path", ["", "/link", "/signout", "/leave", "/back"])
def test_agents_change_nobody(desk: Desk, path: str) -> None:
    tom = desk.agent()
    address = f"/settings/people/{public_id(desk, 'mira@example.com')}{path}"
    assert tom.post(address, {**NEW, "role": "admin"}).status_code == 403
    assert tom.post("/settings/people/new", {**NEW, "role": "admin"}).status_code == 403
    assert desk.mira.get("/settings/people").status_code == 200


def seen(desk: Desk) -> str:
    with desk.app.app_context():
        at = db.session.scalars(select(User.last_seen_at).where(User.email == "tom@example.com")).one()
    return at.strftime("%H:%M") if at else "never"


def test_people_are_seen_by_pages_that_only_read_and_not_written_down_each_time(desk: Desk) -> None:
    tom = desk.agent()
    assert seen(desk) == "never"
    for minutes, told in ((0, "10:00"), (9, "10:00"), (1, "10:10"), (30, "10:40")):
        desk.clock.move(minutes=minutes)
        assert tom.get("/inbox").status_code == 200
        assert seen(desk) == told
    assert "Seen 10:40" in words(desk.mira.get("/settings/people"))


def test_whoever_is_not_signed_in_is_not_seen(desk: Desk) -> None:
    tom = desk.agent()
    with desk.rows():
        db.session.execute(delete(SignIn))
    tom.get("/inbox")
    assert seen(desk) == "never"


def command(desk: Desk, *words: str) -> str:
    with desk.app.app_context():
        return desk.app.test_cli_runner().invoke(args=list(words)).output


def test_the_command_makes_a_link_for_an_administrator_who_is_locked_out(desk: Desk) -> None:
    found = re.search(r"(/welcome/[\w-]+)", command(desk, "user", "link", "Mira@example.com", "--json"))
    assert found
    assert Browser(desk.app).post(found[1], {"password": "seven red bicycles"}).status_code == 303
    with desk.rows():
        db.session.execute(update(User).values(is_active=False))
    assert "There is nobody with the address" in command(desk, "user", "link", "mira@example.com")
