"""People are added, changed and sent away; there is an administrator at any time; links set a password once."""

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from flexie import clock, invitations, passwords, people, signin, tokens
from flexie.db import db, transaction
from flexie.models import ApiToken, AuditEntry, Group, PasswordLink, SignIn, User
from tests.moving_clock import MovingClock

PASSWORD = "correct horse battery"


def person(email: str, role: str = "agent") -> int:
    """A person's row id; in a transaction."""
    user = User(email=email, name=email.partition("@")[0].title(), role=role, password_hash="", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    return user.id


@pytest.fixture
def ana(app: Flask, moving_clock: MovingClock) -> int:
    """The only administrator."""
    with app.app_context(), transaction():
        return person("ana@example.com", "admin")


def entries(app: Flask) -> list[tuple[str, str | None, dict[str, Any]]]:
    with app.app_context():
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "person").order_by(AuditEntry.id))
        return [(row.did, row.name, row.changes) for row in rows]


def count(app: Flask, model: Any) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_somebody_is_added_and_changed_and_the_log_tells_it(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        day, night = Group(name="Day"), Group(name="Night")
        db.session.add_all([day, night])
        bo = people.add(" Bo@Example.com ", " Bo   Lund", "agent", [day])
        people.change(bo, "bo@example.com", "Bo Lund", "rule writer", [night, day])
        people.change(bo, "bo@example.com", "Bo Lund", "rule writer", [day, night])
    made = {"email": [None, "bo@example.com"], "name": [None, "Bo Lund"], "role": [None, "agent"]}
    assert entries(app) == [
        ("created", "Bo Lund", made | {"groups": [None, ["Day"]]}),
        ("changed", "Bo Lund", {"role": ["agent", "rule writer"], "groups": [["Day"], ["Day", "Night"]]}),
    ]


@pytest.mark.parametrize(
    ("email", "name", "role", "wrong"),
    [
        ("nobody", "Bo", "agent", {"email"}), ("a@b", "Bo", "agent", {"email"}),
        ("", " ", "king", {"email", "name", "role"}),
        ("a b@example.com", "Bo", "agent", {"email"}), ("bo@example.com", "x" * 101, "agent", {"name"}),
        ("bo@example.com", "a\0b", "agent", {"name"}), ("ANA@example.com", "Bo", "agent", {"email"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(app: Flask, ana: int, email: str, name: str, role: str, wrong: set[str]) -> None:
    with app.app_context(), transaction(), pytest.raises(people.PersonProblem) as problem:
        people.add(email, name, role)
    assert set(problem.value.errors) == wrong
    assert count(app, User) == 1


def test_the_last_administrator_stays_one(app: Flask, ana: int) -> None:
    for act in (
        lambda last: people.change(last, "ana@example.com", "Ana", "agent", []),
        lambda last: people.deactivate(last),
    ):
        with (
            app.app_context(),
            pytest.raises(people.PersonProblem, match="Ana is the last administrator"),
            transaction(),
        ):
            act(db.session.get_one(User, ana))
    with app.app_context(), transaction():
        gone = db.session.get_one(User, person("bo@example.com", "admin"))
        people.deactivate(gone)
    with app.app_context(), pytest.raises(people.PersonProblem, match="last administrator"), transaction():
        people.deactivate(db.session.get_one(User, ana))


def test_two_administrators_who_send_each_other_away_at_once_do_not_both_succeed(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        bo = person("bo@example.com", "admin")
    ready, refused = threading.Barrier(2), []

    def act(whom: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    people.deactivate(db.session.get_one(User, whom))
            except people.PersonProblem:
                refused.append(whom)

    both = [threading.Thread(target=act, args=(whom,)) for whom in (ana, bo)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    with app.app_context():
        left = list(db.session.scalars(select(User.id).where(User.is_active.is_(True))))
    assert left == refused
    assert len(left) == 1


def test_whoever_leaves_is_out_with_everything_that_opens_a_door(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        bo = db.session.get_one(User, person("bo@example.com"))
        browser, token, link = signin.begin(bo), tokens.issue(bo, "Web shop"), invitations.issue(bo)
        kept = signin.begin(db.session.get_one(User, ana))
    with app.app_context(), transaction():
        bo = db.session.scalars(select(User).where(User.email == "bo@example.com")).one()
        people.deactivate(bo)
        people.activate(bo)
    with app.app_context():
        assert signin.find(browser) is None
        assert tokens.owner(token) is None
        assert invitations.find(link) is None
        assert signin.find(kept) is not None
    assert [count(app, model) for model in (ApiToken, PasswordLink, SignIn)] == [0, 0, 1]
    assert [(did, changes) for did, _, changes in entries(app)][1:] == [
        ("deactivated", {"active": [True, False], "tokens": [["Web shop"], []]}),
        ("activated", {"active": [False, True]}),
    ]


def test_a_link_has_256_bits_and_only_its_digest_is_kept(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        token = invitations.issue(db.session.get_one(User, ana))
    assert len(token) == 43  # 256 bits in base64
    with app.app_context():
        kept = db.session.scalars(select(PasswordLink)).one()
        assert token not in kept.digest
        assert len(kept.digest) == 64
    assert token not in repr(entries(app))


def test_a_link_works_once_and_ends_every_sign_in_of_before(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        user = db.session.get_one(User, ana)
        before, token = signin.begin(user), invitations.issue(user)
    with app.app_context(), transaction():
        link = invitations.find(token)
        assert link is not None
        assert invitations.accept(link, PASSWORD) is not None
    with app.app_context():
        assert invitations.find(token) is None
        assert signin.find(before) is None
        assert signin.recognise("ana@example.com", PASSWORD).id == ana
    assert [did for did, _, _ in entries(app)][-1] == "set a password"
    assert PASSWORD not in repr(entries(app))


def test_of_two_who_use_a_link_at_once_one_is_too_late(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        token = invitations.issue(db.session.get_one(User, ana))
    with app.app_context(), transaction():
        link = invitations.find(token)
        assert link is not None
        db.session.execute(PasswordLink.__table__.delete())  # what the other one did meanwhile
        assert invitations.accept(link, PASSWORD) is None


def test_a_weak_password_leaves_the_link_as_it_is(app: Flask, ana: int) -> None:
    with app.app_context(), transaction():
        token = invitations.issue(db.session.get_one(User, ana))
    for weak in ("short", "ana@example.com", "123456789012"):
        with app.app_context(), pytest.raises(passwords.WeakPassword), transaction():
            invitations.accept(invitations.find(token), weak)  # type: ignore[arg-type]
    with app.app_context():
        assert invitations.find(token) is not None
        assert db.session.get_one(User, ana).password_hash == ""


def test_a_link_ends_after_two_days_and_when_another_is_made(app: Flask, ana: int, moving_clock: MovingClock) -> None:
    with app.app_context(), transaction():
        user = db.session.get_one(User, ana)
        first, second = invitations.issue(user), invitations.issue(user)
    with app.app_context():
        assert invitations.find(first) is None
        moving_clock.move(hours=47, minutes=59)
        assert invitations.find(second) is not None
        moving_clock.move(minutes=1)
        assert invitations.find(second) is None
    assert count(app, PasswordLink) == 1
