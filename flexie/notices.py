"""Notices: what people are told within the application, by rules and by the system itself."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import joinedload

from flexie import clock
from flexie.db import db
from flexie.models import Group, Notice, Record, RuleVersion, Run, User

LONGEST_TEXT = 2_000  # characters
MOST_COUNTED = 100  # unread notices; nobody is told a larger number


def tell(
    text: str,
    *,
    user: User | None = None,
    group: Group | None = None,
    record: Record | None = None,
    run: Run | None = None,
) -> Notice:
    """Tell a person, or everybody in a group. Added to the session."""
    notice = Notice(
        user=user, group=group, record=record, run_id=run.id if run else None, text=text[:LONGEST_TEXT], at=clock.now()
    )
    db.session.add(notice)
    return notice


def tell_author(version_id: int, text: str) -> None:
    """Tell whoever saved a version of a rule; an author who is not known cannot be told."""
    by = select(User).join(RuleVersion, RuleVersion.author_id == User.id).where(RuleVersion.id == version_id)
    author = db.session.scalar(by)
    if author is not None:
        tell(text, user=author)


def to(user: User) -> ColumnElement[bool]:
    """The condition for a user's notices: their own, and those of their groups."""
    return or_(Notice.user_id == user.id, Notice.group_id.in_([group.id for group in user.groups]))


def latest(user: User, limit: int = 100, before: int | None = None) -> Sequence[Notice]:
    """A user's newest notices, newest first; with `before`, those older than the notice of that row id."""
    query = select(Notice).where(to(user)).options(joinedload(Notice.record), joinedload(Notice.group))
    query = query.where(Notice.id < before) if before else query
    return db.session.scalars(query.order_by(Notice.id.desc()).limit(limit)).all()


def unread_counter(user: User) -> Any:
    """How many of a user's notices nobody has read, counted up to MOST_COUNTED, as part of a statement."""
    some = select(Notice.id).where(to(user), Notice.read_at.is_(None)).limit(MOST_COUNTED)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def mark_read(user: User, up_to: int) -> None:
    """A user has seen the notices up to this one; what they share with a group is read for the group."""
    seen = update(Notice).where(to(user), Notice.read_at.is_(None), Notice.id <= up_to)
    db.session.execute(seen.values(read_at=clock.now()).execution_options(synchronize_session=False))
