"""A token does what its scopes allow, as often as it may; the routes are those that the application has."""

from typing import Any

import pytest
from flask import Flask
from limits import parse

from flexie import clock, tokens
from flexie.db import db, transaction
from flexie.models import ApiToken, User
from flexie.web.api.document import document
from flexie.web.api.operations import OPERATIONS
from flexie.web.limits import Rate
from tests.api.office import Caller, Office
from tests.moving_clock import MovingClock


def caller(office: Office, *scopes: str) -> Caller:
    """A program with a token of the administrator's that has these scopes."""
    with office.app.app_context(), transaction():
        admin = db.session.scalars(db.select(User).where(User.role == "admin")).one()
        return Caller(office.app, tokens.issue(admin, "Test", scopes))


def address(path: str) -> str:
    return path.replace("{id}", "0" * 32).replace("{media}", "0" * 32).replace("{name}", "shop")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_operation_asks_for_a_scope_and_for_no_other(office: Office, operation: Any) -> None:
    assert operation.scope in tokens.SCOPES
    others = caller(office, *(scope for scope in tokens.SCOPES if scope != operation.scope))
    refused = others(operation.method, address(operation.path))
    assert refused.status_code == 403
    assert refused.get_json(force=True)["detail"] == f"This token has no scope {operation.scope}."
    assert f'error="insufficient_scope", scope="{operation.scope}"' in refused.headers["WWW-Authenticate"]
    allowed = caller(office, operation.scope)(operation.method, address(operation.path))
    assert allowed.status_code not in (401, 403)
    told = document()["paths"][operation.path][operation.method.lower()]["security"]
    assert told == [{"token": [operation.scope]}]


def test_no_route_of_the_api_passes_the_scopes_by(app: Flask) -> None:
    names = {f"api.{operation.name}" for operation in OPERATIONS}
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert routes - names == {"api.openapi"}


def test_no_scope_goes_further_than_its_person(office: Office) -> None:
    with office.app.app_context(), transaction():
        agent = db.session.scalars(db.select(User).where(User.role == "agent")).one()
        program = Caller(office.app, tokens.issue(agent, "Test"))
    rules = {"data": "version 1\n", "content_type": "text/plain"}
    assert program("PUT", "/rules/shop", **rules).status_code == 403
    assert [line["name"] for line in program.get("/lines").json["items"]] == ["Main"]


@pytest.mark.parametrize("scopes", [(), ("messages:all",), ("messages:read", "")])
def test_there_is_no_token_without_a_scope_or_with_one_of_its_own(office: Office, scopes: tuple[str, ...]) -> None:
    with pytest.raises(tokens.TokenProblem, match="Choose at least one of"):
        caller(office, *scopes)


@pytest.fixture
def three(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An account whose tokens may ask three times an hour."""
    limiter = office.app.extensions["guesses"]
    limiter.reset()
    monkeypatch.setitem(office.app.extensions, "api rate", Rate(limiter.storage, parse("3 per hour")))
    return office


def test_a_token_that_asks_too_often_is_told_when_to_ask_again(three: Office) -> None:
    one, another = caller(three, "messages:read"), caller(three, "messages:read")
    assert [one.get("/messages").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = one.get("/messages")
    assert 1 <= int(refused.headers["Retry-After"]) <= 3_600
    assert "Retry-After says" in refused.get_json(force=True)["detail"]
    assert another.get("/messages").status_code == 200


def test_what_is_refused_counts_as_well(three: Office) -> None:
    one = caller(three, "messages:read")
    statuses = [one("POST", "/records", json={"kind": "contact"}).status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]


def test_tokens_are_counted_here_while_redis_is_away(three: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis import ConnectionError

    def away(*_: Any) -> None:
        raise ConnectionError

    one = caller(three, "messages:read")
    monkeypatch.setattr(three.app.extensions["api rate"]._all, "hit", away)
    assert [one.get("/messages").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_token_tells_when_it_was_last_used_give_or_take(office: Office, moving_clock: MovingClock) -> None:
    one = caller(office, "messages:read")

    def used() -> str:
        with office.app.app_context():
            at = db.session.scalars(db.select(ApiToken.last_used_at).where(ApiToken.name == "Test")).one()
        return at.strftime("%H:%M") if at else "never"

    seen = [used()]
    for minutes in (0, 9, 1, 30):
        moving_clock.move(minutes=minutes)
        assert one.get("/messages").status_code == 200
        seen.append(used())
    assert seen == ["never", "10:00", "10:00", "10:10", "10:40"]
    assert clock.now() == moving_clock.moment
