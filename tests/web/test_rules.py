"""Rule files and runs in the browser."""

import re

import pytest

from flexie.db import db
from flexie.models import Rule, RuleFile, Run
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk

GOOD = 'version 1\n\nrule "Thank":\n  for contact\n  when incoming sms matches "YES*"\n\n  send sms "Thanks"\n'
WAITS = GOOD + "  wait 10 minutes\n"
BAD = 'version 1\n\nrule "Thank":\n  for contct\n  when incoming sms\n\n  send sms "Thanks"\n'


def save(desk: Desk, text: str, name: str = "greetings", was: str = "") -> str:
    answer = desk.mira.post("/rules", {"name": name, "text": text, "was": was})
    assert answer.status_code == 303, words(answer)
    return words(desk.mira.get(answer.location))


def test_there_is_a_first_step_when_there_are_no_rules(desk: Desk) -> None:
    assert "Write the first one" in words(desk.mira.get("/rules"))
    assert "No mistakes found" in words(desk.mira.get("/rules/new"))


def test_a_file_without_mistakes_comes_into_force(desk: Desk) -> None:
    assert "These rules are in force now" in save(desk, GOOD)
    seen = words(desk.mira.get("/rules"))
    assert "greetings In force" in seen
    assert "Thank 0 runs" in seen
    with desk.app.app_context():
        assert db.session.query(Rule).one().is_on


def test_line_breaks_of_the_browser_are_those_of_the_language(desk: Desk) -> None:
    save(desk, GOOD.replace("\n", "\r\n"))
    with desk.app.app_context():
        assert db.session.query(RuleFile).one().text == GOOD


def test_a_file_with_mistakes_is_kept_as_a_draft_beside_what_is_in_force(desk: Desk) -> None:
    save(desk, GOOD)
    seen = save(desk, BAD, was="greetings")
    assert "Saved as a draft" in seen
    assert "stays in force" in seen
    assert "Draft" in seen
    page = desk.mira.get("/rules/greetings")
    assert "contct" in page.text
    with desk.app.app_context():
        rule = db.session.query(Rule).one()
        assert rule.is_on
        assert rule.version is not None
        assert rule.version.source == GOOD


def test_a_draft_from_the_start_says_that_nothing_is_in_force(desk: Desk) -> None:
    assert "Nothing of this file is in force" in save(desk, BAD)


def test_findings_say_where_what_and_how_to_go_on(desk: Desk) -> None:
    answer = desk.mira.post("/rules/check", {"text": BAD, "name": "greetings"}, htmx=True)
    assert "<html" not in answer.text
    assert "line 4, column 7" in words(answer)
    assert 'data-line="4" data-column="7"' in answer.text
    assert "  for contct\n      ^^^^^^" in answer.text
    assert "contact" in words(answer)


def test_checking_saves_nothing(desk: Desk) -> None:
    desk.mira.post("/rules/check", {"text": GOOD, "name": "greetings"}, htmx=True)
    with desk.app.app_context():
        assert db.session.query(RuleFile).count() == 0


@pytest.mark.parametrize("name", ["new", "check", "a/b", "", "greetings"])
def test_a_new_file_needs_a_free_name(desk: Desk, name: str) -> None:
    save(desk, GOOD)
    answer = desk.mira.post("/rules", {"name": name, "text": "version 1\n", "was": ""})
    assert answer.status_code == 422
    assert "version 1" in answer.text
    with desk.app.app_context():
        assert db.session.query(RuleFile).one().text == GOOD


def test_a_rule_of_another_file_is_not_taken_over(desk: Desk) -> None:
    save(desk, GOOD)
    answer = desk.mira.post("/rules", {"name": "second", "text": GOOD, "was": ""})
    assert "rule &#34;Thank&#34;" in answer.text or "Saved as a draft" in words(
        desk.mira.get(answer.location or "/rules")
    )
    with desk.app.app_context():
        assert db.session.query(Rule).one().file.name == "greetings"


def test_runs_show_what_they_did_line_by_line(desk: Desk) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA)
    save(desk, WAITS)
    desk.house.text("yes")
    desk.house.work()
    listed = desk.mira.get("/runs?rule=Thank")
    assert "Ana Hoxha waiting until 10:10" in words(listed)
    run = re.search(r'href="(/runs/\w{32})"', listed.text)
    assert run
    page = desk.mira.get(run.group(1))
    assert "The text that started it yes" in words(page)
    assert "Thanks" in words(page)
    assert "Stop" in words(page)
    assert "Thank 1 waiting 1 run" in words(desk.mira.get("/rules"))


def test_a_waiting_run_is_stopped_by_those_who_write_rules(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    save(desk, WAITS)
    desk.house.text("yes")
    desk.house.work()
    (run,) = desk.house.runs()
    assert desk.agent().post(f"/runs/{run.public_id}/stop").status_code == 403
    assert desk.house.runs()[0].state == "waiting"
    answer = desk.mira.post(f"/runs/{run.public_id}/stop")
    assert desk.house.runs()[0].state == "cancelled"
    assert "Mira Okafor stopped it" in words(desk.mira.get(answer.location))


def test_why_a_rule_did_not_start_stands_beside_its_runs(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    save(desk, WAITS)
    desk.house.text("yes")
    desk.house.work()
    desk.house.text("yes again")
    desk.house.work()
    seen = words(desk.mira.get("/runs?rule=Thank"))
    assert "Did not start" in seen
    with desk.app.app_context():
        assert db.session.query(Run).count() == 1


def test_runs_of_a_rule_that_is_not_there(desk: Desk) -> None:
    assert desk.mira.get("/runs?rule=nothing").status_code == 404
    assert desk.mira.get("/runs/" + "0" * 32).status_code == 404
