"""Texts for later: the moments that are offered, what stops them, and that nothing is sent twice or against a word."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flexie import later, outbound, outbox, overtaken, providers, scheduled
from flexie.db import db, transaction
from flexie.models import Conversation, Line, Message, Settings
from tests.house import ANA, House
from tests.moving_clock import MovingClock

OPEN_AT_EIGHT = {"openings": [{"days": ["weekday"], "opens": "08:30", "closes": "17:00"}], "closed": ["2030-01-08"]}


def settings(zone: str = "UTC", hours: dict[str, Any] | None = None) -> Settings:
    return Settings(time_zone=zone, business_hours=hours)


def offered(now: datetime, **of: Any) -> dict[str, str]:
    return {each.label: each.at.isoformat() for each in later.offered(settings(**of), now)}


def test_mornings_begin_when_business_hours_do() -> None:
    sunday_and_tuesday = datetime(2030, 1, 6, 12, tzinfo=UTC), datetime(2030, 1, 7, 12, tzinfo=UTC)
    assert offered(sunday_and_tuesday[0], hours=OPEN_AT_EIGHT) == {
        "In an hour": "2030-01-06T13:00:00+00:00",
        "Tomorrow morning": "2030-01-07T08:30:00+00:00",
    }
    assert offered(sunday_and_tuesday[1], hours=OPEN_AT_EIGHT) == {
        "In an hour": "2030-01-07T13:00:00+00:00",
        "Tomorrow morning": "2030-01-08T09:00:00+00:00",  # a day off
        "Monday morning": "2030-01-14T08:30:00+00:00",
    }


def test_what_is_offered_is_what_a_form_sends_back() -> None:
    now = datetime(2030, 3, 9, 23, tzinfo=UTC)  # the clock changes in the night after
    account = settings("America/New_York")
    for preset in later.offered(account, now):
        assert later.read(preset.value, account, now) == preset.at


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2030-03-10T02:30", "2030-03-10T07:30:00+00:00"),  # skipped: by the offset before the gap, 03:30
        ("2030-11-03T01:30", "2030-11-03T05:30:00+00:00"),  # twice: the first
        ("2030-07-01T09:00", "2030-07-01T13:00:00+00:00"),
    ],
)
def test_clock_changes_are_handled_as_rules_do(typed: str, moment: str) -> None:
    found = later.read(typed, settings("America/New_York"), datetime(2030, 1, 7, tzinfo=UTC))
    assert found.isoformat() == moment


@pytest.mark.parametrize(
    "typed", ["", "soon", "2029-12-31T09:00", "2030-01-07T00:00", "9999-12-31T23:59", "0001-01-01"]
)
def test_what_is_no_moment_to_come_is_refused(typed: str) -> None:
    with pytest.raises(later.NotLater):
        later.read(typed, settings("America/New_York"), datetime(2030, 1, 7, 5, tzinfo=UTC))


def plan(
    house: House, clock: MovingClock, text: str = "Later", *, number: str = ANA, unless_reply: bool = False
) -> int:
    """A text for an hour from now; returns its row id."""
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        at = clock.moment + timedelta(hours=1)
        draft = outbox.Draft(line, number, text, f"test:{text}", due_at=at, unless_reply=unless_reply)
        return outbox.queue(draft).id


def states(house: House) -> dict[str, str]:
    return {message.text: message.status for message in house.messages()}


def bodies(house: House) -> list[str]:
    return [post.one("Body") for post in house.standin.posts]


def test_a_reply_cancels_what_is_marked_and_nothing_else(house: House, moving_clock: MovingClock) -> None:
    plan(house, moving_clock, "Are you there?", unless_reply=True)
    plan(house, moving_clock, "See you tomorrow")
    house.text("Here I am")
    house.work()
    assert states(house) == {"Are you there?": "cancelled", "See you tomorrow": "scheduled"}
    assert [each.error for each in house.messages()] == [overtaken.REASON, None]
    moving_clock.move(hours=2)
    house.work()
    assert bodies(house) == ["See you tomorrow"]


def test_a_text_from_before_or_of_somebody_else_cancels_nothing(house: House, moving_clock: MovingClock) -> None:
    house.text("Hello")  # stored, and not matched when the person schedules
    plan(house, moving_clock, "Are you there?", unless_reply=True)
    house.text("Hello", sender="+14155550002")
    house.work()
    assert states(house) == {"Are you there?": "scheduled"}


def test_a_reply_that_nobody_worked_through_yet_stops_it_at_the_claim(house: House, moving_clock: MovingClock) -> None:
    plan(house, moving_clock, unless_reply=True)
    moving_clock.move(hours=2)
    house.text("I am quicker")
    with house.app.app_context():
        assert outbound.claim() is None
    assert states(house) == {"Later": "cancelled"}
    house.work()
    assert bodies(house) == []


def test_what_is_sent_now_or_edited_goes_once_as_it_was_last_worded(house: House, moving_clock: MovingClock) -> None:
    first, second = plan(house, moving_clock, "One"), plan(house, moving_clock, "Two")
    with house.app.app_context(), transaction():
        scheduled.send_now(db.session.get_one(Message, first))
        message = db.session.get_one(Message, second)
        when = later.When(moving_clock.moment.replace(hour=20), unless_reply=True)
        scheduled.edit(message, "“Two” of two", when, scheduled.version(message))
    house.work()
    assert bodies(house) == ["One"]
    with house.app.app_context():
        message = db.session.get_one(Message, second)
        assert (message.segments, message.unless_reply, message.status) == (1, True, "scheduled")
        assert db.session.scalars(select(Conversation.last_text)).one() == "One"
    moving_clock.move(hours=11)
    house.work()
    assert bodies(house) == ["One", "“Two” of two"]


def test_what_goes_out_later_is_then_the_latest_of_its_conversation(house: House, moving_clock: MovingClock) -> None:
    plan(house, moving_clock, "Good morning")
    house.text("Are you open?")
    house.work()
    with house.app.app_context():
        assert db.session.scalars(select(Conversation.last_text)).one() == "Are you open?"
    went = moving_clock.move(hours=2)
    house.work()
    with house.app.app_context():
        row = db.session.scalars(select(Conversation)).one()
        assert (row.last_text, row.last_direction, row.last_at) == ("Good morning", "out", went)


def test_what_was_claimed_can_no_longer_be_changed(house: House, moving_clock: MovingClock) -> None:
    message_id = plan(house, moving_clock)
    moving_clock.move(hours=2)
    with house.app.app_context():
        assert outbound.claim()
    for change in CHANGES.values():
        with house.app.app_context(), transaction(), pytest.raises(outbox.OutboxError, match="no longer"):
            change(db.session.get_one(Message, message_id))
    assert states(house) == {"Later": "sending"}


def test_two_people_who_edit_do_not_overwrite_each_other(house: House, moving_clock: MovingClock) -> None:
    message_id = plan(house, moving_clock)
    when = later.When(moving_clock.moment.replace(hour=20))
    with house.app.app_context(), transaction():
        message = db.session.get_one(Message, message_id)
        seen = scheduled.version(message)
        scheduled.edit(message, "Mine", when, seen)
    with house.app.app_context(), transaction(), pytest.raises(outbox.OutboxError, match="Somebody changed"):
        scheduled.edit(db.session.get_one(Message, message_id), "Theirs", when, seen)
    assert states(house) == {"Mine": "scheduled"}


def _reword(message: Message) -> None:
    when = later.When(datetime(2031, 1, 1, tzinfo=UTC))
    scheduled.edit(message, f"{message.text}, changed", when, scheduled.version(message))


CHANGES: dict[str, Callable[[Message], None]] = {
    "edit": _reword,
    "send now": scheduled.send_now,
    "cancel": outbox.cancel,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_races_a_worker_wins_whole_or_not_at_all(
    house: House, moving_clock: MovingClock, change: str
) -> None:
    """30 texts fall due at one moment; workers take them in order while a person changes them from the other end."""
    ids = [due_to_somebody(house, moving_clock, number) for number in range(30)]
    refused: set[int] = set()
    together(
        lambda: refused.update(refused_changes(house, CHANGES[change], reversed(ids))),
        lambda: work_as_a_worker(house),
        lambda: work_as_a_worker(house),
    )
    house.work()

    posted = bodies(house)
    assert len(posted) == len(set(posted)), "sent twice"
    rows = {message.id: message for message in house.messages()}
    by_text = {message.text: message for message in rows.values()}
    assert all(by_text[body].status == "accepted" for body in posted), "not what the row says"
    assert len(posted) == (30 if change == "send now" else len(refused))
    meant = {"edit": "scheduled", "cancel": "cancelled", "send now": "accepted"}[change]
    assert {rows[message_id].status for message_id in set(ids) - refused} <= {meant}


def due_to_somebody(house: House, clock: MovingClock, number: int) -> int:
    """A scheduled text that is due by now, in a conversation of its own; returns its row id."""
    message_id = plan(house, clock, f"Text {number}", number=f"+14155550{100 + number}")
    with house.app.app_context(), transaction():
        db.session.get_one(Message, message_id).due_at = clock.moment
    return message_id


def refused_changes(house: House, change: Callable[[Message], None], ids: Iterable[int]) -> set[int]:
    """Change each message in a transaction of its own; returns those where it was too late."""
    refused = set()
    for message_id in ids:
        try:
            with house.app.app_context(), transaction():
                change(db.session.get_one(Message, message_id))
        except outbox.OutboxError:
            refused.add(message_id)
    return refused


def work_as_a_worker(house: House) -> None:
    """Send what is due, from this thread, with a client of its own."""
    client = providers.new_client()
    with house.app.app_context():
        while claimed := outbound.claim():
            outbound.finish(claimed, outbound.call(claimed, client))
    client.close()


def together(*deeds: Callable[[], None]) -> None:
    """Do several things at once, each in a thread; a problem in any of them is the test's."""
    start = threading.Barrier(len(deeds))
    with ThreadPoolExecutor(len(deeds)) as pool:
        for done in [pool.submit(lambda deed=deed: (start.wait(), deed())) for deed in deeds]:
            done.result()
