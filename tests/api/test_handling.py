"""Conversations are handled by API: assigned, closed, opened again, read, and noted in."""

import pytest
from sqlalchemy import select

from flexie.db import db, transaction
from flexie.models import AuditEntry, Group
from tests.api.office import Office


@pytest.fixture
def talk(office: Office) -> str:
    with office.app.app_context(), transaction():
        db.session.add(Group(name="Front desk"))
    return f"/conversations/{office.conversation(office.incoming('Hi there'))}"


def patch(office: Office, talk: str, **changes: object):
    return office.agent("PATCH", talk, json=changes)


def test_a_conversation_is_assigned_closed_and_opened_again(office: Office, talk: str) -> None:
    given = patch(office, talk, assignee="Admin@example.com ", read=True).json
    assert (given["assignee"], given["assigned_group"], given["unread"]) == ("Admin", None, 0)
    given = patch(office, talk, assigned_group="Front desk", state="closed").json
    assert (given["assignee"], given["assigned_group"], given["state"]) == (None, "Front desk", "closed")
    given = patch(office, talk, assignee=None, state="open").json
    assert (given["assigned_group"], given["state"]) == (None, "open")
    with office.app.app_context():
        did = db.session.scalars(select(AuditEntry.did).where(AuditEntry.subject == "conversation")).all()
    assert list(did) == ["assigned", "assigned", "closed", "assigned", "reopened"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"assignee": "nobody@example.com"}, "assignee"),
        ({"assigned_group": "Nobody"}, "assigned_group"),
        ({"assignee": "admin@example.com", "assigned_group": "Front desk"}, "assigned_group"),
        ({"state": "lost"}, "state"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_changes(
    office: Office, talk: str, changes: dict[str, str], field: str
) -> None:
    answer = patch(office, talk, read=True, **changes)
    assert answer.status_code == 422
    assert field in answer.json["errors"]
    assert office.agent.get(talk).json["unread"] == 1


def test_notes_are_left_and_read(office: Office, talk: str) -> None:
    made = office.agent("POST", f"{talk}/notes", json={"text": " Wants a call \n"})
    assert (made.status_code, made.json["text"], made.json["author"]) == (201, "Wants a call", "Agent")
    office.agent("POST", f"{talk}/notes", json={"text": "Called"})
    page = office.admin.get(f"{talk}/notes", limit=1).json
    assert [note["text"] for note in page["items"]] == ["Called"]
    rest = office.admin.get(f"{talk}/notes", cursor=page["next"]).json
    assert [note["text"] for note in rest["items"]] == ["Wants a call"]
    assert office.agent("POST", f"{talk}/notes", json={"text": "  "}).status_code == 422


def test_conversations_of_other_peoples_lines_are_not_there(office: Office) -> None:
    hidden = f"/conversations/{office.conversation(office.incoming(line='Closed'))}"
    assert patch(office, hidden, read=True).status_code == 404
    assert office.agent.get(f"{hidden}/notes").status_code == 404
    assert office.agent("POST", f"{hidden}/notes", json={"text": "Hi"}).status_code == 404
    assert office.admin("POST", f"{hidden}/notes", json={"text": "Hi"}).status_code == 201
