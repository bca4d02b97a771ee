"""Nothing changes but by a form of ours."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from flexie.db import Base, db
from flexie.web import MACHINES
from tests.house import ANA
from tests.web.browser import Browser
from tests.web.desk import Desk

SAFE = {"GET", "HEAD", "OPTIONS"}
ID = "0123456789abcdef" * 2
VALUES = {"kind": "contact", "name": "file", "number": 1, "invitation": "x" * 43, "provider": "twilio", "how": "view"}
"""Of parts of addresses that are no id."""


def changing(app: Flask) -> list[tuple[str, str]]:
    """Every (method, address) of a page that changes something."""
    machines = {blueprint.name for blueprint in MACHINES}
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] not in machines]
    return [(method, address(app, rule)) for rule in rules for method in sorted((rule.methods or set()) - SAFE)]


def address(app: Flask, rule: Rule) -> str:
    with app.test_request_context():
        built = rule.build({name: VALUES.get(name, ID) for name in rule.arguments})
    assert built
    return built[1]


def rows(desk: Desk) -> dict[str, int]:
    """How many rows each table holds."""
    with desk.app.app_context():
        tables = Base.metadata.sorted_tables
        return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_every_changing_route_wants_the_token(desk: Desk) -> None:
    before = rows(desk)
    found = changing(desk.app)
    assert len(found) > 15
    for method, path in found:
        answer = desk.mira.client.open(path, method=method, base_url=desk.mira.base, data={"text": "x", "name": "x"})
        assert answer.status_code == 403, (method, path)
        assert "too old" in answer.text
    assert rows(desk) == before


def test_every_changing_route_refuses_a_form_of_another_site(desk: Desk) -> None:
    token = desk.mira.token()
    for origin in ("https://evil.example", "null", "http://sms.example.test", "https://sms.example.test.evil.example"):
        for method, path in changing(desk.app):
            headers = {"Origin": origin, "X-CSRFToken": token}
            answer = desk.mira.client.open(path, method=method, base_url=desk.mira.base, headers=headers)
            assert answer.status_code == 403, (origin, method, path)


def test_our_own_origin_is_welcome(desk: Desk) -> None:
    token = desk.mira.token()
    headers = {"Origin": "https://sms.example.test", "X-CSRFToken": token}
    answer = desk.mira.client.post("/inbox/segments", base_url=desk.mira.base, headers=headers, data={"text": "hi"})
    assert answer.status_code == 200


def test_the_token_of_another_browser_is_no_token(desk: Desk) -> None:
    headers = {"X-CSRFToken": Browser(desk.app).token()}
    answer = desk.mira.client.post("/inbox/segments", base_url=desk.mira.base, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/inbox", "/inbox/list", "/records/contact", "/rules", "/runs", "/inbox/new"])
def test_reading_changes_nothing(desk: Desk, path: str) -> None:
    talk = desk.talk(ANA, unread=2)
    before = rows(desk)
    assert desk.mira.get(path).status_code == 200
    assert desk.mira.get(f"/inbox/{talk}").status_code == 200
    assert rows(desk) == before
    assert desk.unread(talk) == 2
