"""Administrators make tokens for programs, see them once, and revoke them."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from flexie import tokens
from flexie.db import db
from flexie.models import ApiToken, AuditEntry, User
from tests.web.browser import words
from tests.web.desk import Desk


def person(desk: Desk, name: str) -> str:
    with desk.app.app_context():
        return db.session.scalars(select(User.public_id).where(User.name == name)).one()


def make(desk: Desk, who: str = "Mira Okafor", scopes: tuple[str, ...] = ("messages:read",)) -> str:
    """A token for the web shop."""
    form: dict[str, Any] = {"name": "Web shop", "person": person(desk, who), "scopes": list(scopes)}
    page = desk.mira.post("/settings/tokens/new", form)
    found = re.search(r'value="(flx_[\w-]{43})"', page.text)
    assert found, words(page)
    return found[1]


def call(desk: Desk, token: str, path: str = "/api/v1/lines") -> int:
    return desk.app.test_client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_shown_once_and_does_what_it_was_ticked_for(desk: Desk) -> None:
    token = make(desk)
    assert call(desk, token) == 200
    assert call(desk, token, "/api/v1/records") == 403
    page = desk.mira.get("/settings/tokens")
    assert "Web shop as Mira Okafor Revoke… Web shop messages:read Made 10:00 · last used 10:00" in words(page)
    assert token not in page.text
    with desk.app.app_context():
        assert token not in repr(db.session.execute(select(ApiToken.__table__)).all())
        assert token not in repr(db.session.execute(select(AuditEntry.__table__)).all())


def test_a_revoked_token_opens_nothing_and_the_log_tells_who_made_and_revoked_it(desk: Desk) -> None:
    token = make(desk)
    with desk.app.app_context():
        public_id = db.session.scalars(select(ApiToken.public_id)).one()
    assert "It was never used." in words(desk.mira.get(f"/settings/tokens/{public_id}/revoke"))
    answer = desk.mira.post(f"/settings/tokens/{public_id}/revoke")
    assert "Revoked: Web shop" in words(desk.mira.get(answer.location))
    assert call(desk, token) == 401
    with desk.app.app_context():
        rows = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "token").order_by(AuditEntry.id)).all()
        told = [(row.did, row.name, row.changes["scopes"], row.user.name if row.user else "") for row in rows]
    assert told == [
        ("created", "Web shop", [None, ["messages:read"]], "Mira Okafor"),
        ("revoked", "Web shop", [["messages:read"], None], "Mira Okafor"),
    ]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": " ", "scopes": "messages:read"}, "Write what it is for"),
        ({"name": "x" * 101, "scopes": "messages:read"}, "at most 100 characters"),
        ({"name": "Shop"}, "Choose at least one of"),
        ({"name": "Shop", "scopes": "everything"}, "Choose at least one of"),
        ({"name": "Shop", "scopes": "messages:read", "person": "0" * 32}, "Choose somebody who works here"),
    ],
)
def test_a_form_with_a_mistake_makes_nothing_and_keeps_it(desk: Desk, form: dict[str, str], said: str) -> None:
    answer = desk.mira.post("/settings/tokens/new", {"person": person(desk, "Mira Okafor"), **form})
    assert answer.status_code == 422
    assert said in words(answer)
    assert f'value="{form["name"]}"' in answer.text
    with desk.app.app_context():
        assert db.session.scalars(select(ApiToken.id)).all() == []


def test_a_token_ends_with_its_person(desk: Desk) -> None:
    desk.agent()
    token = make(desk, "Tom Field")
    desk.mira.post(f"/settings/people/{person(desk, 'Tom Field')}/leave")
    assert call(desk, token) == 401
    assert "No program has a token." in words(desk.mira.get("/settings/tokens"))


def test_agents_make_and_revoke_none(desk: Desk) -> None:
    tom = desk.agent()
    make(desk)
    with desk.app.app_context():
        public_id = db.session.scalars(select(ApiToken.public_id)).one()
    for path in ("/settings/tokens/new", f"/settings/tokens/{public_id}/revoke"):
        assert tom.post(path, {"name": "x", "scopes": "messages:read"}).status_code == 403
    with desk.app.app_context():
        assert len(db.session.scalars(select(ApiToken.id)).all()) == 1


def test_the_command_makes_tokens_with_scopes_too(desk: Desk) -> None:
    with desk.app.app_context():
        run = desk.app.test_cli_runner().invoke
        made = run(args=["token", "add", "--user", "mira@example.com", "--name", "Cron", "--scope", "records:read"])
        assert run(args=["token", "add", "--user", "mira@example.com", "--scope", "all"]).exit_code == 2
    found = re.search(r"flx_[\w-]{43}", made.output)
    assert found
    with desk.app.app_context():
        known = tokens.owner(found[0])
        assert known is not None
        assert (known.user.name, known.token.scopes) == ("Mira Okafor", ["records:read"])
