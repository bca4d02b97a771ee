"""Administrators make groups, fill them, give them hours, and learn what uses one before it goes."""

import re

from sqlalchemy import select

from flexie.db import db
from flexie.models import Group, User
from tests.domain.test_groups import FORM, NAMES_NIGHT
from tests.web.browser import words
from tests.web.desk import Desk


def of(desk: Desk, name: str) -> tuple[str, list[str], object]:
    with desk.app.app_context():
        group = db.session.scalars(select(Group).where(Group.name == name)).one()
        return group.public_id, sorted(user.name for user in group.users), group.business_hours


def tom(desk: Desk) -> str:
    with desk.app.app_context():
        return db.session.scalars(select(User.public_id).where(User.name == "Tom Field")).one()


def test_a_group_opens_a_line_to_its_people_from_the_moment_they_are_in_it(desk: Desk) -> None:
    agent = desk.agent()
    desk.mira.post("/settings/groups/new", {"name": "Night", "hours": "account"})
    with desk.app.app_context():
        night = db.session.scalars(select(Group.id)).one()
    desk.line("Night line", "+14155550188", group_id=night)
    assert "Night line" not in words(agent.get("/inbox/new"))
    address = f"/settings/groups/{of(desk, 'Night')[0]}"
    desk.mira.post(address, {"name": "Night", "people": tom(desk), "hours": "account"})
    assert "Night line" in words(agent.get("/inbox/new"))
    assert "Night 1 person Tom Field" in words(desk.mira.get("/settings/groups"))
    desk.mira.post(address, {"name": "Night", "hours": "account"})
    assert "Night line" not in words(agent.get("/inbox/new"))


def test_hours_of_its_own_are_kept_shown_again_and_given_up(desk: Desk) -> None:
    desk.mira.post("/settings/groups/new", {"name": "Night", "hours": "own", **FORM, "closed": "2026-12-25"})
    public_id, _, hours = of(desk, "Night")
    assert hours == {
        "openings": [
            {"days": ["monday"], "opens": "09:00", "closes": "12:00"},
            {"days": ["monday"], "opens": "13:00", "closes": "17:00"},
        ],
        "closed": ["2026-12-25"],
    }
    page = desk.mira.get(f"/settings/groups/{public_id}").text
    assert re.search(r'name="opens-monday-2" value="13:00"', page)
    assert not re.search(r'name="opens-tuesday-1" value="\d', page)
    desk.mira.post(f"/settings/groups/{public_id}", {"name": "Night", "hours": "account", **FORM})
    assert of(desk, "Night")[2] is None


def test_a_form_with_a_mistake_keeps_what_was_typed(desk: Desk) -> None:
    desk.agent()
    typed = {"name": "Night", "people": tom(desk), "hours": "own", "opens-sunday-1": "10:00", "closed": "2026-12-25"}
    answer = desk.mira.post("/settings/groups/new", typed)
    assert answer.status_code == 422
    assert "Sunday: write when it opens and when it closes" in words(answer)
    for kept in (
        'value="Night"',
        'name="opens-sunday-1" value="10:00"',
        ">2026-12-25<",
        f'value="{tom(desk)}" checked',
    ):
        assert kept in answer.text
    desk.mira.post("/settings/groups/new", {"name": "Night", "hours": "account"})
    assert "There is a group “night” already." in words(desk.mira.post("/settings/groups/new", {"name": "night"}))


def test_what_uses_a_group_is_told_before_it_goes(desk: Desk) -> None:
    desk.mira.post("/settings/groups/new", {"name": "Night", "hours": "account"})
    public_id, _, _ = of(desk, "Night")
    desk.house.rules(NAMES_NIGHT)
    page = desk.mira.get(f"/settings/groups/{public_id}/delete")
    assert "cannot be deleted yet" in words(page)
    assert "To the night shift" in words(page)
    assert "Delete it" not in words(page)
    answer = desk.mira.post(f"/settings/groups/{public_id}/delete")
    assert "Name another one there first." in words(desk.mira.get(answer.location))
    desk.mira.post("/rules/test/delete", {"confirmed": "yes"})
    assert "Delete it" in words(desk.mira.get(f"/settings/groups/{public_id}/delete"))
    desk.mira.post(f"/settings/groups/{public_id}/delete")
    assert "Night" not in words(desk.mira.get("/settings/groups")).replace("Deleted: Night", "")
    assert desk.mira.get(f"/settings/groups/{public_id}").status_code == 404
