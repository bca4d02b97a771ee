"""Step 3: a text finds its records, its case and its rules."""

from sqlalchemy import select

from flexie import inbound, linking
from flexie.db import db, transaction
from flexie.models import Conversation, ConversationLink, Message, MessageLink, NotStarted, Record, User
from tests.house import ANA, LINE_NUMBER, House

YES = """
rule "YES":
  for contact
  when incoming sms matches "YES*"
  only if appointment_status is "Proposed"

  set appointment_status to "Confirmed"
  send sms "Thanks {{ first_name }}"
"""


def linked(house: House, message_id: int) -> set[int]:
    with house.app.app_context():
        return set(db.session.scalars(select(MessageLink.record_id).where(MessageLink.message_id == message_id)))


def test_a_text_is_linked_to_every_record_that_holds_its_number(house: House) -> None:
    contact = house.record(first_name="Ana", mobile="(415) 555-2671")
    lead = house.record("lead", first_name="Ana", mobile=ANA)
    house.record(first_name="Ben", mobile="+14155552672")

    house.text("Hello")
    house.work()

    (message,) = house.messages("in")
    assert linked(house, message.id) == {contact, lead}
    assert message.stage == "triggered"


def test_a_number_in_any_phone_field_counts_and_the_record_is_linked_once(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, phone="415 555 2671")

    house.text("Hello")
    house.work()

    assert linked(house, house.messages("in")[0].id) == {contact}


def test_an_unmatched_text_lands_under_not_linked_until_a_person_links_it(house: House) -> None:
    contact = house.record(first_name="Ana", mobile="+14155559999")
    house.text("Hello")
    house.work()
    with house.app.app_context(), transaction():
        conversation = db.session.scalars(select(Conversation)).one()
        assert not conversation.linked
        user = User(email="a@b.c", name="A", role="agent", password_hash="-", created_at=conversation.opened_at)
        db.session.add(user)
        db.session.flush()
        linking.link(conversation, db.session.get_one(Record, contact), user)

    house.text("Me again")
    house.work()

    assert [linked(house, message.id) for message in house.messages("in")] == [{contact}, {contact}]


def test_texts_after_a_link_was_taken_back_are_not_linked_and_those_about_a_case_stay(house: House) -> None:
    case = house.record("case", name="Leaking roof", status="Open")
    with house.app.app_context():
        reference = db.session.get_one(Record, case).reference
    house.text(f"about [FX-{reference}]")
    house.text("and my door")
    house.work()
    with house.app.app_context(), transaction():
        conversation, record = db.session.scalars(select(Conversation)).one(), db.session.get_one(Record, case)
        linking.link(conversation, record)
        linking.unlink(conversation, record)
        assert conversation.linked

    house.text("Me again")
    house.work()

    assert [linked(house, message.id) for message in house.messages("in")] == [{case}, set(), set()]
    with house.app.app_context():
        assert db.session.scalars(select(ConversationLink)).all() == []


def test_a_rule_runs_once_for_each_matched_record(house: House) -> None:
    house.rules(YES)
    ana = house.record(first_name="Ana", mobile=ANA, appointment_status="Proposed")
    twin = house.record(first_name="Anna", mobile=ANA, appointment_status="Proposed")

    house.text("yes please")
    house.work()

    assert [run.record_id for run in house.runs()] == [ana, twin]
    assert house.fields(ana)["appointment_status"] == house.fields(twin)["appointment_status"] == "Confirmed"
    assert [message.text for message in house.messages()] == ["Thanks Ana", "Thanks Anna"]


def test_a_text_delivered_twice_triggers_once(house: House) -> None:
    house.rules(YES)
    house.record(first_name="Ana", mobile=ANA, appointment_status="Proposed")

    for _ in range(2):
        house.text("YES", sid="SM" + "1" * 32)
        house.work()

    assert len(house.runs()) == 1


def test_a_rule_that_did_not_start_says_why(house: House) -> None:
    house.rules(YES)
    house.record(first_name="Ana", mobile=ANA, appointment_status="Done")

    house.text("yes")
    house.work()

    assert house.runs() == []
    with house.app.app_context():
        words = db.session.scalars(select(NotStarted.words)).one()
        assert "appointment_status" in words
        assert "Done" in words


def test_a_quoted_reference_threads_to_its_case(house: House) -> None:
    case = house.record("case", name="Leaking roof", status="Open")
    with house.app.app_context():
        reference = db.session.get_one(Record, case).reference
    assert reference

    house.text(f"about [fx-{reference.lower()}]: any news?")
    house.work()

    (message,) = house.messages("in")
    assert message.case_id == case
    assert case in linked(house, message.id)


def test_a_text_from_one_of_our_own_lines_starts_nothing(house: House) -> None:
    house.rules('rule "All":\n  for contact\n  when incoming sms\n  at most once per 1 day\n\n  send sms "Hi"\n')
    house.record(first_name="Us", mobile=LINE_NUMBER)

    house.text("Hello", sender=LINE_NUMBER)
    house.work()

    assert house.runs() == []


def test_one_bad_text_stops_no_other(house: House, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    house.text("good one")
    house.text("bad one")
    house.text("good two")
    sound = inbound.match

    def match(messages: list[Message]) -> None:
        if any(message.text == "bad one" for message in messages):
            raise RuntimeError("cannot be worked through")
        sound(messages)

    monkeypatch.setattr(inbound, "match", match)
    house.work()

    assert [message.stage for message in house.messages("in")] == ["triggered", "stuck", "triggered"]
