"""Who may use a line is decided anew whenever it matters: also when a text that was written for later is to go."""

from typing import Any

import pytest
from sqlalchemy import select

from flexie import access, clock, groups, outbox, people
from flexie.db import db, transaction
from flexie.models import AuditEntry, Group, Line, User
from tests.house import ANA, House


def person(name: str, role: str = "agent") -> User:
    user = User(email=f"{name}@example.com", name=name.title(), role=role, password_hash="", created_at=clock.now())
    db.session.add(user)
    db.session.flush()
    return user


@pytest.fixture
def team(house: House) -> dict[str, int]:
    """Row ids of people of every role, one of them in a group, and of the group."""
    with house.app.app_context(), transaction():
        roles = {"mira": "admin", "wanda": "rule writer", "tom": "agent", "nils": "agent", "left": "agent"}
        made = {name: person(name, role) for name, role in roles.items()}
        made["left"].is_active = False
        group = groups.add("Night", [made["nils"], made["left"]], None)
        return {**{name: user.id for name, user in made.items()}, "night": group.id}


def line() -> Line:
    return db.session.scalars(select(Line)).one()


@pytest.mark.parametrize(
    ("grants", "who"),
    [
        (lambda _: access.Grants(to_all=True), ["Mira", "Nils", "Tom", "Wanda"]),
        (lambda _: access.Grants(), ["Mira"]),
        (lambda _: access.Grants(roles=frozenset({"rule writer"})), ["Mira", "Wanda"]),
        (lambda of: access.Grants(groups=frozenset({of["night"]})), ["Mira", "Nils"]),
        (lambda of: access.Grants(users=frozenset({of["tom"], of["left"]})), ["Mira", "Tom"]),
        (lambda of: access.Grants(False, frozenset({"rule writer"}), frozenset({of["night"]}), frozenset({of["tom"]})),
         ["Mira", "Nils", "Tom", "Wanda"]),
    ],
)  # fmt: skip
def test_the_preview_and_what_people_see_are_the_same(
    house: House, team: dict[str, int], grants: Any, who: list[str]
) -> None:
    with house.app.app_context(), transaction():
        access.change(line(), grants(team))
    with house.app.app_context():
        assert [user.name for user in access.people(grants(team))] == who
        everybody = db.session.scalars(select(User).where(User.is_active.is_(True)).order_by(User.name)).all()
        assert [user.name for user in everybody if db.session.scalars(Line.visible_to(user)).all()] == who
        assert [user.name for user in everybody if access.may_use(user, line())] == who
        assert access.of(line()) == grants(team)


def test_the_log_tells_who_could_and_who_can(house: House, team: dict[str, int]) -> None:
    some = access.Grants(False, frozenset({"rule writer"}), frozenset({team["night"]}), frozenset({team["tom"]}))
    for grants in (some, some, access.Grants(), access.Grants(to_all=True)):
        with house.app.app_context(), transaction():
            access.change(line(), grants)
    with house.app.app_context():
        query = select(AuditEntry.changes).where(AuditEntry.subject == "line", AuditEntry.did == "changed")
        told = [changes["open to"] for changes in db.session.scalars(query.order_by(AuditEntry.id))]
    assert told == [
        ["everybody", ["rule writer", "Night", "Tom"]],
        [["rule writer", "Night", "Tom"], "administrators"],
        ["administrators", "everybody"],
    ]


def test_what_is_not_there_is_passed_over(house: House, team: dict[str, int]) -> None:
    with house.app.app_context(), transaction():
        access.change(
            line(), access.Grants(False, frozenset({"king"}), frozenset({999}), frozenset({999, team["tom"]}))
        )
    with house.app.app_context():
        assert access.of(line()) == access.Grants(users=frozenset({team["tom"]}))


def write_for_later(house: House, author: int) -> None:
    with house.app.app_context(), transaction():
        at = clock.now().replace(hour=12)
        draft = outbox.Draft(line=line(), number=ANA, text="See you at noon", intent=f"t:{author}", due_at=at)
        outbox.queue(draft).user_id = author


def close_to_all(team: dict[str, int]) -> None:
    access.change(line(), access.Grants())


def close_to_the_night(team: dict[str, int]) -> None:
    groups.change(db.session.get_one(Group, team["night"]), "Night", [], None)


def send_away(team: dict[str, int]) -> None:
    people.deactivate(db.session.get_one(User, team["nils"]))


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (close_to_all, "Nils may not use the line Main any more"),
        (close_to_the_night, "Nils may not use the line Main any more"),
        (send_away, "Nils left before it was to go"),
    ],
)
def test_a_text_for_later_of_somebody_who_lost_the_line_is_held_back(
    house: House, team: dict[str, int], moving_clock: Any, what: Any, said: str
) -> None:
    with house.app.app_context(), transaction():
        access.change(line(), access.Grants(groups=frozenset({team["night"]})))
    write_for_later(house, team["nils"])
    write_for_later(house, team["mira"])
    with house.app.app_context(), transaction():
        what(team)
    moving_clock.move(hours=2)
    house.work()
    assert [(message.status, message.error) for message in house.messages()] == [
        ("suppressed", said),
        ("accepted", None),
    ]


def test_whoever_has_the_line_again_by_then_is_sent_for(house: House, team: dict[str, int], moving_clock: Any) -> None:
    write_for_later(house, team["nils"])
    for grants in (access.Grants(), access.Grants(to_all=True)):
        with house.app.app_context(), transaction():
            access.change(line(), grants)
    moving_clock.move(hours=2)
    house.work()
    assert [message.status for message in house.messages()] == ["accepted"]
