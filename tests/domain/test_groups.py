"""Groups: what they are called, who is in them, when they work, and what stands in the way of taking one away."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from flexie import clock, groups, hours
from flexie.db import db, transaction
from flexie.models import AuditEntry, Conversation, Group, Line, LineAccess, Record, Rule, User
from flexie.models.users import membership
from rules import moments
from tests.house import ANA, House

NAMES_NIGHT = """version 1

rule "To the night shift":
  for contact
  when incoming sms matches "HELP ME"

  assign to group "Night"
"""
AT_NIGHT = """version 1

rule "Answer at night":
  for contact
  when incoming sms matches "HELLO"

  if it is business hours of "Night":
    send sms "The night shift is here."
  else:
    send sms "We are closed."
"""
NIGHTLY = {"openings": [{"days": ["monday"], "opens": "09:00", "closes": "12:00"}], "closed": []}


def group_id(house: House, name: str, hours_of_it: dict[str, Any] | None = None) -> int:
    with house.app.app_context(), transaction():
        user = User(email="bo@example.com", name="Bo", role="agent", password_hash="", created_at=clock.now())
        db.session.add(user)
        return groups.add(name, [user], hours_of_it).id


def told(house: House) -> list[tuple[str, str | None, dict[str, Any]]]:
    with house.app.app_context():
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "group").order_by(AuditEntry.id))
        return [(row.did, row.name, row.changes) for row in rows]


def test_a_group_is_added_and_changed_and_the_log_tells_it(house: House) -> None:
    made = group_id(house, " Night  shift ")
    with house.app.app_context(), transaction():
        groups.change(db.session.get_one(Group, made), "Night", [], NIGHTLY)
    assert told(house)[0][:2] == ("created", "Night shift")
    assert told(house)[1:] == [
        (
            "changed",
            "Night",
            {"name": ["Night shift", "Night"], "people": [["Bo"], []], "business hours": [None, NIGHTLY]},
        )
    ]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "night", "NIGHT", 'a "b"', "a\0b"])
def test_names_are_there_once_and_can_be_written_in_rules(house: House, name: str) -> None:
    group_id(house, "Night")
    with house.app.app_context(), pytest.raises(groups.GroupProblem), transaction():
        groups.add(name, [], None)


def test_a_group_that_rules_name_cannot_go_whatever_it_is_called_by_now(house: House) -> None:
    made = group_id(house, "Night")
    house.rules(NAMES_NIGHT)
    with house.app.app_context(), transaction():
        groups.change(db.session.get_one(Group, made), "Owls", [], None)
        with pytest.raises(groups.GroupProblem, match="Rules name this group: “To the night shift”"):
            groups.remove(db.session.get_one(Group, made))
        assert [rule.name for rule in groups.uses(db.session.get_one(Group, made)).rules] == ["To the night shift"]
    with house.app.app_context(), transaction():
        db.session.scalars(select(Rule)).one().file_id = None
    with house.app.app_context(), transaction():
        groups.remove(db.session.get_one(Group, made))
    assert told(house)[-1][:2] == ("deleted", "Owls")


def test_what_was_the_groups_is_nobodys_and_its_people_stay(house: House) -> None:
    made = group_id(house, "Night")
    house.record(first_name="Ana", mobile=ANA)
    house.text("hello")
    house.work()
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        line.open_to_all, line.access = False, [LineAccess(group_id=made)]
        db.session.scalars(select(Conversation)).one().assigned_group_id = made
        db.session.scalars(select(Record)).one().group_id = made
    with house.app.app_context(), transaction():
        group = db.session.get_one(Group, made)
        uses = groups.uses(group)
        assert ([line.name for line in uses.lines], uses.conversations, uses.records, uses.runs) == (["Main"], 1, 1, 0)
        groups.remove(group)
    with house.app.app_context():
        assert db.session.scalars(select(Conversation.assigned_group_id)).all() == [None]
        assert db.session.scalars(select(Record.group_id)).all() == [None]
        counts = [db.session.scalar(select(func.count()).select_from(each)) for each in (LineAccess, Group, membership)]
        assert counts == [0, 0, 0]
        assert db.session.scalars(select(User.name)).all() == ["Bo"]
        assert db.session.scalars(select(Line.open_to_all)).all() == [False]


def test_rules_go_on_meaning_the_hours_of_a_group_that_is_called_otherwise(house: House) -> None:
    made = group_id(house, "Night", NIGHTLY)  # it is Monday, 10:00
    house.record(first_name="Ana", mobile=ANA)
    house.rules(AT_NIGHT)
    with house.app.app_context(), transaction():
        groups.change(db.session.get_one(Group, made), "Owls", [], {**NIGHTLY, "closed": ["2030-01-07"]})
    house.text("hello")
    house.work()
    assert [message.text for message in house.messages()] == ["We are closed."]


FORM = {"opens-monday-1": "09:00", "closes-monday-1": "12:00", "opens-monday-2": "13:00", "closes-monday-2": "17:00"}


def test_hours_come_out_of_the_form_as_they_went_in() -> None:
    friday = {"opens-friday-1": "22:00", "closes-friday-1": "02:00"}
    stored = hours.typed({**FORM, **friday, "closed": "2026-12-25, 2026-12-24\n2026-12-25"}, "Europe/Rome")
    assert hours.boxes(stored) == {**FORM, **friday, "closed": "2026-12-24\n2026-12-25"}
    read = hours.read(stored)
    assert (read.closed, read.zone) == (frozenset({date(2026, 12, 24), date(2026, 12, 25)}), ZoneInfo("Europe/Rome"))
    late = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)  # a Saturday, 01:30 in Rome
    assert moments.is_open(late, read, ZoneInfo("UTC"))
    assert not moments.is_open(late.replace(hour=1), read, ZoneInfo("UTC"))
    assert hours.boxes(None)["opens-friday-1"] == "09:00"


@pytest.mark.parametrize(
    ("form", "box", "said"),
    [
        ({}, "monday", "Open at least once a week"),
        ({"opens-tuesday-1": "09:00"}, "tuesday", "Tuesday: write when it opens and when it closes"),
        ({"opens-monday-1": "09:00", "closes-monday-1": "09:00"}, "monday", "write when it opens"),
        ({"opens-monday-1": "9", "closes-monday-1": "25:00"}, "monday", "write when it opens"),
        ({**FORM, "opens-monday-2": "11:00"}, "monday", "before the first one ends"),
        ({**FORM, "closes-monday-1": "08:00"}, "monday", "before the first one ends"),
        ({**FORM, "closed": "Christmas"}, "closed", "“Christmas” is no day"),
        ({**FORM, "closed": " ".join(f"2{n:03}-01-01" for n in range(201))}, "closed", "most"),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_named_by_their_day(form: dict[str, str], box: str, said: str) -> None:
    with pytest.raises(hours.HoursProblem, match=said) as problem:
        hours.typed(form)
    assert problem.value.box == box
