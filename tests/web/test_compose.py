"""Writing to somebody, and linking a conversation to who it is."""

import re

import pytest

from flexie import outbox
from flexie.db import db
from flexie.models import Conversation, ConversationLink, Record, Settings
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


def test_a_text_is_composed_to_a_number_as_people_type_it(desk: Desk) -> None:
    answer = desk.mira.post("/inbox/new", {"to": "(415) 555-2671", "text": "Hello", "nonce": "n"})
    (message,) = desk.house.messages("out")
    assert (message.to_number, message.text, message.status) == (ANA, "Hello", "queued")
    assert "Hello" in words(desk.mira.get(answer.location))


def test_a_double_click_composes_once(desk: Desk) -> None:
    for _ in range(2):
        assert desk.mira.post("/inbox/new", {"to": ANA, "text": "Hello", "nonce": "n"}).status_code == 303
    assert len(desk.house.messages("out")) == 1


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"to": "12", "text": "Hello"}, "to-help", ""),
        ({"to": ANA, "text": " "}, "", "write a message"),
        ({"to": ANA, "text": "Hello", "send_at": "soon"}, "", "Write a date and a time"),
    ],
)
def test_what_cannot_go_says_why_and_keeps_what_was_typed(
    desk: Desk, form: dict[str, str], field: str, sentence: str
) -> None:
    answer = desk.mira.post("/inbox/new", form | {"nonce": "n"})
    assert answer.status_code == 422
    assert sentence in words(answer)
    if field:
        assert re.search(rf'id="{field}" class="error" role="alert">[^<]+<', answer.text)
    assert f'value="{form["to"]}"' in answer.text
    assert desk.house.messages("out") == []


def test_a_later_moment_is_read_in_the_zone_of_the_account(desk: Desk) -> None:
    with desk.rows():
        Settings.get().time_zone = "America/New_York"
    desk.mira.post("/inbox/new", {"to": ANA, "text": "Later", "send_at": "2030-01-08T09:00", "nonce": "n"})
    (message,) = desk.house.messages("out")
    assert message.status == "scheduled"
    assert message.due_at is not None
    assert message.due_at.isoformat() == "2030-01-08T14:00:00+00:00"


def test_a_records_page_leads_to_a_form_with_its_number(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile="(415) 555-2671")
    with desk.app.app_context():
        record = db.session.query(Record).one().public_id
    assert 'value="(415) 555-2671"' in desk.mira.get(f"/inbox/new?record={record}").text


def test_recipients_are_found_by_name_among_people_with_a_number(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile="(415) 555-2671")
    desk.house.record("lead", first_name="Anabel", mobile="+14155550001")
    desk.house.record(first_name="Ananumberless")
    desk.house.record("case", name="Ana's case", mobile="+14155550002")
    found = desk.mira.post("/inbox/recipients", {"to": "ana"}, htmx=True).text
    assert set(re.findall(r'data-fill-name="([^"]+)"', found)) == {"Ana", "Anabel"}
    assert desk.mira.post("/inbox/recipients", {"to": " "}, htmx=True).text.strip() == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        ("a", "1 standard character · 1 text"),
        ("a" * 161, "161 standard characters · 2 texts"),
        ("“" * 71, "71 Unicode characters · 2 texts Unicode because of “ (left double quotation mark)"),
        ("a\r\nb", "3 standard characters · 1 text"),
        ("Lunch 😀", "7 Unicode characters · 1 text Unicode because of 😀 (grinning face): 70 characters a text"),
    ],
)
def test_the_count_is_that_of_the_networks(desk: Desk, text: str, said: str) -> None:
    assert said in words(desk.mira.post("/inbox/segments", {"text": text}, htmx=True))


def test_a_conversation_is_linked_by_hand_with_its_texts(desk: Desk) -> None:
    talk = desk.talk(ANA, "who am I?")
    desk.house.record(first_name="Ana", last_name="Hoxha")
    found = desk.mira.post(f"/inbox/{talk}/link/search", {"q": "hox"}, htmx=True).text
    record = re.search(r'name="record" value="(\w+)"', found)
    assert record
    assert desk.mira.post(f"/inbox/{talk}/link", {"record": record.group(1)}).location == f"/inbox/{talk}"
    assert "Ana Hoxha" in words(desk.mira.get(f"/inbox/{talk}"))
    assert "who am I?" in words(desk.mira.get(f"/records/{record.group(1)}"))
    assert "Not linked 1" not in words(desk.mira.get("/inbox"))
    with desk.app.app_context():
        assert db.session.query(ConversationLink).one().user_id == desk.mira_id


def test_a_link_by_hand_is_taken_back_with_its_texts(desk: Desk) -> None:
    talk = desk.talk(ANA, "who am I?")
    desk.house.record(first_name="Ana", last_name="Hoxha")
    desk.house.record(first_name="Bea", last_name="Hoxha")
    with desk.app.app_context():
        ana, bea = [record.public_id for record in db.session.query(Record).order_by(Record.id)]
    for record in (ana, bea):
        desk.mira.post(f"/inbox/{talk}/link", {"record": record})
    for record, is_left in ((ana, True), (bea, False)):
        assert desk.mira.post(f"/inbox/{talk}/unlink", {"record": record}).location == f"/inbox/{talk}"
        assert "who am I?" not in words(desk.mira.get(f"/records/{record}"))
        with desk.app.app_context():
            assert db.session.query(Conversation).one().linked is is_left
    page = words(desk.mira.get(f"/inbox/{talk}"))
    assert "Mira Okafor linked this to Bea Hoxha" in page
    assert "Mira Okafor unlinked this from Bea Hoxha" in page
    assert "Not linked 1" in page


def test_what_a_number_ties_together_is_not_unlinked_by_hand(desk: Desk) -> None:
    talk = desk.talk(ANA, "who am I?")
    desk.mira.post(f"/inbox/{talk}/link/new", {"name": "Zoë van der Berg"})
    page = desk.mira.get(f"/inbox/{talk}").text
    assert "/unlink" not in page
    record = re.search(r'href="/records/(\w{32})"', page)
    assert record
    desk.mira.post(f"/inbox/{talk}/unlink", {"record": record[1]})
    assert "who am I?" in words(desk.mira.get(f"/records/{record[1]}"))
    with desk.app.app_context():
        assert db.session.query(Conversation).one().linked


def test_linking_twice_is_linking_once(desk: Desk) -> None:
    talk = desk.talk(ANA)
    desk.house.record(first_name="Ana")
    with desk.app.app_context():
        record = db.session.query(Record).one().public_id
    for _ in range(2):
        assert desk.mira.post(f"/inbox/{talk}/link", {"record": record}).status_code == 303
    with desk.app.app_context():
        assert db.session.query(ConversationLink).count() == 1
    assert words(desk.mira.get(f"/inbox/{talk}")).count("linked this to Ana") == 1


def test_a_contact_is_made_of_a_conversation(desk: Desk) -> None:
    talk = desk.talk(ANA)
    desk.mira.post(f"/inbox/{talk}/link/new", {"name": "Zoë van der Berg"})
    with desk.app.app_context():
        record = db.session.query(Record).one()
        assert (record.kind, record.title) == ("contact", "Zoë van der Berg")
        assert (record.fields["first_name"], record.fields["last_name"]) == ("Zoë", "van der Berg")
        assert [key.e164 for key in record.phone_keys] == [ANA]
        assert db.session.query(Conversation).one().linked


def test_a_record_that_is_not_there_cannot_be_linked(desk: Desk) -> None:
    talk = desk.talk(ANA)
    assert desk.mira.post(f"/inbox/{talk}/link", {"record": "0" * 32}).status_code == 404


def test_without_a_script_a_name_brings_people_to_pick_and_keeps_the_words(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile="(415) 555-2671")
    desk.house.record("lead", first_name="Anabel", mobile="+14155550001")
    form = {"to": "ana", "text": "Hello", "nonce": "n"}
    asked = desk.mira.post("/inbox/new", form)
    assert asked.status_code == 422
    assert "Choose whom you mean." in words(asked)
    choices = re.findall(r'name="pick" value="(\w+)" formnovalidate[^>]* data-fill-name="([^"]+)"', asked.text)
    assert [name for _, name in choices] == ["Anabel", "Ana"]
    picked = desk.mira.post("/inbox/new", form | {"pick": choices[1][0]})
    assert picked.status_code == 200
    assert 'name="to" value="(415) 555-2671"' in picked.text
    assert f'name="record" value="{choices[1][0]}"' in picked.text
    assert re.search(r"<textarea[^>]*>Hello</textarea>", picked.text)
    assert desk.house.messages("out") == []


def test_the_line_that_was_used_last_stands_first_among_ones_own(desk: Desk) -> None:
    desk.line("Sales", "+14155550177")
    desk.line("Board", "+14155550188", role="admin")
    tom = desk.agent()

    def lines() -> list[tuple[str, str]]:
        return re.findall(r'<option value="(\w+)"[^>]*>(\w+) ·', tom.get("/inbox/new").text)

    assert [name for _, name in lines()] == ["Main", "Sales"]
    tom.post("/inbox/new", {"to": ANA, "text": "Hello", "nonce": "n", "line": dict(map(reversed, lines()))["Sales"]})
    assert [name for _, name in lines()] == ["Sales", "Main"]
    assert re.search(r"selected>Sales ·", tom.get("/inbox/new").text)


@pytest.mark.parametrize("path", ["/inbox/new", "/inbox/{}/reply"])
def test_a_form_that_arrives_twice_at_one_moment_finds_what_the_other_did(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """PostgreSQL lets both look before either has written; the second is refused by the unique intent."""
    form = {"to": ANA, "text": "Hello", "nonce": "n"}
    path = path.format(desk.talk(ANA))
    desk.mira.post(path, form)
    known, looks = outbox._with_intent, iter([True])
    monkeypatch.setattr(outbox, "_with_intent", lambda draft: None if next(looks, False) else known(draft))
    assert desk.mira.post(path, form).status_code == 303
    assert next(looks, "both looked") == "both looked"
    assert len(desk.house.messages("out")) == 1
