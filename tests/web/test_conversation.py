"""A conversation: reading it, answering once, and what became of each text."""

import re

import pytest

from flexie.db import db
from flexie.models import Conversation, Message
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


@pytest.fixture
def talk(desk: Desk) -> str:
    return desk.talk(ANA, "Hello there", unread=2)


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("queued", None, "Queued"),
        ("sending", None, "Sending"),
        ("accepted", None, "Queued at the provider"),
        ("sent", None, "Sent"),
        ("delivered", None, "Delivered"),
        ("failed", "The number does not exist.", "Failed 10:00 The number does not exist."),
        ("undelivered", "The phone is off.", "Not delivered 10:00 The phone is off."),
        ("suppressed", "This number opted out.", "Not sent 10:00 This number opted out."),
        ("unknown", None, "We could not learn whether this was sent."),
        ("held", None, "We could not learn whether this was sent."),
    ],
)
def test_each_text_says_what_became_of_it(desk: Desk, talk: str, status: str, error: str | None, said: str) -> None:
    desk.message(talk, "ours", status, error=error, user_id=desk.mira_id)
    seen = words(desk.mira.get(f"/inbox/{talk}"))
    assert said in seen
    assert "ours Mira Okafor ·" in seen


def test_both_sides_are_read_in_the_order_they_came(desk: Desk, talk: str) -> None:
    desk.message(talk, "our answer", "delivered")
    desk.message(talk, "their thanks")
    seen = words(desk.mira.get(f"/inbox/{talk}/thread"))
    assert seen.index("Hello there") < seen.index("our answer") < seen.index("their thanks")


def test_an_answer_is_queued_once_however_often_it_is_clicked(desk: Desk, talk: str) -> None:
    form = {"text": "On our way", "nonce": "n1"}
    for _ in range(3):
        assert desk.mira.post(f"/inbox/{talk}/reply", form).location == f"/inbox/{talk}"
    (message,) = desk.house.messages("out")
    assert (message.text, message.status, message.to_number) == ("On our way", "queued", ANA)
    assert message.user_id == desk.mira_id


def test_answering_marks_as_read(desk: Desk, talk: str) -> None:
    desk.mira.post(f"/inbox/{talk}/reply", {"text": "hi", "nonce": "n1"})
    assert desk.unread(talk) == 0


def test_an_answer_by_htmx_brings_the_thread_and_an_empty_box_with_a_new_nonce(desk: Desk, talk: str) -> None:
    answer = desk.mira.post(f"/inbox/{talk}/reply", {"text": "On our way", "nonce": "n1"}, htmx=True)
    assert "<html" not in answer.text
    only_there = f"morph:#thread[data-conversation='{talk}']"  # another conversation may be open by now
    assert f'hx-swap-oob="{only_there}"' in answer.text
    assert "On our way" in words(answer)
    box = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)
    assert box
    assert box.group(1) == ""
    assert 'value="n1"' not in answer.text


@pytest.mark.parametrize(("text", "sentence"), [("   ", "write a message"), ("x" * 1_601, "1,600 is the most")])
def test_a_text_that_cannot_go_is_kept_beside_the_reason(desk: Desk, talk: str, text: str, sentence: str) -> None:
    for htmx in (True, False):
        answer = desk.mira.post(f"/inbox/{talk}/reply", {"text": text, "nonce": "n1"}, htmx=htmx)
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert f">{text}</textarea>" in answer.text
        assert 'value="n1"' in answer.text
    assert desk.house.messages("out") == []


def test_reading_marks_only_what_was_seen(desk: Desk, talk: str) -> None:
    seen = desk.message(talk, "the last one on the screen")
    desk.message(talk, "came a moment later")
    assert desk.mira.post(f"/inbox/{talk}/read", {"seen": seen}, htmx=True).status_code == 204
    assert desk.unread(talk) == 1
    desk.mira.post(f"/inbox/{talk}/read")
    assert desk.unread(talk) == 0


def test_an_unread_conversation_asks_to_be_marked_and_a_read_one_does_not(desk: Desk, talk: str) -> None:
    assert f'hx-post="/inbox/{talk}/read"' in desk.mira.get(f"/inbox/{talk}").text
    desk.mira.post(f"/inbox/{talk}/read")
    assert f'hx-post="/inbox/{talk}/read"' not in desk.mira.get(f"/inbox/{talk}").text


@pytest.mark.parametrize(("said", "status"), [("yes", "sent"), ("no", "failed")])
def test_a_person_decides_what_became_of_a_text(desk: Desk, talk: str, said: str, status: str) -> None:
    message = desk.message(talk, "did it go?", "held")
    answer = desk.mira.post(f"/inbox/{talk}/messages/{message}/outcome", {"was_sent": said})
    assert answer.location == f"/inbox/{talk}"
    assert desk.house.messages("out")[0].status == status
    assert "Mira Okafor said" in words(desk.mira.get(f"/inbox/{talk}"))


def test_a_decision_that_comes_too_late_changes_nothing(desk: Desk, talk: str) -> None:
    message = desk.message(talk, "it went", "delivered")
    desk.mira.post(f"/inbox/{talk}/messages/{message}/outcome", {"was_sent": "no"})
    assert desk.house.messages("out")[0].status == "delivered"
    assert "known by now" in words(desk.mira.get(f"/inbox/{talk}"))


def test_a_look_at_the_thread_brings_something_only_when_there_is_something(desk: Desk, talk: str) -> None:
    page = desk.mira.get(f"/inbox/{talk}").text
    found = re.search(rf'hx-get="(/inbox/{talk}/thread\?[^"]+)"', page)
    assert found
    assert desk.mira.get(found.group(1), htmx=True).status_code == 204
    message = desk.message(talk, "ours", "queued")
    fresh = desk.mira.get(found.group(1), htmx=True)
    assert fresh.status_code == 200
    found = re.search(rf'hx-get="(/inbox/{talk}/thread\?[^"]+)"', fresh.text)
    assert found
    with desk.rows():
        desk.row(message).status = "delivered"
    assert "Delivered" in words(desk.mira.get(found.group(1), htmx=True))


def test_earlier_messages_come_page_by_page(desk: Desk, talk: str) -> None:
    for number in range(60):
        desk.message(talk, f"text number {number}.")
    page = desk.mira.get(f"/inbox/{talk}")
    assert "text number 59." in page.text
    assert "text number 5." not in page.text
    found = re.search(r'hx-get="([^"]+earlier=\w+)"', page.text)
    assert found
    earlier = words(desk.mira.get(found.group(1), htmx=True))
    assert "Hello there" in earlier
    assert "text number 5." in earlier
    assert "text number 59." not in earlier


def test_a_text_of_a_case_shows_its_reference(desk: Desk, talk: str) -> None:
    case_id = desk.house.record("case", name="Broken", status="Open")
    desk.message(talk, "about the case", "sent", case_id=case_id)
    assert re.search(r"FX-[A-Z0-9]{8}", words(desk.mira.get(f"/inbox/{talk}")))


def test_no_address_of_a_provider_stands_in_a_page(desk: Desk, talk: str) -> None:
    desk.message(talk, "look", media=[{"url": "https://media.example/1.jpg", "content_type": None}])
    page = desk.mira.get(f"/inbox/{talk}").text
    assert "media.example" not in page


def test_what_a_rule_sent_leads_to_its_run(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.rules(
        'version 1\n\nrule "Thank":\n  for contact\n  when incoming sms matches "YES*"\n\n  send sms "Thanks"\n'
    )
    desk.house.text("yes please")
    desk.house.work()
    with desk.app.app_context():
        talk = db.session.query(Conversation).one().public_id
        assert db.session.query(Message).filter_by(direction="out").count() == 1
    page = desk.mira.get(f"/inbox/{talk}")
    run = re.search(r'href="(/runs/\w+)"[^>]*>Thank<', page.text)
    assert run
    assert "yes please" in words(desk.mira.get(run.group(1)))


def test_a_conversation_opens_as_a_page_or_beside_the_list(desk: Desk, talk: str) -> None:
    assert "<html" in desk.mira.get(f"/inbox/{talk}").text
    beside = desk.mira.get(f"/inbox/{talk}", htmx=True).text
    assert "<html" not in beside
    assert 'id="opened"' in beside
    assert 'aria-current="true"' in beside
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in desk.mira.client.get(f"/inbox/{talk}", base_url=desk.mira.base, headers=restored).text
