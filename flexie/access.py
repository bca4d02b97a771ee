"""Who may use which line: to all, or to roles, groups and people. Administrators use every line.

Access is asked anew by every page, every look of a stream, and every text at the moment of sending.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy import ColumnElement, Select, or_, select

from flexie import audit, live
from flexie.db import db, lock
from flexie.models import Group, Line, LineAccess, User
from flexie.models.users import Role, membership


@dataclass(frozen=True)
class Grants:
    """To whom a line is open: to all, or to these roles, groups and people (row ids), and to administrators anyway."""

    to_all: bool = False
    roles: frozenset[str] = frozenset()
    groups: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()


def of(line: Line) -> Grants:
    """To whom a line is open."""
    return Grants(
        line.open_to_all,
        frozenset(each.role for each in line.access if each.role),
        frozenset(each.group_id for each in line.access if each.group_id),
        frozenset(each.user_id for each in line.access if each.user_id),
    )


def change(line: Line, grants: Grants) -> None:
    """Open a line to these and to nobody else, from the commit on: streams of news end, and begin anew for whoever may
    hear them still. Roles, groups and people that there are not are passed over.
    """
    lock(line)
    before = _told(of(line))
    line.open_to_all = grants.to_all
    line.access = [] if grants.to_all else _rows(grants)
    db.session.flush()
    if changed := audit.differences(before, _told(of(line))):
        audit.note("line", line.id, "changed", changed, name=line.name)
        live.access_changed()


def may_use(user: User, line: Line) -> bool:
    """Whether this person works here and may see and use a line."""
    return db.session.scalar(select(User.id).where(User.id == user.id, *working_on(line))) is not None


def working_on(line: Line) -> list[ColumnElement[bool]]:
    """Conditions for people who work here and may use a line: the reverse of Line.is_visible_to."""
    if line.open_to_all:
        return [User.is_active.is_(True)]
    granted = (LineAccess.role, LineAccess.group_id, LineAccess.user_id)
    return _allowed(*(select(column).where(LineAccess.line_id == line.id, column.is_not(None)) for column in granted))


def people(grants: Grants) -> Sequence[User]:
    """The people who work here and may use a line that is open so, by name."""
    some = [User.is_active.is_(True)] if grants.to_all else _allowed(grants.roles, grants.groups, grants.users)
    return db.session.scalars(select(User).where(*some).order_by(User.name, User.id)).all()


def lines_of(people: Iterable[User]) -> dict[int, list[Line]]:
    """By row id of these people, the lines that each may use, by name. One query for each line of the account."""
    ids = [person.id for person in people]
    found: dict[int, list[Line]] = {each: [] for each in ids}
    for line in db.session.scalars(select(Line).order_by(Line.name)):
        for each in db.session.scalars(select(User.id).where(User.id.in_(ids), *working_on(line))):
            found[each].append(line)
    return found


def _allowed(roles: Any, groups: Any, users: Any) -> list[ColumnElement[bool]]:
    """Conditions for people of these roles, groups or row ids, each a set or a query; administrators always fit."""
    in_groups = select(membership.c.user_id).where(membership.c.group_id.in_(groups))
    either = or_(User.role == "admin", User.role.in_(roles), User.id.in_(users), User.id.in_(in_groups))
    return [User.is_active.is_(True), either]


def in_words(grants: Grants) -> str:
    """To whom a line is open, such as "agents, Night shift, Tom Field and administrators"."""
    if grants.to_all:
        return "everybody"
    names = [*(f"{role}s" for role in sorted(grants.roles)), *_group_names(grants), *_user_names(grants)]
    return f"{', '.join(names)} and administrators" if names else "administrators"


def _rows(grants: Grants) -> list[LineAccess]:
    known: dict[str, Select[Any]] = {
        "group_id": select(Group.id).where(Group.id.in_(grants.groups)).order_by(Group.id),
        "user_id": select(User.id).where(User.id.in_(grants.users)).order_by(User.id),
    }
    rows = [LineAccess(role=role) for role in get_args(Role) if role in grants.roles and role != "admin"]
    return rows + [LineAccess(**{kind: each}) for kind, query in known.items() for each in db.session.scalars(query)]


def _told(grants: Grants) -> dict[str, Any]:
    """What the audit log tells of who may use a line."""
    if grants.to_all:
        return {"open to": "everybody"}
    names = [*sorted(grants.roles), *_group_names(grants), *_user_names(grants)]
    return {"open to": names or "administrators"}


def _group_names(grants: Grants) -> Sequence[str]:
    return db.session.scalars(select(Group.name).where(Group.id.in_(grants.groups)).order_by(Group.name)).all()


def _user_names(grants: Grants) -> Sequence[str]:
    return db.session.scalars(select(User.name).where(User.id.in_(grants.users)).order_by(User.name)).all()
