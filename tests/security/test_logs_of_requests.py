"""Signing in, setting a password and calling the API leave no secret in the logs, not even where a view breaks."""

import io
import re
from typing import Any, NoReturn

import pytest
from flask import Flask, request
from werkzeug.routing import Rule

from tests.api.office import ANA, Office
from tests.web.browser import Browser
from tests.web.desk import PASSWORD, Desk
from tests.web.test_people import NEW, link_in

CANARY = "zq9canary"
MIRA = "mira@example.com"


def breaks(app: Flask, monkeypatch: pytest.MonkeyPatch, *endpoints: str) -> None:
    """Let these views fail with an exception that quotes all of the request."""

    def broken(**given: str) -> NoReturn:
        raise ValueError(request.url, given, dict(request.form), request.get_data(), dict(request.headers))

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    for endpoint in endpoints:
        monkeypatch.setitem(app.view_functions, endpoint, broken)


def leaked(logged: io.StringIO, *secrets: str | None) -> list[str | None]:
    """Which of these stand in the log. That something stands there at all is seen by the request that failed."""
    seen = logged.getvalue()
    assert "request failed" in seen
    return [secret for secret in secrets if not secret or secret in seen]


def test_signing_in_logs_neither_passwords_nor_tokens(
    desk: Desk, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(desk.app)
    assert browser.post("/signin", {"email": MIRA, "password": CANARY}).status_code == 422
    assert browser.post("/signin", {"email": f"{CANARY}@example.com", "password": PASSWORD}).status_code == 422
    assert browser.post("/signin", {"email": MIRA, "password": PASSWORD}).status_code == 303
    token = browser.remembered()
    breaks(desk.app, monkeypatch, "signin.enter", "inbox.page")
    stranger = Browser(desk.app)
    assert stranger.post("/signin", {"email": MIRA, "password": PASSWORD}).status_code == 500
    assert browser.get("/inbox").status_code == 500
    assert leaked(logged, CANARY, PASSWORD, token, MIRA) == []


def test_a_link_to_set_a_password_is_not_logged_and_the_password_neither(
    desk: Desk, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_in(desk.mira.post("/settings/people/new", NEW))
    bo = Browser(desk.app)
    assert bo.get(link).status_code == 200
    assert bo.post(link, {"password": "red bikes"}).status_code == 422
    assert bo.post(link, {"password": f"seven {CANARY}"}).status_code == 303
    assert bo.get(link).status_code == 404
    breaks(desk.app, monkeypatch, "welcome.page", "welcome.accept")
    assert bo.get(link).status_code == 500
    assert bo.post(link, {"password": f"seven {CANARY}"}).status_code == 500
    assert leaked(logged, link, link.removeprefix("/welcome/"), "red bikes", CANARY, bo.remembered()) == []


def test_the_api_logs_neither_tokens_nor_what_is_sent(
    app: Flask, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(app)
    asked: dict[str, Any] = {"json": {"to": ANA, "text": f"{CANARY} text"}}
    assert office.admin("POST", "/messages", headers={"Idempotency-Key": f"{CANARY}-key"}, **asked).status_code == 201
    assert office.admin.get("/records", q=CANARY, number=ANA).status_code == 200
    wrong = {"Authorization": f"Bearer flx_{CANARY}"}
    assert office.nobody("POST", "/messages", headers=wrong, **asked).status_code == 401
    breaks(app, monkeypatch, "api.send_message", "api.list_records")
    post = office.admin.client.post("/api/v1/messages", headers=office.admin.headers, **asked)
    get = office.admin.client.get(f"/api/v1/records?q={CANARY}", headers=office.admin.headers)
    assert (post.status_code, get.status_code) == (500, 500)
    assert leaked(logged, CANARY, ANA, office.admin.headers["Authorization"].removeprefix("Bearer ")) == []


def test_no_address_is_logged_whose_view_breaks(
    desk: Desk, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links to set a password, short links to documents and addresses of webhooks are secrets themselves."""
    rules = [rule for rule in desk.app.url_map.iter_rules() if rule.arguments and rule.endpoint != "static"]
    headers = {"X-CSRFToken": desk.mira.token()}
    breaks(desk.app, monkeypatch, *{rule.endpoint for rule in rules})
    answers = [
        desk.mira.client.open(_built(rule), method=method, base_url=desk.mira.base, headers=headers).status_code
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert answers.count(500) == len(answers) > 100
    assert leaked(logged, CANARY) == []


def _built(rule: Rule) -> str:
    """The address of a rule, with what would be secret in every part that may be any text."""
    address = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<[^>]+>", CANARY.ljust(32, "0"), re.sub(r"<int:\w+>", "1", address))
