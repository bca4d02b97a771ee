"""The library of templates: kept by folder and name, checked like texts of rules, filled in for somebody, counted."""

import pytest
from sqlalchemy import select

from flexie import clock, library, outbox
from flexie.db import db, transaction
from flexie.models import Conversation, Record, TemplateUse, TextTemplate, User
from tests.house import ANA, House


@pytest.fixture
def mira(house: House) -> int:
    with house.app.app_context(), transaction():
        user = User(email="mira@example.com", name="Mira", role="admin", password_hash="", created_at=clock.now())
        db.session.add(user)
        db.session.flush()
        return user.id


def keep(house: House, user_id: int, name: str, text: str, folder: str = "") -> str:
    with house.app.app_context(), transaction():
        return library.create(db.session.get_one(User, user_id), folder, name, text).public_id


def refused(house: House, user_id: int, name: str, text: str, folder: str = "") -> dict[str, str]:
    with pytest.raises(library.CannotKeep) as problem:
        keep(house, user_id, name, text, folder)
    return problem.value.errors


def test_a_name_is_there_once_in_its_folder(house: House, mira: int) -> None:
    keep(house, mira, "Directions", "Take the tram.", "Visits")
    assert "already" in refused(house, mira, " directions ", "Take the bus.", "VISITS")["name"]
    keep(house, mira, "Directions", "Take the bus.")
    keep(house, mira, "Directions", "Walk.", "Other")
    with house.app.app_context():
        assert [(each.folder, each.name) for each in library.find()] == [
            ("", "Directions"), ("Other", "Directions"), ("Visits", "Directions"),
        ]  # fmt: skip
        assert list(library.folders()) == ["Other", "Visits"]


def test_a_template_may_be_kept_under_the_name_that_it_has(house: House, mira: int) -> None:
    kept = keep(house, mira, "Hours", "We open at 9.")
    with house.app.app_context(), transaction():
        library.change(library.load(kept), "Visits", "hours", "We open at 8.")  # type: ignore[arg-type]
    with house.app.app_context():
        assert [(each.folder, each.name, each.text) for each in library.find("open 8")] == [
            ("Visits", "hours", "We open at 8.")
        ]
        assert library.find("open 9") == []


@pytest.mark.parametrize(
    ("text", "code", "place", "advice"),
    [
        ("Hi {{ first_nam }}", "R102", (1, 7), 'Did you mean {{ first_name }}?'),
        ("Hi Ana,\nsee you {{ frist_name }}", "R102", (2, 12), 'Did you mean {{ first_name }}?'),
        ("Hi { first_name }", "R106", (1, 4), "{{ first_name }}"),
        ("Hi {{ first_name | uper }}", "R105", (1, 4), "upper"),
        ("You wrote {{ __data.incoming_sms.text }}", "R107", (1, 14), "incoming sms"),
        ("Hi {{ first_name", "R105", (1, 4), ""),
    ],
)  # fmt: skip
def test_mistakes_are_found_as_in_rules(
    house: House, mira: int, text: str, code: str, place: tuple[int, int], advice: str
) -> None:
    with house.app.app_context():
        (found,) = library.mistakes(text)
    assert (found.code, (found.line, found.column)) == (code, place)
    assert advice in f"{found.message} {found.advice}"
    assert "mistakes" in refused(house, mira, "T", text)["text"]


@pytest.mark.parametrize(
    "text",
    ["Plain", "{{ first_name }} {{ record.mobile }}", "{{ invoices[0].name }}", "{% if city %}{{ city }}{% endif %}"],
)
def test_fields_of_any_kind_of_record_can_be_named(house: House, text: str) -> None:
    with house.app.app_context():
        assert library.mistakes(text) == []


def test_missing_names_and_texts_are_told_at_once(house: House, mira: int) -> None:
    assert set(refused(house, mira, " ", " ", "f" * 101)) == {"name", "text", "folder"}


def test_a_text_is_filled_in_with_the_fields_of_the_recipient(house: House) -> None:
    ana = house.record(first_name="Ana", mobile=ANA)
    with house.app.app_context():
        record = db.session.get_one(Record, ana)
        filled = library.Recipient(record).fill("Hi {{ first_name }} from {{ city }}, {{ first_name | upper }} “!”")
    assert filled.text == "Hi Ana from , ANA “!”"
    assert (filled.empty, filled.segments) == (("City",), 1)


def test_what_a_recipient_does_not_have_is_empty_and_no_mistake(house: House) -> None:
    with house.app.app_context():
        filled = library.Recipient(None).fill("Hi {{ first_name | default('there') }}{{ invoices[0].name }}")
        assert filled.text == "Hi there"
        assert filled.empty == ("Invoices",)
        assert "number" in library.Recipient(_named("x")).fill("{{ first_name | round }}").problem


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("On {{ birthday | date('j F') }}.", ("Birthday",)),
        ("{{ city | default('here') }} {{ city | upper }} {{ city }}", ("City",)),
        ("{{ invoices[0].name }} {{ invoices[1].total }}", ("Invoices",)),
        ("{% if city %}{{ city }}{% endif %}", ()),
        ("{{ city ? city : 'here' }}", ()),
        ("{{ first_name }}", ()),
    ],
)
def test_fields_that_leave_a_gap_are_named(house: House, text: str, empty: tuple[str, ...]) -> None:
    with house.app.app_context():
        assert library.Recipient(_named("Ana")).fill(text).empty == empty


def _named(name: str) -> Record:
    record = Record(kind="contact", fields={"first_name": name}, title=name)
    record.tags = []
    return record


def test_what_is_filled_in_is_not_read_as_a_template(house: House) -> None:
    with house.app.app_context():
        assert library.Recipient(_named("{{ city }}{% for %}")).fill("{{ first_name }}").text == "{{ city }}{% for %}"


def test_a_text_that_is_sent_counts_once(house: House, mira: int) -> None:
    kept = keep(house, mira, "Hours", "We open at 9.")
    house.text("When?")
    for nonce in ("a", "a", "b"):
        with house.app.app_context(), transaction():
            conversation = db.session.scalars(select(Conversation)).one()
            user = db.session.get_one(User, mira)
            draft = outbox.Draft(conversation.line, ANA, "We open at 9.", f"form:{nonce}", user=user)
            library.used(kept, outbox.queue(draft))
    with house.app.app_context(), transaction():
        template = db.session.scalars(select(TextTemplate)).one()
        assert template.used == 2
        library.used("of nobody", db.session.scalars(select(outbox.Message)).first())  # type: ignore[arg-type]
        library.delete(template)
    with house.app.app_context():
        assert db.session.scalars(select(TemplateUse)).all() == []
        assert len(db.session.scalars(select(outbox.Message)).all()) == 3


def test_those_used_most_come_first_and_every_word_must_be_there(house: House, mira: int) -> None:
    for name, used in (("Bus", 1), ("Car", 5), ("Äpfel 100%", 3)):
        kept = keep(house, mira, name, f"Take the {name}.")
        with house.app.app_context(), transaction():
            library.load(kept).used = used  # type: ignore[union-attr]
    with house.app.app_context():
        assert [each.name for each in library.find(most_used_first=True)] == ["Car", "Äpfel 100%", "Bus"]
        assert [each.name for each in library.find("äpfel TAKE")] == ["Äpfel 100%"]
        assert [each.name for each in library.find("0% take")] == ["Äpfel 100%"]
        assert library.find("_us") == []


def test_who_may_change_a_template(house: House, mira: int) -> None:
    keep(house, mira, "Hours", "We open at 9.")
    with house.app.app_context():
        template = library.find()[0]
        people = {role: User(name=role, role=role) for role in ("admin", "rule writer", "agent")}
        assert [role for role, person in people.items() if library.may_change(template, person)] == [
            "admin", "rule writer",
        ]  # fmt: skip
        people["agent"].id = mira
        assert library.may_change(template, people["agent"])
