"""What people tell a colleague goes into the ledger; what they texted themselves only they take back."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from flexie import clock, consent, wishes
from flexie.db import db, transaction
from flexie.models import AuditEntry, ConsentChange, OptOut, Record, User
from tests.house import ANA, House


@pytest.fixture
def mira(house: House) -> int:
    with house.app.app_context(), transaction():
        user = User(email="m@example.com", name="Mira", role="agent", password_hash="", created_at=clock.now())
        db.session.add(user)
        db.session.flush()
        return user.id


def write(house: House, by: int, to: str, reason: str = "She called") -> None:
    with house.app.app_context(), transaction():
        act = wishes.opt_out if to == "out" else wishes.opt_in
        act(ANA, reason, db.session.get_one(User, by))


def told(house: House) -> list[tuple[str, str, str, str | None]]:
    with house.app.app_context():
        rows = db.session.scalars(select(ConsentChange).order_by(ConsentChange.id))
        return [(row.change, row.how, row.reason, row.user.name if row.user else None) for row in rows]


def allow_sms(house: House) -> Any:
    with house.app.app_context():
        return db.session.scalars(select(Record)).one().fields["allow_sms"]


def test_an_opt_out_by_phone_is_noted_with_who_and_why_and_taken_back(house: House, mira: int) -> None:
    house.record(first_name="Ana", mobile=ANA)
    write(house, mira, "out", "  She   called ")
    assert allow_sms(house) is False
    with house.app.app_context():
        assert consent.opted_out([ANA]) == {ANA}
        entry = db.session.scalars(select(OptOut)).one()
        assert wishes.by_hand(entry)
    write(house, mira, "in", "She wants them again")
    assert allow_sms(house) is True
    assert told(house) == [("out", "hand", "She called", "Mira"), ("in", "hand", "She wants them again", "Mira")]
    with house.app.app_context():
        assert consent.opted_out([ANA]) == set()
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "consent").order_by(AuditEntry.id))
        assert [(row.did, row.name, row.changes["reason"][1]) for row in rows] == [
            ("opted out", ANA, "She called"), ("opted in", ANA, "She wants them again"),
        ]  # fmt: skip


def test_whoever_texted_stop_comes_back_only_by_a_start_of_their_own(house: House, mira: int) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.text("STOP")
    house.work()
    with pytest.raises(wishes.CannotChange, match="Only a START from their own phone"):
        write(house, mira, "in")
    house.text("START")
    house.work()
    assert [(change, how, by) for change, how, _, by in told(house)] == [("out", "text", None), ("in", "text", None)]
    with house.app.app_context():
        (last, first) = wishes.history(ANA)
        assert (first.message.text, last.message.text) == ("STOP", "START")


def test_what_the_provider_reported_is_not_taken_back_by_hand(house: House, mira: int) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules('rule "A":\n  for contact\n  when incoming sms\n\n  send sms "Answer"\n')
    house.standin.answers.append((400, {"code": 21610, "message": "unsubscribed recipient", "status": 400}))
    house.text("hello")
    house.work()
    assert [(change, how) for change, how, _, _ in told(house)] == [("out", "provider")]
    with pytest.raises(wishes.CannotChange, match="Only a START"):
        write(house, mira, "in")


def test_a_stop_after_an_opt_out_by_hand_can_still_be_taken_back_by_start(house: House, mira: int) -> None:
    write(house, mira, "out")
    house.text("START")
    house.work()
    with house.app.app_context():
        assert consent.opted_out([ANA]) == set()


def test_a_stop_of_their_own_after_an_opt_out_by_hand_counts_as_theirs(house: House, mira: int) -> None:
    write(house, mira, "out")
    house.text("STOP")
    house.work()
    with pytest.raises(wishes.CannotChange, match="Only a START"):
        write(house, mira, "in")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_nothing_is_noted_without_a_reason(house: House, mira: int, reason: str) -> None:
    with pytest.raises(wishes.CannotChange, match="Write how you know"):
        write(house, mira, "out", reason)
    assert told(house) == []


def test_what_is_so_already_is_said(house: House, mira: int) -> None:
    with pytest.raises(wishes.CannotChange, match="did not opt out"):
        write(house, mira, "in")
    write(house, mira, "out")
    with pytest.raises(wishes.CannotChange, match="opted out before"):
        write(house, mira, "out")


def test_the_ledger_is_walked_page_by_page(house: House, moving_clock: Any) -> None:
    with house.app.app_context(), transaction():
        for number in range(7):
            if number % 3 == 0:
                moving_clock.move(seconds=1)
            consent.change(f"+1415555300{number}", "out", "test")
    seen: list[str] = []
    with house.app.app_context():
        before = None
        while True:
            found = wishes.page(before, 2)
            seen += [row.number[-1] for row in found.rows]
            before = found.older
            if before is None:
                break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("to", ["out", "in"])
def test_of_several_who_note_the_same_at_once_one_does(house: House, mira: int, to: str) -> None:
    if to == "in":
        write(house, mira, "out")
    before, ready = len(told(house)), threading.Barrier(4)
    refused: list[str] = []

    def act() -> None:
        ready.wait()
        try:
            write(house, mira, to)
        except wishes.CannotChange as problem:
            refused.append(str(problem))

    colleagues = [threading.Thread(target=act) for _ in range(4)]
    for each in colleagues:
        each.start()
    for each in colleagues:
        each.join()
    assert len(refused) == 3
    assert len(told(house)) == before + 1
