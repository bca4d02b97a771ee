"""Starting a rule by API."""

from urllib.parse import quote

import pytest

from flexie import jobs, rulebook
from flexie.db import db, transaction
from flexie.models import NotStarted, Run
from tests.api.office import Office
from tests.house import Nobody

RULES = """version 1

rule "Welcome: new":
  for contact
  when started
  at most once per record

  remember code as "{{ __data.start.code }}"

rule "Thank":
  for contact
  when incoming sms

  do nothing
"""
PATH = f"/rules/{quote('Welcome: new')}/start"


@pytest.fixture
def ana(office: Office) -> str:
    """A contact; the rules are in force."""
    with office.app.app_context(), transaction():
        saved = rulebook.save("shop", RULES, None)
        assert saved.in_force, saved.findings
    return office.record(name="Ana")


def count(office: Office, model: type) -> int:
    with office.app.app_context():
        return db.session.query(model).count()


@pytest.mark.parametrize("who", ["admin", "writer", "agent"])
def test_whoever_sees_the_record_starts_it_and_is_told_the_run(office: Office, ana: str, who: str) -> None:
    answer = getattr(office, who)("POST", PATH, json={"record": ana, "data": {"code": "A-1"}})
    assert answer.status_code == 201
    assert (answer.json["rule"], answer.json["record"], answer.json["state"]) == ("Welcome: new", ana, "ready")
    office.app.extensions["senders"] = Nobody()
    with office.app.app_context():
        jobs.look("runs")
        assert db.session.query(Run).one().data["code"] == "A-1"
    run = getattr(office, who).get(f"/runs/{answer.json['id']}").json
    assert (run["state"], run["log"][0]["words"]) == ("done", "started by hand")


def test_why_it_does_not_start_is_the_answer(office: Office, ana: str) -> None:
    assert office.agent("POST", PATH, json={"record": ana}).status_code == 201
    second = office.agent("POST", PATH, json={"record": ana})
    assert second.status_code == 422
    assert "at most 1: already started" in second.get_json(force=True)["detail"]
    not_by_hand = office.agent("POST", "/rules/Thank/start", json={"record": ana}).get_json(force=True)
    assert "when started" in not_by_hand["detail"]
    of_case = office.agent("POST", PATH, json={"record": office.record("case", name="Broken")})
    assert "This rule is for contact." in of_case.get_json(force=True)["detail"]
    assert (count(office, Run), count(office, NotStarted)) == (1, 1)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"record": "0" * 32}, "record"),
        ({"record": "x"}, "record"),
        ({}, "record"),
        ({"record": "ANA", "data": "text"}, "data"),
        ({"record": "ANA", "data": {"long": "x" * 20_001}}, "data"),
        ({"record": "ANA", "more": 1}, "more"),
    ],
)
def test_what_does_not_fit_is_named(office: Office, ana: str, body: dict[str, object], key: str) -> None:
    given = {name: ana if value == "ANA" else value for name, value in body.items()}
    answer = office.agent("POST", PATH, json=given)
    assert (answer.status_code, list(answer.get_json(force=True)["errors"])) == (422, [key])
    assert count(office, Run) == 0


def test_a_rule_that_is_not_there(office: Office, ana: str) -> None:
    assert office.agent("POST", "/rules/nothing/start", json={"record": ana}).status_code == 404
    assert office.nobody("POST", PATH, json={"record": ana}).status_code == 401
    assert count(office, Run) == 0
