"""Texts for later in the boxes and in the thread: scheduled, reworded, sent now, cancelled."""

import re

import pytest

from flexie.db import db
from flexie.models import Message, Settings
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk


def only(desk: Desk) -> Message:
    (message,) = desk.house.messages("out")
    return message


def later(desk: Desk, talk: str, **more: str) -> str:
    """Schedule an answer for 18:00; returns its public id."""
    form = {"text": "See you", "nonce": "n", "later": "at", "send_at": "2030-01-07T18:00", **more}
    assert desk.mira.post(f"/inbox/{talk}/reply", form).status_code == 303
    return only(desk).public_id


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("form", "due"),
    [
        ({"later": "In 1 hour"}, "2030-01-07T11:00:00+00:00"),
        ({"later": "2030-01-08T09:00"}, "2030-01-08T14:00:00+00:00"),
        ({"later": "at", "send_at": "2030-01-08T09:00"}, "2030-01-08T14:00:00+00:00"),
        ({"send_at": "2030-03-10T02:30"}, "2030-03-10T07:30:00+00:00"),  # the clock skips this time
    ],
)
def test_an_answer_goes_later(desk: Desk, htmx: bool, form: dict[str, str], due: str) -> None:
    with desk.rows():
        Settings.get().time_zone = "America/New_York"
    talk = desk.talk(ANA)
    form = {"text": "See you", "nonce": "n", "unless_reply": "yes", **form}
    answer = desk.mira.post(f"/inbox/{talk}/reply", form, htmx=htmx)
    message = only(desk)
    assert message.due_at is not None
    assert (message.status, message.due_at.isoformat(), message.unless_reply) == ("scheduled", due, True)
    page = answer if htmx else desk.mira.get(answer.location)
    assert "See you" in words(page)
    assert "unless they reply Edit Send now Cancel" in words(page)


def test_what_was_offered_is_what_is_scheduled_although_midnight_passed(desk: Desk) -> None:
    talk = desk.talk(ANA)
    desk.clock.move(hours=13.9)  # 23:54
    page = desk.mira.get(f"/inbox/{talk}")
    offered = re.findall(r'name="later" value="([^"]+)"', page.text)
    assert offered == ["In 1 hour", "2030-01-08T09:00", "2030-01-14T09:00", "at"]
    assert "Send later, UTC" in words(page)
    desk.clock.move(minutes=30)
    desk.mira.post(f"/inbox/{talk}/reply", {"text": "x", "nonce": "n", "later": offered[1]})
    due = only(desk).due_at
    assert due is not None
    assert due.isoformat() == "2030-01-08T09:00:00+00:00"


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"later": "at"}, "Choose a day and a time."),
        ({"later": "at", "send_at": "2030-01-07T09:00"}, "This time has passed."),
        ({"later": "2030-01-07T09:00"}, "This time has passed."),
        ({"later": "nonsense"}, "Write a date and a time"),
    ],
)
def test_a_moment_that_cannot_be_meant_sends_nothing_and_keeps_the_words(
    desk: Desk, htmx: bool, form: dict[str, str], sentence: str
) -> None:
    talk = desk.talk(ANA)
    form = {"text": "See you", "nonce": "n", "unless_reply": "yes", **form}
    for path, more in ((f"/inbox/{talk}/reply", {}), ("/inbox/new", {"to": ANA})):
        answer = desk.mira.post(path, form | more, htmx=htmx)
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert re.search(r"<textarea[^>]*>See you</textarea>", answer.text)
        assert re.search(r'name="unless_reply" value="yes" checked', answer.text)
        assert '<details class="menu is-later" name="later" open>' in answer.text
    assert desk.house.messages("out") == []


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_that_was_sent_with_other_words_says_so_and_keeps_them(desk: Desk, htmx: bool) -> None:
    talk = desk.talk(ANA)
    for path, more in ((f"/inbox/{talk}/reply", {}), ("/inbox/new", {"to": ANA})):
        form = {"text": "First", "nonce": path, **more}
        desk.mira.post(path, form)
        desk.mira.post(path, form)  # a double click
        answer = desk.mira.post(path, form | {"text": "Second"}, htmx=htmx)
        assert answer.status_code == 422
        assert "An earlier text was sent from this box already" in words(answer)
        assert re.search(r"<textarea[^>]*>Second</textarea>", answer.text)
        nonce = re.search(r'name="nonce" value="([^"]+)"', answer.text)
        assert nonce
        assert nonce[1] != path
        desk.mira.post(path, form | {"text": "Second", "nonce": nonce[1]})
    assert [message.text for message in desk.house.messages("out")] == ["First", "Second"] * 2


def test_the_same_words_for_another_moment_are_not_sent_a_second_time_silently(desk: Desk) -> None:
    talk = desk.talk(ANA)
    desk.mira.post(f"/inbox/{talk}/reply", {"text": "Hi", "nonce": "n"})
    answer = desk.mira.post(f"/inbox/{talk}/reply", {"text": "Hi", "nonce": "n", "later": "In 1 hour"})
    assert answer.status_code == 422
    assert only(desk).status == "queued"


def test_an_hour_on_clicked_twice_is_one_text(desk: Desk) -> None:
    talk = desk.talk(ANA)
    for _ in range(2):
        form = {"text": "Hi", "nonce": "n", "later": "In 1 hour"}
        assert desk.mira.post(f"/inbox/{talk}/reply", form, htmx=True).status_code == 200
        desk.clock.move(seconds=1)
    assert only(desk).text == "Hi"


def test_a_scheduled_text_is_reworded_and_put_off(desk: Desk) -> None:
    talk = desk.talk(ANA)
    message = later(desk, talk, unless_reply="yes")
    page = desk.mira.get(f"/inbox/{talk}/messages/{message}/edit")
    assert 'value="2030-01-07T18:00"' in page.text
    assert re.search(r'name="unless_reply" value="yes" checked', page.text)
    seen = re.search(r'name="seen" value="(\w+)"', page.text)
    assert seen
    form = {"text": "“See you”", "send_at": "2030-01-09T10:00", "seen": seen[1], "later": "at"}
    answer = desk.mira.post(f"/inbox/{talk}/messages/{message}/edit", form)
    assert answer.location == f"/inbox/{talk}"
    row = only(desk)
    assert row.due_at is not None
    assert (row.text, row.due_at.isoformat()) == ("“See you”", "2030-01-09T10:00:00+00:00")
    assert not row.unless_reply
    assert "Wed 9 Jan, 10:00" in words(desk.mira.get(f"/inbox/{talk}"))
    assert re.findall(r'id="open-(\w+)"', desk.mira.get("/inbox?q=see").text) == [talk]

    again = desk.mira.post(f"/inbox/{talk}/messages/{message}/edit", form | {"text": "Lost?"})
    assert again.status_code == 422
    assert "Somebody changed this text meanwhile." in words(again)
    assert re.search(r"<textarea[^>]*>Lost\?</textarea>", again.text)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"text": " "}, "write a message"),
        ({"send_at": ""}, "Choose a day and a time."),
        ({"send_at": "2030-01-07T01:00"}, "This time has passed."),
        ({"text": "x" * 1601}, "1,600 is the most"),
    ],
)
def test_what_cannot_be_kept_says_why(desk: Desk, form: dict[str, str], sentence: str) -> None:
    talk = desk.talk(ANA)
    message = later(desk, talk)
    address = f"/inbox/{talk}/messages/{message}/edit"
    seen = re.search(r'name="seen" value="(\w+)"', desk.mira.get(address).text)
    assert seen
    good = {"text": "Other", "send_at": "2030-01-09T10:00", "seen": seen[1], "later": "at"}
    answer = desk.mira.post(address, good | form)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert only(desk).text == "See you"


@pytest.mark.parametrize("htmx", [True, False])
def test_a_scheduled_text_is_sent_now_or_cancelled(desk: Desk, htmx: bool) -> None:
    talk = desk.talk(ANA)
    message = later(desk, talk)
    desk.mira.post(f"/inbox/{talk}/messages/{message}/now", htmx=htmx)
    desk.house.work()
    assert [post.one("Body") for post in desk.house.standin.posts] == ["See you"]
    too_late = desk.mira.post(f"/inbox/{talk}/messages/{message}/cancel")
    assert "can no longer be cancelled: it is queued at the provider" in words(desk.mira.get(too_late.location))

    other = desk.message(talk, "Not this", "scheduled", due_at=desk.clock.move(hours=1))
    page = desk.mira.post(f"/inbox/{talk}/messages/{other}/cancel", htmx=htmx)
    page = page if htmx else desk.mira.get(page.location)
    assert "Cancelled by Mira Okafor." in words(page)
    assert "Send now" not in words(page)
    edit = desk.mira.get(f"/inbox/{talk}/messages/{other}/edit")
    assert "does not wait any more" in words(desk.mira.get(edit.location))
    desk.clock.move(hours=2)
    desk.house.work()
    assert len(desk.house.standin.posts) == 1


def test_a_text_whose_turn_does_not_come_can_be_cancelled(desk: Desk) -> None:
    """Lines send at a pace of their own: what waits behind others is no longer one that goes at once."""
    talk = desk.talk()
    waiting = desk.message(talk, "Behind a hundred others", "queued", due_at=desk.clock.moment)
    page = desk.mira.get(f"/inbox/{talk}").text
    look = re.search(r'hx-get="(/inbox/\w+/thread\?seen=\w+)"', page)
    cancel = f"/inbox/{talk}/messages/{waiting}/cancel"
    assert look
    assert cancel not in page
    desk.clock.move(seconds=6)
    assert cancel in desk.mira.get(look[1], htmx=True).text
    desk.mira.post(cancel)
    with desk.rows():
        assert desk.row(waiting).status == "cancelled"


def test_a_reply_cancels_and_the_thread_says_why(desk: Desk) -> None:
    desk.house.text("Hello")
    desk.house.work()
    with desk.app.app_context():
        talk = db.session.scalars(db.select(Message)).one().conversation.public_id
    later(desk, talk, unless_reply="yes")
    desk.house.text("I am here")
    desk.house.work()
    page = words(desk.mira.get(f"/inbox/{talk}"))
    assert "Cancelled" in page
    assert "They wrote first." in page


def test_only_people_of_the_line_may_touch_what_waits(desk: Desk) -> None:
    line = desk.line("Board", "+14155550188", role="admin")
    talk = desk.talk(ANA, line_id=line)
    message, mine = later(desk, talk), desk.talk("+14155550002")
    tom: Browser = desk.agent()
    for conversation in (talk, mine):
        base = f"/inbox/{conversation}/messages/{message}"
        assert tom.get(f"{base}/edit").status_code == 404
        for deed in ("edit", "now", "cancel"):
            assert tom.post(f"{base}/{deed}", {"text": "x"}).status_code == 404
    assert tom.post(f"/inbox/segments?talk={talk}", {"text": "x"}).status_code == 404
    assert tom.post(f"/inbox/segments?talk={mine}&message={message}", {"text": "x"}).status_code == 404
    assert (only(desk).text, only(desk).status) == ("See you", "scheduled")


def test_texts_that_came_in_cannot_be_edited_or_cancelled(desk: Desk) -> None:
    talk = desk.talk(ANA)
    (message,) = desk.house.messages("in")
    for deed in ("edit", "now", "cancel"):
        assert desk.mira.post(f"/inbox/{talk}/messages/{message.public_id}/{deed}").status_code == 404
