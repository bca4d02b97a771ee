"""People who may sign in: added, changed, sent away and taken back by administrators.

Somebody who left is never deleted: what they wrote and did stays under their name. At least one administrator is
active at any time.
"""

import re
from collections.abc import Sequence
from typing import Any, cast, get_args

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import selectinload

from flexie import audit, clock, live, talks
from flexie.db import count_some, db, lock, written_out
from flexie.models import ApiToken, Conversation, Group, Message, PasswordLink, SignIn, User
from flexie.models.users import Role
from flexie.statuses import WAITING

LONGEST_NAME = 100  # characters
LONGEST_EMAIL = 254  # RFC 5321
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class PersonProblem(Exception):
    """A person who cannot be so: part of the form (email, name, role) → what to do."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def everybody() -> tuple[list[User], list[User]]:
    """Those who work here, and those who left, by name, with their groups."""
    query = select(User).options(selectinload(User.groups)).order_by(func.lower(User.name), User.id)
    known = db.session.scalars(query).all()
    return [each for each in known if each.is_active], [each for each in known if not each.is_active]


def find(public_id: str) -> User | None:
    """The person of a public id."""
    return db.session.scalar(select(User).where(User.public_id == public_id))


def add(email: str, name: str, role: str, groups: Sequence[Group] = ()) -> User:
    """A new person, in the session, without a password: flexie.invitations makes a link to set one.

    Raises:
        PersonProblem: the address or the name cannot be used, or somebody has the address.
    """
    email, name = _checked(email, name, role)
    person = User(email=email, name=name, role=role, password_hash="", created_at=clock.now(), groups=list(groups))
    db.session.add(person)
    db.session.flush()
    audit.note("person", person.id, "created", audit.differences({}, _told(person)), name=name)
    return person


def change(person: User, email: str, name: str, role: str, groups: Sequence[Group]) -> None:
    """Call somebody otherwise, or give them another role or other groups. What they may see changes at once.

    Raises:
        PersonProblem: as for `add`; or the last administrator would be none any more.
    """
    email, name = _checked(email, name, role, person)
    if role != "admin":
        _refuse_if_last(person, "role", "make somebody else an administrator first")
    lock(person)
    before = _told(person)
    person.email, person.name, person.role, person.groups = email, name, role, list(groups)
    if changed := audit.differences(before, _told(person)):
        audit.note("person", person.id, "changed", changed, name=name)
        live.access_changed()


def sign_out(person: User) -> int:
    """Sign somebody out in every browser. Returns how many those were."""
    ended = _end_sign_ins(person)
    audit.note("person", person.id, "signed out everywhere", {"browsers": (ended, 0)}, name=person.name)
    return ended


def deactivate(person: User, *, release: bool = False) -> None:
    """Somebody leaves: sign-ins, API tokens and a link to set a password end at once.

    Conversations stay assigned to them, marked as theirs who left, until somebody takes them on; with `release`, the
    open ones are nobody's from now on. Texts that they wrote for later are held back when their time comes.

    Raises:
        PersonProblem: it is the last administrator.
    """
    _refuse_if_last(person, "role", "make somebody else an administrator first")
    lock(person)
    if not person.is_active:
        return
    person.is_active = False
    _end_sign_ins(person)
    tokens = db.session.scalars(select(ApiToken.name).where(ApiToken.user_id == person.id).order_by(ApiToken.id)).all()
    for model in (ApiToken, PasswordLink):
        db.session.execute(delete(model).where(model.user_id == person.id))
    changes: dict[str, tuple[Any, Any]] = {"active": (True, False)}
    changes |= {"tokens": (list(tokens), [])} if tokens else {}
    audit.note("person", person.id, "deactivated", changes, name=person.name)
    if release:
        talks.release_all(person)


def activate(person: User) -> None:
    """Somebody comes back, with the password, role and groups that they had. Tokens are made anew."""
    lock(person)
    if not person.is_active:
        person.is_active = True
        audit.note("person", person.id, "activated", {"active": (False, True)}, name=person.name)


def left_behind(person: User) -> dict[str, int]:
    """What is somebody's when they leave: open conversations, and texts that wait. See db.count_some."""
    talks = select(Conversation.id).where(Conversation.assignee_id == person.id, Conversation.state == "open")
    texts = select(Message.id).where(Message.user_id == person.id, written_out(Message.status, WAITING))
    return {"conversations": count_some(talks), "texts": count_some(texts)}


def _checked(email: str, name: str, role: str, person: User | None = None) -> tuple[str, str]:
    """The address and the name as they are kept. Raises PersonProblem."""
    email, name, errors = email.strip().lower(), " ".join(name.split()), {}
    if not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL or not email.isprintable():
        errors["email"] = "Write an email address, such as ana@example.com."
    elif other := db.session.scalar(select(User).where(User.email == email, User.id != (person.id if person else 0))):
        errors["email"] = f"{other.name} has this address{'' if other.is_active else ', and left'}. Open their page."
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        errors["name"] = f"Write the name that colleagues see, at most {LONGEST_NAME} characters."
    if role not in get_args(Role):
        errors["role"] = "Choose a role."
    if errors:
        raise PersonProblem(errors)
    return email, name


def _refuse_if_last(person: User, part: str, advice: str) -> None:
    """Two administrators who send each other away at once meet here: each locks all of them, in one order."""
    query = select(User.id).where(User.role == "admin", User.is_active.is_(True)).order_by(User.id)
    admins = db.session.scalars(query.with_for_update(key_share=True)).all()
    if list(admins) == [person.id]:
        raise PersonProblem({part: f"{person.name} is the last administrator: {advice}."})


def _end_sign_ins(person: User) -> int:
    """The browsers in which somebody was signed in; their open pages hear no more news."""
    live.access_changed()
    ended = cast(CursorResult[Any], db.session.execute(delete(SignIn).where(SignIn.user_id == person.id)))
    return ended.rowcount


def _told(person: User) -> dict[str, Any]:
    """What the audit log tells of a person."""
    groups = sorted(group.name for group in person.groups)
    return {"email": person.email, "name": person.name, "role": person.role, "groups": groups}
