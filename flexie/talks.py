"""Handling a conversation: whose it is, closing and opening it again, and notes among colleagues.

Each change stands in the audit log, in its transaction, and is shown between the messages.
"""

from collections.abc import Sequence

from sqlalchemy import select

from flexie import access, audit, clock, gathering, live, notices, phones
from flexie.db import db, insert, lock, new_public_id
from flexie.models import Conversation, Group, Line, Note, Run, Settings, User

LONGEST_NOTE = 4_000  # characters


class CannotHandle(Exception):
    """What was asked for is not possible, with what to do."""


def assign(conversation: Conversation, to: User | Group | None, by: User | None = None, run: Run | None = None) -> None:
    """Give a conversation to a person or a group, or to nobody. A person who is given one by somebody else is told.

    Raises:
        CannotHandle: the person has left, or may not use the conversation's line.
    """
    if isinstance(to, User) and not access.may_use(to, conversation.line):
        raise CannotHandle(f"{to.name} cannot see this line. Choose somebody who can.")
    lock(conversation)
    before, after = _keeper(conversation), to.name if to else None
    conversation.assignee = to if isinstance(to, User) else None
    conversation.assigned_group = to if isinstance(to, Group) else None
    if before == after:
        return
    audit.note("conversation", conversation.id, "assigned", {"assigned to": (before, after)}, run)
    if isinstance(to, User) and by is not None and by.id != to.id:
        number = phones.for_people(conversation.number, Settings.get().prefix)
        notices.tell(f"{by.name} assigned you the conversation with {number}.", user=to)


def release_all(user: User) -> None:
    """Nobody's any more are the open conversations that are assigned to a person."""
    query = select(Conversation).where(Conversation.assignee_id == user.id, Conversation.state == "open")
    for conversation in db.session.scalars(query.order_by(Conversation.id)):
        assign(conversation, None)


def keepers(line: Line) -> tuple[Sequence[User], Sequence[Group]]:
    """The people who may be given conversations on this line, and the groups, by name."""
    ids: gathering.Ids = {User: select(User.id).where(*access.working_on(line)), Group: select(Group.id)}
    found = gathering.rows(gathering.query(ids), ids)
    return sorted(found[User], key=_name), sorted(found[Group], key=_name)


def _name(each: User | Group) -> str:
    return each.name.casefold()


def close(conversation: Conversation) -> None:
    """Done with: out of everybody's lists until a text comes in or goes out. Nothing in it stays unread."""
    _turn(conversation, "closed")
    conversation.unread = 0


def reopen(conversation: Conversation) -> None:
    """Back into the lists."""
    _turn(conversation, "open")


def _turn(conversation: Conversation, state: str) -> None:
    lock(conversation)
    if conversation.state == state:
        return
    did = "closed" if state == "closed" else "reopened"
    audit.note("conversation", conversation.id, did, {"state": (conversation.state, state)})
    conversation.state = state
    if state == "open":
        conversation.opened_at = clock.now()


def add_note(conversation: Conversation, text: str, by: User, nonce: str) -> None:
    """Leave a note for colleagues; the same form twice leaves it once.

    Raises:
        CannotHandle: there is nothing in it, or far too much.
    """
    words = text.strip()
    if not words:
        raise CannotHandle("There is nothing to keep: write a note.")
    if len(words) > LONGEST_NOTE:
        raise CannotHandle(f"This note has {len(words):,} characters; {LONGEST_NOTE:,} is the most.")
    values = {
        "public_id": new_public_id(),
        "conversation_id": conversation.id,
        "user_id": by.id,
        "text": words,
        "intent": f"form:{by.id}:{nonce}",
        "created_at": clock.now(),
    }
    db.session.execute(insert(Note).values(values).on_conflict_do_nothing())
    live.changed(conversation.line_id)


def delete_note(note: Note, by: User) -> None:
    """Take a note away again.

    Raises:
        CannotHandle: it is somebody else's.
    """
    if note.user_id != by.id:
        raise CannotHandle("Only the person who wrote a note can delete it.")
    db.session.delete(note)


def _keeper(conversation: Conversation) -> str | None:
    keeper = conversation.assignee or conversation.assigned_group
    return keeper.name if keeper else None
