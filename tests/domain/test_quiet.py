"""Quiet hours, on the clock of whoever gets a text: what machines send waits; people decide for themselves."""

from datetime import UTC, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from flexie import clock, consent, gate, outbox, passing, phones, quiet, records, scheduled, wishes
from flexie.db import db, transaction
from flexie.models import AuditEntry, FieldDefinition, Line, Message, Settings, User
from tests.house import ANA, House
from tests.moving_clock import MovingClock
from tests.web.test_plans import statements

HELLO = 'rule "Hi":\n  for contact\n  when started\n\n  send sms "Hello {{ first_name }}"\n'
ANSWER = 'rule "All":\n  for contact\n  when incoming sms\n\n  send sms "Thanks"\n'
ROME = "+390612345678"
BERLIN_MOBILE = "+4915112345678"


@pytest.fixture
def night(house: House, moving_clock: MovingClock) -> House:
    """It is 06:00 in Greenwich, 22:00 of the day before in California, 07:00 in Rome; quiet is from 21 to 8."""
    moving_clock.moment = datetime(2030, 1, 7, 6, 0, tzinfo=UTC)
    set_hours(house)
    return house


def set_hours(house: House, quiet_from: str | None = "21:00", quiet_until: str | None = "08:00", **more: Any) -> None:
    with house.app.app_context(), transaction():
        settings = Settings.get()
        settings.quiet_from, settings.quiet_until = quiet_from, quiet_until
        for name, value in more.items():
            setattr(settings, name, value)


def queue(house: House, number: str = ANA, intent: str = "api:1", **more: Any) -> None:
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        outbox.queue(outbox.Draft(line=line, number=number, text="Hello", intent=intent, **more))


def person(house: House) -> int:
    with house.app.app_context(), transaction():
        user = User(email="m@example.com", name="Mira", role="admin", password_hash="", created_at=clock.now())
        db.session.add(user)
        db.session.flush()
        return user.id


def states(house: House) -> list[tuple[str, str | None]]:
    return [(each.status, each.due_at.strftime("%d %H:%M") if each.due_at else None) for each in house.messages()]


def test_what_a_program_sends_waits_until_morning_where_they_are(night: House, moving_clock: MovingClock) -> None:
    queue(night)
    night.work()
    assert states(night) == [("scheduled", "07 16:00")]  # 08:00 in California
    (message,) = night.messages()
    assert message.error == "quiet hours: it is 22:00 there, and it goes at 08:00 (Los Angeles time)"
    assert message.stopped_by == "quiet hours"
    moving_clock.move(hours=9, minutes=59)
    night.work()
    assert night.standin.posts == []
    moving_clock.move(minutes=1)
    night.work()
    (message,) = night.messages()
    assert (message.status, message.error, message.stopped_by) == ("accepted", None, None)


def test_quiet_begins_and_ends_to_the_minute(night: House, moving_clock: MovingClock) -> None:
    with night.app.app_context():
        settings = Settings.get()
        for there, is_quiet in (("20:59", False), ("21:00", True), ("07:59", True), ("08:00", False)):
            hour, minute = map(int, there.split(":"))
            moment = datetime(2030, 1, 7, (hour + 8) % 24, minute, tzinfo=UTC)
            assert (quiet.at(moment, ANA, [], settings) is not None) == is_quiet, there


def test_hours_within_one_day_and_across_a_clock_change(house: House) -> None:
    set_hours(house, "12:00", "14:00")
    with house.app.app_context():
        noon = quiet.at(datetime(2030, 1, 7, 11, 30, tzinfo=UTC), ROME, [], Settings.get())
        assert noon is not None
        assert noon.until == datetime(2030, 1, 7, 13, 0, tzinfo=UTC)
    set_hours(house, "21:00", "08:00")
    with house.app.app_context():
        summer = quiet.at(datetime(2030, 3, 30, 23, 0, tzinfo=UTC), ROME, [], Settings.get())
        assert summer is not None
        assert summer.until == datetime(2030, 3, 31, 6, 0, tzinfo=UTC)  # 08:00 by the clock of summer
        assert quiet.hours(Settings.get()) == (time(21), time(8))


@pytest.mark.parametrize(
    ("number", "field", "zone"),
    [
        (ANA, "Europe/Rome", "Europe/Rome"), (ANA, "Nowhere", "America/Los_Angeles"),
        (ANA, None, "America/Los_Angeles"),
        (ROME, None, "Europe/Rome"), ("+18005551234", None, "Asia/Tokyo"), ("+447700900123", None, "Asia/Tokyo"),
        ("12345", None, "Asia/Tokyo"), (BERLIN_MOBILE, None, "Europe/Berlin"),
    ],
)  # fmt: skip
def test_where_somebody_is_is_told_by_the_record_the_number_or_the_account(
    house: House, number: str, field: str | None, zone: str
) -> None:
    with house.app.app_context(), transaction():
        Settings.get().time_zone = "Asia/Tokyo"
        db.session.add(FieldDefinition(kind="contact", name="time_zone", label="Zone", type="text", position=99))
        db.session.flush()
        kept = [records.create("contact", {"first_name": "Ana"}), records.create("contact", {"time_zone": field})]
        assert str(quiet.zone_of(number, kept, Settings.get(), clock.now())) == zone


def test_zones_that_show_the_same_time_are_as_good_as_one() -> None:
    assert len(phones.time_zones(BERLIN_MOBILE)) >= 1
    assert phones.time_zones("+18005551234") > ("America/Adak",)
    assert phones.time_zones("") == ()


def test_what_a_rule_sends_waits_and_an_answer_to_a_text_of_a_moment_ago_does_not(
    night: House, moving_clock: MovingClock
) -> None:
    night.record(first_name="Ana", mobile=ANA)
    night.rules(ANSWER)
    night.text("Are you there?")
    night.work()
    assert [message.status for message in night.messages()] == ["accepted"]
    set_hours(night, quiet_answers=False)
    night.text("And now?")
    night.work()
    assert [message.status for message in night.messages()] == ["accepted", "scheduled"]


def test_an_answer_that_comes_late_waits_too(night: House, moving_clock: MovingClock) -> None:
    night.record(first_name="Ana", mobile=ANA)
    night.rules('rule "W":\n  for contact\n  when incoming sms\n\n  wait 10 minutes\n  send sms "Later"\n')
    night.text("Are you there?")
    night.work()
    moving_clock.move(minutes=10)
    night.work()
    assert states(night) == [("scheduled", "07 16:00")]


def test_the_answers_of_the_law_come_at_any_hour(night: House) -> None:
    set_hours(night, quiet_answers=False)
    for said in ("HELP", "STOP", "START"):
        night.text(said)
        night.work()
    assert [message.status for message in night.messages()] == ["accepted"] * 3


def test_what_a_person_sends_goes_and_what_one_wrote_for_later_waits_unless_let_go(
    night: House, moving_clock: MovingClock
) -> None:
    mira = person(night)
    with night.app.app_context(), transaction():
        line, user = db.session.scalars(select(Line)).one(), db.session.get_one(User, mira)
        at = clock.now().replace(hour=7)
        for intent, more in (("now", {}), ("later", {"due_at": at}), ("let go", {"due_at": at, "anyway": user})):
            outbox.queue(outbox.Draft(line=line, number=ANA, text=intent, intent=intent, user=user, **more))
    night.work()
    moving_clock.move(hours=1)
    night.work()
    assert {message.text: message.status for message in night.messages()} == {
        "now": "accepted", "later": "scheduled", "let go": "accepted",
    }  # fmt: skip


def test_what_waits_is_sent_now_by_a_person_who_is_written_down(night: House) -> None:
    mira = person(night)
    queue(night)
    night.work()
    with night.app.app_context(), transaction():
        scheduled.send_now(db.session.scalars(select(Message)).one(), db.session.get_one(User, mira))
    night.work()
    assert [message.status for message in night.messages()] == ["accepted"]
    with night.app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "message")).one()
    assert (entry.did, entry.name) == ("sent anyway", ANA)
    assert "quiet hours" in entry.changes["held back by"][0]


def test_a_line_lets_so_many_automatic_texts_through_in_an_hour_and_people_pass(
    house: House, moving_clock: MovingClock
) -> None:
    with house.app.app_context(), transaction():
        Settings.get().most_of_line = 2
    for number in range(4):
        queue(house, f"+1415555300{number}", f"api:{number}")
    queue(house, "+14155553009", "form:1:n")
    house.work()
    assert states(house) == [
        ("accepted", "07 10:00"), ("accepted", "07 10:00"), ("scheduled", "07 11:00"), ("scheduled", "07 11:00"),
        ("accepted", "07 10:00"),
    ]  # fmt: skip
    assert "limit reached: 2 automatic texts through one line in an hour" in (house.messages()[2].error or "")
    moving_clock.move(hours=1)
    house.work()
    assert [status for status, _ in states(house)] == ["accepted"] * 5


@pytest.mark.parametrize(
    ("caps", "kind"), [({"most_to_number": 1, "most_of_rule": 1}, "number cap"), ({"most_of_rule": 1}, "rule cap")]
)
def test_what_a_cap_stopped_is_sent_all_the_same_if_a_person_wants_it(
    house: House, moving_clock: MovingClock, caps: dict[str, int], kind: str
) -> None:
    mira = person(house)
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER)
    with house.app.app_context(), transaction():
        for name, value in caps.items():
            setattr(Settings.get(), name, value)
    for said in ("one", "two"):
        house.text(said)
        house.work()
        moving_clock.move(minutes=2)
    held = house.messages()[1]
    assert (held.status, held.stopped_by) == ("suppressed", kind)
    with house.app.app_context(), transaction():
        passing.send(db.session.get_one(Message, held.id), db.session.get_one(User, mira))
    house.work()
    assert [message.status for message in house.messages()] == ["accepted", "accepted"]
    with house.app.app_context(), pytest.raises(outbox.OutboxError, match="not held back any more"), transaction():
        passing.send(db.session.get_one(Message, held.id), db.session.get_one(User, mira))


def test_nobody_passes_a_no(house: House) -> None:
    mira = person(house)
    house.record(first_name="Ana", mobile=ANA, allow_sms=False)
    for number, intent in ((ANA, "form:1:a"), ("+14155553001", "form:1:b")):
        queue(house, number, intent)
    with house.app.app_context(), transaction():
        wishes.opt_out("+14155553001", "she called", db.session.get_one(User, mira))
    house.work()
    held = house.messages()
    assert [message.stopped_by for message in held] == ["allow sms", "opt-out"]
    for message in held:
        with house.app.app_context(), pytest.raises(outbox.OutboxError, match="asked for no more texts"), transaction():
            passing.send(db.session.get_one(Message, message.id), db.session.get_one(User, mira))
    assert house.standin.posts == []


def test_a_no_that_comes_after_it_was_let_go_still_counts(house: House, moving_clock: MovingClock) -> None:
    mira = person(house)
    house.record(first_name="Ana", mobile=ANA)
    house.rules(ANSWER)
    with house.app.app_context(), transaction():
        Settings.get().most_of_rule = 1
    for said in ("one", "two"):
        house.text(said)
        house.work()
        moving_clock.move(minutes=2)
    with house.app.app_context(), transaction():
        held = db.session.scalars(select(Message).where(Message.status == "suppressed")).one()
        passing.send(held, db.session.get_one(User, mira))
        consent.change(ANA, "out", "test")
    house.work()
    assert [message.status for message in house.messages()] == ["accepted", "suppressed"]
    assert house.messages()[1].stopped_by == "opt-out"


def test_two_records_of_one_person_are_told_the_same_once_also_after_a_night(
    night: House, moving_clock: MovingClock
) -> None:
    set_hours(night, quiet_answers=False)
    night.record(first_name="Ana", mobile=ANA)
    night.record(first_name="Ana", mobile=ANA)
    night.rules(ANSWER)
    night.text("Are you there?")
    night.work()
    assert [status for status, _ in states(night)] == ["scheduled", "scheduled"]
    moving_clock.move(hours=10)
    night.work()
    assert sorted(status for status, _ in states(night)) == ["accepted", "suppressed"]


def test_the_gate_costs_a_few_statements(night: House) -> None:
    night.record(first_name="Ana", mobile=ANA)
    night.rules(ANSWER)
    night.text("hello")
    night.wake = lambda: None  # type: ignore[method-assign]
    night.work()
    with night.app.app_context():
        message = db.session.scalars(select(Message).where(Message.run_id.is_not(None))).one()
        assert message.line.name == "Main"  # a claim has it
        with statements() as seen:
            assert gate.stops(message, clock.now()) is None
    assert len(seen) <= 6, seen
