"""Lines send at the pace that their provider allows, and a line with a long queue holds up no other."""

from typing import Any

from sqlalchemy import select

from flexie import connections, outbound, outbox, reconciler
from flexie.db import db, transaction
from flexie.models import Connection, Line, Message
from tests.house import House
from tests.moving_clock import MovingClock


def line(house: House, name: str, number: str, pace: float | None) -> int:
    with house.app.app_context(), transaction():
        connection = db.session.scalars(select(Connection)).first()
        made = Line(
            connection=connection, name=name, number=number, texts_per_second=pace, created_at=connection.created_at
        )
        db.session.add(made)
        db.session.flush()
        return made.id


def queue(house: House, line_id: int, count: int, text: str = "Hello") -> None:
    with house.app.app_context(), transaction():
        sender = db.session.get_one(Line, line_id)
        for place in range(count):
            number = f"+1415555{line_id % 10}{place:03}"
            outbox.queue(outbox.Draft(line=sender, number=number, text=text, intent=f"{line_id}:{number}"))


def taken(house: House, at_most: int = 50) -> list[tuple[str, float]]:
    """What can be claimed at this moment: the line's number, and the seconds it is to wait."""
    found = []
    with house.app.app_context():
        while len(found) < at_most and (claimed := outbound.claim()):
            found.append((claimed.text.sender_number, claimed.wait))
    return found


def test_a_line_sends_no_faster_than_its_pace(house: House, moving_clock: MovingClock) -> None:
    slow = line(house, "Slow", "+14155550101", 2.0)
    queue(house, slow, 5)
    assert len(taken(house)) == 1
    moving_clock.move(seconds=0.2)
    assert taken(house) == []
    moving_clock.move(seconds=0.1)
    ((_, wait),) = taken(house)
    assert 0.19 < wait < 0.21  # it waits in its thread for the moment that its line may
    moving_clock.move(seconds=10)
    assert len(taken(house)) == 1  # time that went by unused is no credit


def test_long_texts_count_as_many(house: House, moving_clock: MovingClock) -> None:
    slow = line(house, "Slow", "+14155550101", 1.0)
    queue(house, slow, 2, "x" * 400)
    assert len(taken(house)) == 1
    moving_clock.move(seconds=2.7)
    assert taken(house) == []
    moving_clock.move(seconds=0.1)
    assert len(taken(house)) == 1


def test_lines_without_a_limit_take_turns(house: House, moving_clock: MovingClock) -> None:
    busy, other = line(house, "Busy", "+14155550101", None), line(house, "Other", "+14155550102", None)
    queue(house, busy, 30)
    queue(house, other, 2)
    order = []
    for _ in range(4):
        moving_clock.move(seconds=0.05)
        order += [number for number, _ in taken(house, 1)]
    assert order.count("+14155550102") == 2
    assert len(taken(house)) == 28


def test_a_queue_at_its_pace_is_neither_late_nor_rung_for(house: House, moving_clock: MovingClock) -> None:
    slow = line(house, "Slow", "+14155550101", 0.01)
    queue(house, slow, 3)
    taken(house)
    moving_clock.move(seconds=90)
    with house.app.app_context():
        assert reconciler.oldest_due_seconds() == 0
        assert "sends" in reconciler.due_since()
    moving_clock.move(seconds=70)
    with house.app.app_context():
        assert reconciler.oldest_due_seconds() == 60


def test_a_provider_that_asks_to_wait_quiets_the_whole_line(house: House, moving_clock: MovingClock) -> None:
    with house.app.app_context():
        main = db.session.scalars(select(Line.id)).one()
    house.standin.answers.append((429, {"code": 20429}))
    queue(house, main, 3)
    house.work()
    assert len(house.standin.posts) == 1
    moving_clock.move(seconds=1)
    house.work()
    assert len(house.standin.posts) == 4
    assert {message.status for message in house.messages()} == {"accepted"}


def test_the_provider_rule_is_a_new_lines_pace(house: House) -> None:
    numbers = {"+14155550150": 1.0, "+18005550150": 3.0, "+447700900123": 10.0, "72345": 100.0}
    with house.app.app_context(), transaction():
        account: dict[str, Any] = {"account_sid": "AC" + "b" * 32, "auth_token": "x" * 32}
        made = connections.add("twilio", "Paced", account, list(numbers), "http://127.0.0.1:9")
        assert {each.number: each.texts_per_second for each in made.lines} == numbers


def test_what_was_tried_keeps_its_moment(house: House, moving_clock: MovingClock) -> None:
    with house.app.app_context():
        main = db.session.scalars(select(Line.id)).one()
    queue(house, main, 1)
    house.work()
    with house.app.app_context():
        assert db.session.scalars(select(Message.attempted_at)).one() is not None
