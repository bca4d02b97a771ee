"""What webhooks failed to tell is read from the provider's list: each text is there once, doubts are settled."""

from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from sqlalchemy import func, select, update

from flexie import clock, outbox, providers, pulling, reconciler
from flexie.db import db, transaction
from flexie.models import Connection, Line, Message
from tests.house import ANA, LINE_NUMBER, SID, House
from tests.moving_clock import MovingClock


@pytest.fixture
def pulled(house: House) -> House:
    """A house whose provider's list is read."""
    with house.app.app_context(), transaction():
        db.session.execute(update(Connection).values(pull_at=clock.now()))
    return house


def entry(sid: str, text: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    """A text from Ana as Twilio lists it."""
    written = format_datetime(at or clock.now())
    common = {"sid": sid, "body": text, "account_sid": SID, "num_segments": "1", "error_code": None}
    inbound = {"direction": "inbound", "from": ANA, "to": LINE_NUMBER, "status": "received"}
    return {**common, **inbound, "date_created": written, "date_sent": written, **more}


def sent(sid: str, text: str, at: datetime | None = None, status: str = "delivered", **more: Any) -> dict[str, Any]:
    """A text to Ana as Twilio lists it."""
    ours = {"direction": "outbound-api", "from": LINE_NUMBER, "to": ANA, "status": status}
    return entry(sid, text, at, **(ours | more))


def pull(house: House) -> None:
    """Whatever is due is read, as a worker's thread would."""
    with house.app.app_context(), providers.new_client(1) as client:
        while claimed := pulling.claim():
            pulling.carry_out(claimed, client)
    house.work()


def queue(house: House, text: str, intent: str, number: str = ANA) -> None:
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        outbox.queue(outbox.Draft(line=line, number=number, text=text, intent=intent))


def texts(house: House) -> list[str]:
    return [message.text for message in house.messages("in")]


def test_ten_minutes_without_webhooks_lose_and_double_nothing(pulled: House, moving_clock: MovingClock) -> None:
    house, listed = pulled, pulled.standin.listed
    house.text("before", sid="SM" + "0" * 32)
    house.work()
    listed.append(entry("SM" + "0" * 32, "before"))
    pull(house)
    for minute in range(10):
        moving_clock.move(minutes=1)
        listed[:0] = [entry(f"SM{minute:031x}{half}", f"{minute}:{half}") for half in "ba"]
        if minute == 4:
            house.text("4:a", sid=f"SM{4:031x}a")  # this webhook came through
    house.standin.a_page = 7
    pull(house)
    assert sorted(texts(house)) == sorted(["before", *(f"{minute}:{half}" for minute in range(10) for half in "ab")])
    moving_clock.move(minutes=6)
    house.text("7:b", sid=f"SM{7:031x}b")  # and this one came late
    pull(house)
    assert len(texts(house)) == 21
    with house.app.app_context():
        assert (
            db.session.scalar(select(func.count()).where(Message.direction == "in", Message.stage != "triggered")) == 0
        )


def test_a_recovered_text_starts_rules_like_any_other(pulled: House) -> None:
    pulled.record(mobile=ANA, first_name="Ana")
    pulled.rules('version 1\n\nrule "Yes":\n  for contact\n  when incoming sms matches "yes*"\n\n  send sms "Good."\n')
    pulled.standin.listed.append(entry("SM" + "1" * 32, "Yes please"))
    pull(pulled)
    assert [message.text for message in pulled.messages()] == ["Good."]


def test_texts_to_other_numbers_of_the_account_are_left_alone(pulled: House) -> None:
    pulled.standin.listed.append(entry("SM" + "1" * 32, "not ours", to="+14155550999"))
    pull(pulled)
    assert texts(pulled) == []


def test_pictures_of_a_recovered_text_are_asked_for(pulled: House) -> None:
    sid = "MM" + "1" * 32
    pulled.standin.listed.append(entry(sid, "look", num_media="1"))
    media = {"uri": f"/2010-04-01/Accounts/{SID}/Messages/{sid}/Media/ME1.json", "content_type": "image/png"}
    pulled.standin.media[sid] = [media]
    pull(pulled)
    (message,) = pulled.messages("in")
    assert message.media == [
        {
            "url": f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/{sid}/Media/ME1",
            "content_type": "image/png",
        }
    ]


def test_a_send_in_doubt_that_the_list_has_is_settled(pulled: House, moving_clock: MovingClock) -> None:
    pull(pulled)
    pulled.standin.answers.append("drop")
    queue(pulled, "Hello", "a")
    pulled.work()
    assert [message.status for message in pulled.messages()] == ["unknown"]
    pulled.standin.listed.append(sent("SM" + "5" * 32, "Hello"))
    moving_clock.move(seconds=31)
    pull(pulled)
    (message,) = pulled.messages()
    assert (message.status, message.provider_id, message.error) == ("delivered", "SM" + "5" * 32, None)
    assert len(pulled.standin.posts) == 1


def test_a_send_in_doubt_that_the_list_does_not_have_is_held(pulled: House, moving_clock: MovingClock) -> None:
    pulled.standin.answers += ["drop", "drop"]
    queue(pulled, "Hello", "a")
    queue(pulled, "Other", "b", "+14155550888")
    pulled.work()
    pulled.standin.listed.append(sent("SM" + "5" * 32, "Hello", to="+14155550777"))  # somebody else's
    for _ in range(3):
        moving_clock.move(minutes=5)
        pull(pulled)
        with pulled.app.app_context():
            reconciler.reconcile()
    for message in pulled.messages():
        assert message.status == "held"
        assert "Twilio's list of messages does not have it." in (message.error or "")
    assert len(pulled.standin.posts) == 2


def test_of_two_equal_texts_in_doubt_one_entry_settles_one(pulled: House, moving_clock: MovingClock) -> None:
    for intent in ("a", "b"):
        pulled.standin.answers.append("drop")
        queue(pulled, "Hello", intent)
        pulled.work()
        moving_clock.move(seconds=1)
    pulled.standin.listed.append(sent("SM" + "5" * 32, "Hello", status="sent"))
    moving_clock.move(seconds=31)
    pull(pulled)
    assert [message.status for message in pulled.messages()] == ["sent", "unknown"]


def test_an_entry_that_is_another_message_settles_nothing(pulled: House, moving_clock: MovingClock) -> None:
    pulled.standin.answers.append((201, {"sid": "SM" + "7" * 32, "status": "queued"}))
    queue(pulled, "Hello", "a")
    pulled.work()
    pulled.standin.answers.append("drop")
    queue(pulled, "Hello", "b")
    pulled.work()
    pulled.standin.listed.append(sent("SM" + "7" * 32, "Hello"))
    moving_clock.move(seconds=31)
    pull(pulled)
    assert [message.status for message in pulled.messages()] == ["delivered", "unknown"]


def test_receipts_that_did_not_come_are_read_from_the_list(pulled: House, moving_clock: MovingClock) -> None:
    queue(pulled, "Hello", "a")
    pulled.work()
    (message,) = pulled.messages()
    pulled.standin.listed.append(sent(message.provider_id or "", "Hello", status="undelivered", error_code=30005))
    moving_clock.move(minutes=5)
    pull(pulled)
    (message,) = pulled.messages()
    assert (message.status, message.error_code) == ("undelivered", "30005")


def test_a_list_that_cannot_be_read_says_why_and_is_read_later(pulled: House, moving_clock: MovingClock) -> None:
    pulled.standin.auth_token = "another"
    pull(pulled)
    with pulled.app.app_context():
        connection = db.session.scalars(select(Connection)).one()
        assert "does not accept these credentials" in (connection.pull_problem or "")
        assert connection.pulled_until is None
    pulled.standin.auth_token = ""
    pulled.standin.listed.append(entry("SM" + "1" * 32, "still there"))
    moving_clock.move(minutes=5)
    pull(pulled)
    assert texts(pulled) == ["still there"]
    with pulled.app.app_context():
        assert db.session.scalars(select(Connection.pull_problem)).one() is None


def test_a_connection_is_looked_at_every_few_minutes_and_not_in_between(
    pulled: House, moving_clock: MovingClock
) -> None:
    pull(pulled)
    seen = len(pulled.standin.asked)
    moving_clock.move(seconds=299)
    pull(pulled)
    assert len(pulled.standin.asked) == seen
    moving_clock.move(seconds=1)
    pull(pulled)
    assert len(pulled.standin.asked) == seen + 1
    with pulled.app.app_context():
        again = db.session.scalars(select(Connection.pull_at)).one()
        assert again == clock.now() + timedelta(minutes=5)
