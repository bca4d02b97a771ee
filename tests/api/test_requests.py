"""What is wrong with a request is said as a problem, and never breaks anything."""

import base64
import json

import pytest
from sqlalchemy import select

from flexie import config, tokens
from flexie.db import db, transaction
from flexie.models import ApiToken, User
from tests.api.office import Office

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer flx_wrong", "Basic YTpi", "Bearer \xff\xfe", "bearer"]
)
def test_a_token_that_is_none_is_refused(office: Office, header: str) -> None:
    answer = office.nobody("GET", "/messages", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_token_of_a_person_who_left_is_refused(office: Office) -> None:
    with office.app.app_context(), transaction():
        user = db.session.scalars(select(User).where(User.role == "agent")).one()
        user.is_active = False
    assert office.agent.get("/messages").status_code == 401


def test_a_token_is_kept_as_a_digest(office: Office) -> None:
    with office.app.app_context():
        kept = db.session.scalars(select(ApiToken.digest)).all()
    token = office.admin.headers["Authorization"].removeprefix("Bearer ")
    assert tokens.digest(token) in kept
    assert token not in kept


@pytest.mark.parametrize("path", ["/nothing", "/messages/", "/messages/x", "/messages/%00", "/runs/" + "g" * 32, ""])
def test_what_is_not_there_is_a_problem_too(office: Office, path: str) -> None:
    assert office.admin("GET", path).status_code == 404


def test_a_method_that_is_not_served_names_those_that_are(office: Office) -> None:
    answer = office.admin("DELETE", "/messages")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_pages_keep_their_own_errors(office: Office) -> None:
    answer = office.app.test_client().get("/nothing/api/v1/")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"to": NaN}', b'{"to": "1", "to": "2"}', b"[" * 100_000, b'{"a":' * 20_000, b"1" * 5_000],
    ids=["nothing", "half", "not UTF-8", "NaN", "a key twice", "deep lists", "deep objects", "a huge number"],
)  # fmt: skip
def test_what_is_not_json_is_400(office: Office, body: bytes) -> None:
    assert office.admin("POST", "/messages", data=body, headers=JSON).status_code == 400


def test_what_does_not_say_that_it_is_json_is_415(office: Office) -> None:
    assert office.admin("POST", "/messages", data={"to": "1"}).status_code == 415


def test_more_than_a_megabyte_is_413(office: Office) -> None:
    body = json.dumps({"to": "+14155552671", "text": "x" * config.LARGEST_BODY})
    assert office.admin("POST", "/messages", data=body, headers=JSON).status_code == 413


@pytest.mark.parametrize("value", [[], "text", 1, None, True])
def test_a_body_that_is_no_object_is_422(office: Office, value: object) -> None:
    answer = office.admin("POST", "/messages", data=json.dumps(value), headers=JSON)
    assert answer.get_json(force=True)["errors"] == {"body": "Give an object here."}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("limit=", "limit"),
        ("limit=99999999999", "limit"), ("limit=1&limit=2", "limit"), ("stauts=failed", "stauts"),
        ("status=lost", "status"), ("direction=up", "direction"), ("record=1", "record"), ("number=%00", "number"),
        ("cursor=", "cursor"), ("cursor=x", "cursor"), ("cursor=WzFd", "cursor"), ("cursor=WyIxIl0=", "cursor"),
        ("cursor=WyJcdTAwMDAiXQ==", "cursor"), ("cursor=%F0%9F%98%80", "cursor"), ("cursor=W1tb", "cursor"),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_named(office: Office, query: str, field: str) -> None:
    answer = office.admin("GET", f"/messages?{query}")
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == [field]


@pytest.mark.parametrize("micros", ["-1", "x", "9" * 30, "²", ""])
def test_a_cursor_with_a_moment_that_never_was_is_refused(office: Office, micros: str) -> None:
    held = json.dumps([micros, office.conversation(office.message())])
    answer = office.admin.get("/conversations", cursor=base64.urlsafe_b64encode(held.encode()).decode())
    assert answer.status_code == 422
