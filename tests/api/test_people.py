"""People and groups by API."""

import pytest
from sqlalchemy import select

from flexie.db import db, transaction
from flexie.models import Group, Line, LineAccess, User
from tests.api.office import Office, counted_queries


@pytest.fixture
def staffed(office: Office) -> Office:
    """An account whose closed line is opened to a group with the agent, and a person who left."""
    with office.app.app_context(), transaction():
        agent = db.session.scalars(select(User).where(User.role == "agent")).one()
        night = Group(name="Night", users=[agent])
        db.session.add_all([night, Group(name="Day")])
        closed = db.session.scalars(select(Line).where(Line.name == "Closed")).one()
        db.session.flush()
        closed.access = [LineAccess(group_id=night.id)]
    office.change(User, office.admin.ids("/people")[1], is_active=False)
    return office


def test_people_are_told_with_role_groups_and_lines(staffed: Office) -> None:
    agent, writer, admin = staffed.admin.get("/people").json["items"]
    assert (agent["name"], agent["email"], agent["role"], agent["active"]) == (
        "Agent",
        "agent@example.com",
        "agent",
        True,
    )
    assert (agent["groups"], agent["lines"]) == (["Night"], ["Closed", "Main"])
    assert (writer["role"], writer["active"], writer["lines"]) == ("rule writer", False, [])
    staffed.change(User, writer["id"], is_active=True)
    assert staffed.admin.get("/people").json["items"][1]["lines"] == ["Main"]
    assert (admin["role"], admin["groups"], admin["lines"]) == ("admin", [], ["Closed", "Main"])


def test_those_who_left_are_left_out_or_alone(staffed: Office) -> None:
    assert [each["name"] for each in staffed.admin.get("/people", active="true").json["items"]] == ["Agent", "Admin"]
    assert [each["name"] for each in staffed.admin.get("/people", active="false").json["items"]] == ["Rule Writer"]
    assert staffed.admin.get("/people", active="perhaps").status_code == 422


def test_groups_are_told_with_their_people_and_lines(staffed: Office) -> None:
    day, night = staffed.admin.get("/groups").json["items"]
    assert (day["name"], day["people"], day["lines"]) == ("Day", [], [])
    assert (night["name"], [each["name"] for each in night["people"]], night["lines"]) == (
        "Night",
        ["Agent"],
        ["Closed"],
    )


@pytest.mark.parametrize("path", ["/people", "/groups"])
def test_they_are_for_administrators(staffed: Office, path: str) -> None:
    refused = staffed.agent.get(path)
    assert (refused.status_code, "example.com" in refused.text) == (403, False)
    assert staffed.nobody.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/people", "/groups"])
def test_pages_have_no_gap_and_no_repeat(staffed: Office, path: str) -> None:
    whole = staffed.admin.ids(path)
    seen, cursor = [], {}
    for _ in whole:
        page = staffed.admin.get(path, limit=1, **cursor).json
        seen += [each["id"] for each in page["items"]]
        cursor = {"cursor": page["next"]}
    assert (seen, page["next"]) == (whole, None)


@pytest.mark.parametrize("path", ["/people", "/groups"])
def test_a_long_page_takes_as_many_queries_as_a_short_one(staffed: Office, path: str) -> None:
    with counted_queries(staffed.app) as short:
        staffed.admin.get(path, limit=1)
    with counted_queries(staffed.app) as long:
        assert len(staffed.admin.ids(path)) > 1
    assert len(long) == len(short) <= 6
