"""A dry run says what would happen, and nothing has happened afterwards."""

import pytest

from flexie import trying
from flexie.db import Base, db, transaction
from flexie.models import Record, Settings
from tests.house import ANA, House

RULES = """version 1

rule "Confirm":
  for contact
  when incoming sms matches "YES*"
  only if city is "Tirana"

  set city to "Confirmed"
  send sms "Thanks {{ first_name }}"
  wait 1 day
  send sms "Later"

rule "Moved":
  for contact
  when city changes

  add tag "moved"
"""


def rows(house: House) -> dict[str, int]:
    with house.app.app_context():
        return {
            table.name: db.session.execute(db.select(db.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def try_text(house: House, text: str, record_id: int, draft: tuple[str, str] | None = None) -> trying.Trial:
    with house.app.app_context():
        return trying.try_text(text, record=db.session.get_one(Record, record_id), draft=draft)


def test_the_whole_way_is_shown_and_nothing_is_kept(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, city="Tirana")
    house.rules(RULES)
    before = rows(house)
    trial = try_text(house, "yes!", contact)

    assert trial.records == ["Ana"]
    assert [(run.rule, run.state) for run in trial.runs] == [("Confirm", "waiting"), ("Moved", "done")]
    assert [text.text for text in trial.texts] == ["Thanks Ana"]
    assert rows(house) == before
    assert house.fields(contact)["city"] == "Tirana"
    house.work()
    assert house.standin.posts == []


def test_a_rule_that_would_not_start_says_why(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, city="Vlora")
    house.rules(RULES)
    trial = try_text(house, "yes!", contact)

    assert trial.runs == []
    assert [(rule, words) for rule, _, words in trial.not_started] == [
        ("Confirm", "only if: city is Vlora, not Tirana")
    ]


def test_a_text_that_the_gate_stops_is_shown_with_the_reason(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, city="Tirana", allow_sms=False)
    house.rules(RULES)
    trial = try_text(house, "yes!", contact)

    assert [text.stopped for text in trial.texts] == ["opted out: Allow SMS is no"]


def test_a_file_is_tried_as_it_is_being_edited_and_the_saved_one_stays_in_force(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, city="Tirana")
    house.rules(RULES)
    edited = RULES.replace("Thanks", "Thank you")
    assert [text.text for text in try_text(house, "yes", contact, ("test", edited)).texts] == ["Thank you Ana"]
    with house.app.app_context(), transaction():
        assert Settings.get().rules_revision == 1
    house.text("yes")
    house.work()

    assert [post.one("Body") for post in house.standin.posts] == ["Thanks Ana"]


def test_a_draft_with_errors_cannot_be_tried(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA)
    with pytest.raises(trying.CannotTry, match="errors"):
        try_text(house, "yes", contact, ("test", 'version 1\n\nrule "R":\n  for contact\n'))
