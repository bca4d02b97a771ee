"""Groups of people: teams, desks, shifts. Lines are opened to them, conversations assigned, and rules name them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from flexie import audit, live
from flexie.db import count_some, db, lock, written_out
from flexie.models import Conversation, Group, Line, LineAccess, Record, Rule, RuleVersion, Run, Settings, User
from flexie.models.rules import LIVE

LONGEST_NAME = 60  # characters


class GroupProblem(Exception):
    """A group that cannot be so, or cannot go, with what to do about it."""


@dataclass(frozen=True)
class Uses:
    """What would be without a group: lines that are open to it, open conversations and records that are its, rules in
    force that name it (with their files), and runs under way whose rule named it when they began. See db.count_some.
    """

    lines: Sequence[Line]
    conversations: int
    records: int
    rules: Sequence[Rule]
    runs: int

    @property
    def is_any(self) -> bool:
        """Whether there is something to think of."""
        return bool(self.lines or self.conversations or self.records or self.rules or self.runs)


def everyone() -> Sequence[Group]:
    """All groups by name, with their people."""
    query = select(Group).options(selectinload(Group.users)).order_by(func.lower(Group.name), Group.id)
    return db.session.scalars(query).all()


def find(public_id: str) -> Group | None:
    """The group of a public id."""
    return db.session.scalar(select(Group).where(Group.public_id == public_id))


def add(name: str, people: Iterable[User], hours: dict[str, Any] | None) -> Group:
    """A new group, in the session. `hours` as in Settings; None: the account's.

    Raises:
        GroupProblem: the name cannot be used.
    """
    group = Group(name=_checked(name), users=list(people), business_hours=hours)
    db.session.add(group)
    db.session.flush()
    audit.note("group", group.id, "created", audit.differences({}, _told(group)), name=group.name)
    return group


def change(group: Group, name: str, people: Iterable[User], hours: dict[str, Any] | None) -> None:
    """Call a group otherwise, or give it other people or hours. Rules go on meaning it, whatever it is called.

    Raises:
        GroupProblem: the name cannot be used.
    """
    lock(group)
    before = _told(group)
    group.name, group.users, group.business_hours = _checked(name, group), list(people), hours
    if changed := audit.differences(before, _told(group)):
        audit.note("group", group.id, "changed", changed, name=group.name)
        live.access_changed()


def lines_of(groups: Iterable[Group]) -> dict[int, list[Line]]:
    """By row id of these groups, the lines that were opened to each, by name."""
    found: dict[int, list[Line]] = {group.id: [] for group in groups}
    query = select(Group.id, Line).join(LineAccess, LineAccess.group_id == Group.id).join(LineAccess.line)
    for group_id, line in db.session.execute(query.where(Group.id.in_(found)).order_by(Line.name)):
        found[group_id].append(line)
    return found


def uses(group: Group) -> Uses:
    """What would be without it."""
    talks = select(Conversation.id).where(Conversation.assigned_group_id == group.id, Conversation.state == "open")
    return Uses(
        lines_of([group])[group.id],
        count_some(talks),
        count_some(select(Record.id).where(Record.group_id == group.id)),
        rules_naming(group),
        _runs_naming(group),
    )


def rules_naming(group: Group) -> list[Rule]:
    """The rules in force that name a group, by name, with their files. Rules that are off are among them."""
    query = select(Rule).where(Rule.file_id.is_not(None)).options(joinedload(Rule.version), joinedload(Rule.file))
    return [rule for rule in db.session.scalars(query.order_by(Rule.name)) if _names(rule.version, group)]


def remove(group: Group) -> None:
    """Take a group away. What is assigned to it is nobody's from now on; lines are closed to its people.

    Raises:
        GroupProblem: rules in force name it.
    """
    lock(Settings.get())  # so that no rule that names it is saved meanwhile
    lock(group)
    if rules := rules_naming(group):
        told = ", ".join(f"“{rule.name}”" for rule in rules[:3]) + (f" and {len(rules) - 3} more" if rules[3:] else "")
        raise GroupProblem(f"Rules name this group: {told}. Name another one there first.")
    gone = {field: (value, None) for field, value in _told(group).items()}
    audit.note("group", group.id, "deleted", gone, name=group.name)
    for model, column in ((Conversation, "assigned_group_id"), (Record, "group_id")):
        mine = update(model).where(getattr(model, column) == group.id).values({column: None})
        db.session.execute(mine.execution_options(synchronize_session=False))
    db.session.execute(delete(Group).where(Group.id == group.id))
    db.session.expunge(group)
    live.access_changed()


def _checked(name: str, group: Group | None = None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or '"' in name:
        raise GroupProblem(f"Write a name of at most {LONGEST_NAME} characters, without quotes.")
    taken = select(Group.name).where(func.lower(Group.name) == name.lower(), Group.id != (group.id if group else 0))
    if db.session.scalar(taken) is not None:
        raise GroupProblem(f"There is a group “{name}” already.")
    return name


def _names(version: RuleVersion | None, group: Group) -> bool:
    return version is not None and group.id in version.bindings.get("group", {}).values()


def _runs_naming(group: Group) -> int:
    """Looked for by rules, and not by runs: there may be very many."""
    under_way = written_out(Run.state, LIVE)
    busy = select(Rule.id).where(exists().where(Run.rule_id == Rule.id, under_way))
    versions = db.session.scalars(select(RuleVersion).where(RuleVersion.rule_id.in_(busy)))
    named = [version for version in versions if _names(version, group)]
    began = Run.rule_id.in_({version.rule_id for version in named}), Run.version_id.in_([each.id for each in named])
    return count_some(select(Run.id).where(under_way, *began)) if named else 0


def _told(group: Group) -> dict[str, Any]:
    """What the audit log tells of a group."""
    people = sorted(user.name for user in group.users)
    return {"name": group.name, "people": people, "business hours": group.business_hours}
