"""Every person against every route and every line: nothing of a line that is not one's own is shown or changed.

The routes are those that the application has; a new one is tried without being named here.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule as Route

from flexie import clock, consent, search, tokens
from flexie.db import db
from flexie.models import (
    AuditEntry,
    Conversation,
    Group,
    MediaBytes,
    MediaFile,
    Message,
    MessageLink,
    Note,
    NotStarted,
    Record,
    Rule,
    Run,
    User,
)
from tests.web.browser import Browser
from tests.web.desk import Desk

GRANTS = ("all", "role", "group", "user", "admin")
"""How a line is opened: to all, to a role, to a group, to a person, to administrators only."""

MAY_SEE = {
    "admin": set(GRANTS),
    "rule writer": {"all", "role"},
    "agent": {"all"},
    "agent of the group": {"all", "group"},
    "agent by name": {"all", "user"},
    "agent who was moved": {"all"},
}


@dataclass
class Place:
    """A line and what is on it; `secret` is in all of it, and nowhere else."""

    secret: str
    number: str = ""
    line: str = ""
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class Town:
    """The whole account."""

    desk: Desk
    places: dict[str, Place]
    people: dict[str, int]
    record: str


@pytest.fixture
def town(desk: Desk) -> Town:
    people = {
        "admin": desk.mira_id,
        "rule writer": desk.person("writer@example.com", "Wanda", "rule writer"),
        "agent": desk.person("agent@example.com", "Alva"),
        "agent of the group": desk.person("night@example.com", "Nils", groups=("Night",)),
        "agent by name": desk.person("named@example.com", "Nora"),
        "agent who was moved": desk.person("moved@example.com", "Mona", groups=("Day",)),
    }
    with desk.app.app_context():
        group_id = db.session.scalars(select(Group.id).where(Group.name == "Night")).one()
    grants: dict[str, dict[str, Any]] = {
        "all": {}, "role": {"role": "rule writer"}, "group": {"group_id": group_id},
        "user": {"user_id": people["agent by name"]}, "admin": {"role": "admin"},
    }  # fmt: skip
    desk.house.rules('version 1\n\nrule "Asks":\n  for contact\n  when started\n\n  add tag "x"\n')
    record_id = desk.house.record(first_name="Ana", mobile="+14155552671")
    places = {
        name: _furnish(desk, number, grant, record_id, people["admin"])
        for number, (name, grant) in enumerate(grants.items())
    }
    with desk.app.app_context():
        record = db.session.get_one(Record, record_id).public_id
    return Town(desk, places, people, record)


def _furnish(desk: Desk, number: int, grant: dict[str, Any], record_id: int, author: int) -> Place:
    """A line with a conversation, a text in and one in doubt, a note, an entry, a run and a refused start."""
    place = Place(secret=f"xq{secrets.token_hex(6)}", number=f"+1628555{2000 + number}")
    line_id = desk.line(f"Line {place.secret}", f"+1415555{1000 + number}", **grant)
    talk = desk.talk(place.number, f"in {place.secret}", line_id=line_id)
    held = desk.message(talk, f"out {place.secret}", "held")
    with desk.rows():
        row = db.session.scalars(select(Conversation).where(Conversation.public_id == talk)).one()
        text = db.session.scalars(select(Message).where(Message.conversation_id == row.id).order_by(Message.id)).first()
        assert text
        consent.change(place.number, "out", f'texted "{text.text}"', text.id)
        db.session.add(MessageLink(message_id=text.id, record_id=record_id))
        note = Note(
            conversation=row, user_id=author, text=f"note {place.secret}", intent=place.secret, created_at=clock.now()
        )
        rule = db.session.scalars(select(Rule)).one()
        run = Run(
            rule=rule, version_id=rule.version_id, record_id=record_id, conversation_id=row.id, message_id=text.id,
            cause=f"m:{place.secret}", state="failed", error=f"run {place.secret}", position=[0],
            data={"said": place.secret}, started_at=clock.now(),
        )  # fmt: skip
        refused = NotStarted(
            rule_id=rule.id, message_id=text.id, cause=place.secret, words=f"no {place.secret}", at=clock.now()
        )
        entry = AuditEntry(
            subject="conversation", subject_id=row.id, did="assigned", at=clock.now(),
            changes={"assigned to": [None, place.secret]},
        )  # fmt: skip
        file = MediaFile(message_id=text.id, position=0, url="https://files.example", state="kept", width=1, height=1)
        db.session.add_all([note, run, refused, entry, file])
        db.session.flush()
        db.session.add(MediaBytes(media_id=file.id, data=place.secret.encode()))
        search.keep_messages({text.id: text.text})
        db.session.flush()
        place.line = row.line.public_id
        place.ids = {
            "conversation": talk, "message": held, "text": text.public_id, "note": note.public_id,
            "run": run.public_id, "line": place.line, "media": file.public_id,
        }  # fmt: skip
    return place


def state(desk: Desk, place: Place) -> list[Any]:
    """What of a place could be changed."""
    with desk.app.app_context():
        talk = db.session.scalars(select(Conversation).where(Conversation.public_id == place.ids["conversation"])).one()
        messages = db.session.scalars(select(Message).where(Message.conversation_id == talk.id).order_by(Message.id))
        notes = db.session.scalars(select(Note.text).where(Note.conversation_id == talk.id)).all()
        run = db.session.scalars(select(Run).where(Run.public_id == place.ids["run"])).one()
        return [
            talk.unread, talk.state, talk.assignee_id, talk.linked, talk.last_text, run.state,
            [(each.public_id, each.status, each.text) for each in messages], notes,
        ]  # fmt: skip


def addresses(route: Route, town: Town, place: Place) -> list[str]:
    """Every address of a route that names something of the place; each of the place's ids in each part."""
    values: dict[str, list[str]] = {}
    for name in route.arguments:
        one_of = getattr(route._converters[name], "items", None)  # the words that this part of an address may be
        if one_of:
            values[name] = sorted(one_of)[:2]
        elif name == "message_id":
            values[name] = [place.ids["message"], place.ids["text"]]
        elif name in ("note_id", "media_id", "media", "run_id"):
            values[name] = [place.ids[name.removesuffix("_id")]]
        elif name == "number":
            values[name] = [place.number if route.endpoint.startswith("api.") else "1"]
        elif name in ("name", "filename", "provider", "token"):
            values[name] = ["test"]
        else:
            meant = KINDS.get(route.endpoint.split(".")[0])
            values[name] = [place.ids[meant]] if meant else [*place.ids.values(), town.record]
    made = [{}]
    for name, options in values.items():
        made = [{**one, name: option} for one in made for option in options]
    adapter = town.desk.app.url_map.bind("sms.example.test", url_scheme="https")
    return [adapter.build(route.endpoint, one) for one in made]


def queries(place: Place, town: Town) -> list[dict[str, str]]:
    """What may be asked of any address: searches, the line, what to open, where to go on from."""
    ids = place.ids
    return [
        {},
        {"q": place.secret, "search": place.secret},
        {"line": place.line, "show": "all"},
        {"open": ids["conversation"], "conversation": ids["conversation"], "record": town.record},
        {
            "before": ids["message"],
            "earlier": ids["message"],
            "at": ids["text"],
            "after": ids["run"],
            "cursor": ids["run"],
        },
        {"rule": "Asks", "show": "attention", "number": f"+1628555{2000}"},
    ]


FORM = {
    "text": "taken over", "nonce": "n", "to": "me", "was_sent": "yes", "kind": "reply", "typing": "1", "name": "Eve",
    "q": "xq", "first_name": "Eve", "mobile": "+14155559999", "days": "30", "most": "50",
}  # fmt: skip

KINDS = {
    "conversation": "conversation", "handling": "conversation", "linking": "conversation", "media": "conversation",
    "facts": "conversation", "runs": "run",
}  # fmt: skip
"""What an id means in the addresses of a blueprint; elsewhere every kind is tried."""

LEFT_OUT = {"static", "signin.leave", "signin.enter", "live.stream", "webhooks.receive", "healthz"}
"""Signing out would end the test; a stream has tests of its own; the others are not for people."""


class Caller:
    """One person, at a browser and with a token."""

    def __init__(self, town: Town, person: str) -> None:
        self.desk = town.desk
        self.browser = Browser(town.desk.app, town.people[person])
        self.api: FlaskClient = town.desk.app.test_client()
        with town.desk.rows():
            token = tokens.issue(db.session.get_one(User, town.people[person]))
        self.form_headers = {"X-CSRFToken": self.browser.token()}
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, address: str, query: dict[str, str], *, htmx: bool = False) -> str:
        path = f"{address}?{urlencode(query)}" if query else address
        if address.startswith("/api/"):
            return self.api.get(path, headers=self.headers).text
        return self.browser.get(path, htmx=htmx).text

    def change(self, method: str, address: str, form: dict[str, str]) -> str:
        if address.startswith("/api/"):
            return self.api.open(address, method=method, json=form, headers=self.headers).text
        return self.browser.client.open(
            address, method=method, data=form, base_url=self.browser.base, headers=self.form_headers
        ).text


def routes(desk: Desk) -> list[Route]:
    return [route for route in desk.app.url_map.iter_rules() if route.endpoint not in LEFT_OUT]


HIDDEN = [
    ("rule writer", "group"), ("rule writer", "admin"), ("agent", "role"), ("agent", "user"),
    ("agent of the group", "admin"), ("agent by name", "group"), ("agent who was moved", "group"),
]  # fmt: skip
"""Of all pairs of a person and a line that is not theirs, those that are walked through: each kind of both is there."""


@pytest.mark.parametrize(("person", "line"), HIDDEN)
def test_no_route_shows_or_changes_anything_of_lines_of_others(town: Town, person: str, line: str) -> None:
    caller = Caller(town, person)
    assert line not in MAY_SEE[person]
    hidden = [town.places[line]]
    words = {place.secret for name, place in town.places.items() if name not in MAY_SEE[person]}
    before = [state(town.desk, place) for place in hidden]
    asked = 0
    for route in routes(town.desk):
        for place in hidden:
            for address in addresses(route, town, place):
                tries = (
                    queries(place, town)
                    if not route.arguments or "kind" in route.arguments
                    else queries(place, town)[:1]
                )
                for query in tries if "GET" in (route.methods or ()) else []:
                    shown = caller.get(address, query, htmx=asked % 2 == 1)
                    asked += 1
                    assert not [word for word in words if word in shown and word not in query.values()], (route, query)
                for method in {"POST", "PUT", "PATCH", "DELETE"} & set(route.methods or ()):
                    form = {**FORM, "record": town.record, "line": place.line, "seen": place.ids["text"]}
                    shown = caller.change(method, address, form)
                    asked += 1
                    assert not [word for word in words if word in shown], route
    assert asked > 150
    assert [state(town.desk, place) for place in hidden] == before


@pytest.mark.parametrize("person", MAY_SEE)
def test_everybody_sees_what_is_on_lines_of_his_own(town: Town, person: str) -> None:
    """So that the test above cannot pass by showing nothing."""
    caller = Caller(town, person)
    for name in MAY_SEE[person]:
        place = town.places[name]
        ids = place.ids
        for address, query in (
            (f"/inbox/{ids['conversation']}", {}),
            (f"/inbox/{ids['conversation']}/thread", {}),
            ("/inbox", {}),
            ("/inbox", {"q": f"in {place.secret}"}),
            (f"/runs/{ids['run']}", {}),
            (f"/records/{town.record}", {}),
            (f"/inbox/{ids['conversation']}/media/{ids['media']}", {}),
            (f"/api/v1/messages/{ids['text']}/media/{ids['media']}", {}),
            (f"/api/v1/conversations/{ids['conversation']}", {}),
            (f"/api/v1/messages/{ids['message']}", {}),
            ("/api/v1/lines", {}),
            (f"/api/v1/opt-outs/{place.number}", {}),
        ):
            assert place.secret in caller.get(address, query), (name, address)
