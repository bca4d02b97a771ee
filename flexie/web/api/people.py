"""People and groups, for administrators: who works here, as what, in which groups, and on which lines."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from flexie import access, groups
from flexie.models import ROLES, Group, User
from flexie.web.api import paging
from flexie.web.api.asking import Asked, only_administrators
from flexie.web.api.moments import written_if
from flexie.web.api.operations import Reply, operation, query
from flexie.web.api.schema import flag, items, maybe, moment, named, public_id, text, thing

PERSON = named(
    "Person",
    thing(
        {
            "id": public_id("The person's id."),
            "name": text("What colleagues call them."),
            "email": text("The email address that they sign in with."),
            "role": text("What they may do.", choices=ROLES),
            "active": flag("Whether they work here still."),
            "groups": items(text("A group's name."), "The groups that they are in, by name."),
            "lines": items(text("A line's name."), "The lines that they may use, by name."),
            "last_seen_at": maybe(moment("When they were last here, give or take some minutes.")),
        },
        "Somebody who works here, or did.",
    ),
)
MEMBER = thing({"id": public_id("The person's id."), "name": text("What colleagues call them.")}, "A person.")
GROUP = named(
    "Group",
    thing(
        {
            "id": public_id("The group's id."),
            "name": text("What it is called."),
            "people": items(MEMBER, "Who is in it, by name."),
            "lines": items(text("A line's name."), "The lines that were opened to it; not those open to everybody."),
        },
        "A team, a desk, a shift.",
    ),
)
FILTERS = query(active=flag("Only those who work here still, or only those who left."))


@operation(
    "GET",
    "/people",
    "People, newest first",
    {200: paging.of(PERSON)},
    parameters=FILTERS + paging.PARAMETERS,
    scope="people:read",
)
def list_people(asked: Asked) -> Reply:
    """A page of people, those who left among them."""
    only_administrators(asked)
    rows = select(User).options(selectinload(User.groups))
    if "active" in asked.query:
        rows = rows.where(User.is_active.is_(asked.query["active"]))
    found, following = paging.newest_first(asked, rows, User)
    lines = access.lines_of(found)
    return paging.reply([_person(each, [line.name for line in lines[each.id]]) for each in found], following)


@operation(
    "GET",
    "/groups",
    "Groups, newest first",
    {200: paging.of(GROUP)},
    parameters=paging.PARAMETERS,
    scope="people:read",
)
def list_groups(asked: Asked) -> Reply:
    """A page of groups with their people."""
    only_administrators(asked)
    found, following = paging.newest_first(asked, select(Group).options(selectinload(Group.users)), Group)
    lines = groups.lines_of(found)
    return paging.reply([_group(each, [line.name for line in lines[each.id]]) for each in found], following)


def _person(person: User, lines: list[str]) -> dict[str, Any]:
    return {
        "id": person.public_id,
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "active": person.is_active,
        "groups": sorted(group.name for group in person.groups),
        "lines": lines,
        "last_seen_at": written_if(person.last_seen_at),
    }


def _group(group: Group, lines: list[str]) -> dict[str, Any]:
    members = sorted(group.users, key=lambda person: (person.name, person.id))
    return {
        "id": group.public_id,
        "name": group.name,
        "people": [{"id": person.public_id, "name": person.name} for person in members],
        "lines": lines,
    }
