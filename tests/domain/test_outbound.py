"""Step 5: a message is claimed, called for once, and its outcome recorded; what cannot be known is never repeated."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from flexie import clock, outbound, outbox, providers, reconciler
from flexie.db import db, transaction
from flexie.models import Connection, Conversation, Line, Message
from tests.house import ANA, LINE_NUMBER, House

ACCEPTED = (201, {"sid": "SM" + "9" * 32, "status": "queued", "num_segments": "2"})


def queue(house: House, text: str = "Hello", number: str = ANA, intent: str = "test:1", **more: Any) -> None:
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        outbox.queue(outbox.Draft(line=line, number=number, text=text, intent=intent, **more))


def only(house: House) -> Message:
    (message,) = house.messages()
    return message


def test_what_is_posted_carries_our_id_back(house: House) -> None:
    queue(house)
    house.standin.answers.append(ACCEPTED)
    house.work()

    (post,) = house.standin.posts
    message = only(house)
    assert (post.one("To"), post.one("From"), post.one("Body")) == (ANA, LINE_NUMBER, "Hello")
    assert post.one("StatusCallback").startswith(house.status_url)
    assert post.our_id == message.public_id
    assert (message.status, message.provider_id, message.segments) == ("accepted", "SM" + "9" * 32, 2)


@pytest.mark.parametrize(
    ("answer", "status"),
    [("drop", "unknown"), ((500, {}), "unknown"), ((503, {}), "unknown"), ((201, {}), "unknown")],
    ids=["drop", "500", "503", "201 without an id"],
)
def test_an_outcome_that_cannot_be_known_is_never_sent_again(
    house: House, moving_clock: Any, answer: Any, status: str
) -> None:
    queue(house)
    house.standin.answers.append(answer)
    house.work()
    assert only(house).status == status

    for _ in range(3):
        moving_clock.move(minutes=11)
        with house.app.app_context():
            reconciler.reconcile()
        house.work()

    assert only(house).status == "held"
    assert len(house.standin.posts) == 1


def test_a_rejected_send_fails_with_the_providers_words(house: House) -> None:
    queue(house)
    house.standin.answers.append((400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}))
    house.work()

    message = only(house)
    assert (message.status, message.error_code) == ("failed", "21211")
    assert "Invalid 'To'" in (message.error or "")


def test_a_throttled_send_waits_as_long_as_it_was_told_to(house: House, moving_clock: Any) -> None:
    queue(house)
    house.standin.answers.append((429, {"code": 20429, "message": "Too Many Requests", "status": 429}))
    house.work()
    assert only(house).status == "queued"
    moving_clock.move(seconds=5)
    house.work()

    assert only(house).status == "accepted"
    assert len(house.standin.posts) == 2


def test_a_provider_that_cannot_be_reached_is_tried_again(house: House, moving_clock: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with house.app.app_context(), transaction():
            db.session.execute(update(Connection).values(base_url=nobody))
        queue(house)
        house.work()
        assert only(house).status == "queued"
    with house.app.app_context(), transaction():
        db.session.execute(update(Connection).values(base_url=house.standin.url))
    moving_clock.move(seconds=90)
    house.work()

    assert only(house).status == "accepted"
    assert len(house.standin.posts) == 1


def test_one_intent_is_one_message(house: House) -> None:
    for _ in range(3):
        queue(house, intent="form:1:nonce")
    house.work()

    assert len(house.standin.posts) == 1
    with pytest.raises(outbox.OutboxError, match="already used"):
        queue(house, text="Something else", intent="form:1:nonce", digest="another")


def test_texts_of_one_conversation_go_out_in_order(house: House) -> None:
    for number in range(6):
        queue(house, text=f"Part {number}", intent=f"test:{number}")
    with house.app.app_context():
        first = outbound.claim()
        assert first is not None
        assert outbound.claim() is None  # the next waits for the first
        outbound.finish(first, outbound.call(first, house.senders))
    house.work()

    assert [post.one("Body") for post in house.standin.posts] == [f"Part {number}" for number in range(6)]


def test_a_scheduled_message_goes_at_its_moment_and_not_before(house: House, moving_clock: Any) -> None:
    queue(house, due_at=moving_clock.moment.replace(hour=12))
    house.work()
    assert only(house).status == "scheduled"
    moving_clock.move(hours=1, minutes=59)
    house.work()
    assert house.standin.posts == []
    moving_clock.move(minutes=1)
    house.work()

    assert only(house).status == "accepted"


def test_a_cancelled_message_is_not_sent(house: House, moving_clock: Any) -> None:
    queue(house, due_at=moving_clock.moment.replace(hour=12))
    with house.app.app_context(), transaction():
        outbox.cancel(db.session.scalars(select(Message)).one())
    moving_clock.move(hours=5)
    house.work()

    assert (only(house).status, house.standin.posts) == ("cancelled", [])


def test_a_worker_that_dies_while_sending_leaves_an_unknown_outcome(house: House, moving_clock: Any) -> None:
    queue(house)
    with house.app.app_context():
        assert outbound.claim() is not None  # and then it is killed
    house.work()
    assert only(house).status == "sending"

    moving_clock.move(seconds=61)
    with house.app.app_context():
        assert reconciler.reconcile().became_unknown == 1
    house.work()

    assert (only(house).status, house.standin.posts) == ("unknown", [])


def test_only_the_holder_of_the_lease_records_an_outcome(house: House, moving_clock: Any) -> None:
    queue(house)
    with house.app.app_context():
        claimed = outbound.claim()
        assert claimed is not None
        moving_clock.move(seconds=61)
        reconciler.reconcile()
        outbound.finish(claimed, providers.Rejected("1", "late"))

    assert only(house).status == "unknown"


def test_a_claim_that_was_held_up_writes_nothing_to_the_network(house: House) -> None:
    queue(house)
    with house.app.app_context():
        claimed = outbound.claim()
        assert claimed is not None
        late = outbound.Claim(
            claimed.message_id, claimed.token, claimed.started - 45, claimed.adapter, claimed.text,
            claimed.credentials, claimed.base_url,
        )  # fmt: skip
        outcome = outbound.call(late, house.senders)
        outbound.finish(late, outcome)

    assert isinstance(outcome, providers.NotSent)
    assert (only(house).status, house.standin.posts) == ("queued", [])


def test_a_person_decides_on_a_held_send(house: House, moving_clock: Any) -> None:
    from flexie.models import User

    queue(house)
    house.standin.answers.append("drop")
    house.work()
    with house.app.app_context(), transaction():
        user = User(email="a@b.c", name="Ana", role="agent", password_hash="-", created_at=clock.now())
        outbox.resolve_held(db.session.scalars(select(Message)).one(), was_sent=False, user=user)
    house.work()

    assert only(house).status == "failed"
    assert len(house.standin.posts) == 1


def test_the_body_is_rendered_once_and_carries_its_cases_reference(house: House) -> None:
    case_id = house.record("case", name="Roof", status="Open")
    from flexie.models import Record

    with house.app.app_context(), transaction():
        case = db.session.get_one(Record, case_id)
        line = db.session.scalars(select(Line)).one()
        outbox.queue(outbox.Draft(line=line, number=ANA, text="We come at nine.", intent="t", case=case))
        reference = case.reference
    house.work()
    assert house.standin.posts[0].one("Body") == f"We come at nine. [FX-{reference}]"

    house.text("Thanks, see you")
    house.work()
    assert house.messages("in")[0].case_id == case_id
    queue(house, text="Something else", intent="t2")
    house.work()
    assert house.standin.posts[1].one("Body") == "Something else"


def test_a_conversation_is_kept_ready_to_be_listed(house: House, moving_clock: Any) -> None:
    house.text("Hello")
    moving_clock.move(minutes=1)
    queue(house, text="Hi Ana")

    with house.app.app_context():
        conversation = db.session.scalars(select(Conversation)).one()
        assert (conversation.last_text, conversation.last_direction) == ("Hi Ana", "out")
        assert conversation.last_at == moving_clock.moment


def test_a_conversation_knows_its_newest_text_of_ours_whatever_becomes_of_it(house: House) -> None:
    def newest() -> list[int | None]:
        with house.app.app_context():
            return list(db.session.scalars(select(Conversation.last_out_id)))

    house.text("Hello?")
    house.work()
    assert newest() == [None]
    queue(house)
    house.text("Hello??")
    house.work()
    assert newest() == [house.messages()[0].id]
    queue(house, "Tomorrow", intent="test:2", due_at=clock.now() + timedelta(days=1))
    assert newest() == [max(message.id for message in house.messages())]
    queue(house, "Tomorrow", intent="test:2", due_at=clock.now() + timedelta(days=1))  # the same once more
    assert newest() == [max(message.id for message in house.messages())]
