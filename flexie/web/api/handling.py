"""What colleagues do with a conversation among themselves: whose it is, closed or open, read, and noted in."""

import secrets
from typing import Any

from sqlalchemy import select

from flexie import live, talks
from flexie.db import db
from flexie.models import Conversation, Group, Note, User
from flexie.web.api import paging
from flexie.web.api.asking import Asked
from flexie.web.api.conversations import CONVERSATION, STATES, described, visible
from flexie.web.api.moments import written
from flexie.web.api.operations import Reply, by_id, operation
from flexie.web.api.problems import Problem, invalid
from flexie.web.api.schema import flag, maybe, moment, named, public_id, text, thing

HANDLING = named(
    "ConversationChanges",
    thing(
        {
            "state": text("Closed ones are out of the way until the next text.", choices=STATES),
            "assignee": maybe(text("The email address of the person it is to be assigned to; null: nobody.")),
            "assigned_group": maybe(text("The name of the group it is to be assigned to; null: none.")),
            "read": flag("True: its texts were read."),
        },
        "What is to change; what is left out stays. It is assigned to a person or to a group, and not to both.",
        optional=("state", "assignee", "assigned_group", "read"),
    ),
)
NOTE = named(
    "Note",
    thing(
        {
            "id": public_id("The note's id."),
            "author": text("The name of the person who wrote it."),
            "text": text("What it says."),
            "created_at": moment("When it was written."),
        },
        "A note for colleagues between the messages of a conversation; it is never sent.",
    ),
)
NEW_NOTE = named("NewNote", thing({"text": text("What it says.", shortest=1, longest=talks.LONGEST_NOTE)}, "A note."))


@operation(
    "PATCH",
    "/conversations/{id}",
    "Assign, close, reopen or mark as read",
    {200: CONVERSATION},
    parameters=by_id("conversation"),
    body=HANDLING,
    problems=(404,),
    scope="conversations:handle",
)
def change_conversation(asked: Asked) -> Reply:
    """All of the changes, or none when one is not possible."""
    conversation = _load(asked)
    given = asked.body
    if given.get("assignee") is not None and given.get("assigned_group") is not None:
        raise invalid({"assigned_group": "Assign it to a person or to a group, and not to both."})
    if "assignee" in given or "assigned_group" in given:
        _assign(conversation, _keeper(given), asked.user)
    if given.get("state") == "closed":
        talks.close(conversation)
    elif given.get("state") == "open":
        talks.reopen(conversation)
    if given.get("read"):
        conversation.unread = 0
    live.changed(conversation.line_id)
    db.session.commit()
    return Reply(described(_load(asked)))


@operation(
    "GET",
    "/conversations/{id}/notes",
    "Notes in a conversation, newest first",
    {200: paging.of(NOTE)},
    parameters=by_id("conversation") + paging.PARAMETERS,
    problems=(404,),
    scope="messages:read",
)
def list_notes(asked: Asked) -> Reply:
    """A page of notes."""
    rows = select(Note).where(Note.conversation_id == _load(asked).id)
    found, following = paging.newest_first(asked, rows, Note)
    return paging.reply([_noted(note) for note in found], following)


@operation(
    "POST",
    "/conversations/{id}/notes",
    "Leave a note for colleagues",
    {201: NOTE},
    parameters=by_id("conversation"),
    body=NEW_NOTE,
    problems=(404,),
    scope="conversations:handle",
)
def create_note(asked: Asked) -> Reply:
    """It stands between the messages, by the token's owner."""
    conversation, nonce = _load(asked), secrets.token_urlsafe(16)
    try:
        talks.add_note(conversation, asked.body["text"], asked.user, nonce)
    except talks.CannotHandle as problem:
        raise invalid({"text": str(problem)}) from None
    db.session.commit()
    note = db.session.scalars(select(Note).where(Note.intent == f"form:{asked.user.id}:{nonce}")).one()
    return Reply(_noted(note), 201)


def _load(asked: Asked) -> Conversation:
    found = db.session.scalar(visible(asked.user).where(Conversation.public_id == asked.path["id"]))
    if found is None:
        raise Problem(404)
    return found


def _assign(conversation: Conversation, to: User | Group | None, by: User) -> None:
    try:
        talks.assign(conversation, to, by)
    except talks.CannotHandle as problem:
        raise invalid({"assignee": str(problem)}) from None


def _keeper(given: dict[str, Any]) -> User | Group | None:
    """The person or the group that is named, or None for nobody. Raises 422 for one that is not there."""
    if (email := given.get("assignee")) is not None:
        person = db.session.scalar(select(User).where(User.email == email.strip().lower(), User.is_active))
        if person is None:
            raise invalid({"assignee": "There is nobody with this email address."})
        return person
    if (name := given.get("assigned_group")) is not None:
        group = db.session.scalar(select(Group).where(Group.name == name.strip()))
        if group is None:
            raise invalid({"assigned_group": "There is no group of this name."})
        return group
    return None


def _noted(note: Note) -> dict[str, Any]:
    return {
        "id": note.public_id,
        "author": note.user.name,
        "text": note.text,
        "created_at": written(note.created_at),
    }
