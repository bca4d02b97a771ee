"""Starting, retrying and stopping by hand, and rules that were paused."""

import pytest
from sqlalchemy import select

from flexie import clock
from flexie.db import db
from flexie.models import NotStarted, Record, Rule, Run
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk
from tests.web.test_plans import plan_of

RULES = """version 1

rule "Welcome":
  for contact
  when started
  only if plan is not "Pro"
  if already running, ignore

  remember started as yes
  wait 10 minutes

rule "Only on texts":
  for contact
  when incoming sms

  do nothing

rule "About deals":
  for deal
  when started

  do nothing

rule "Off" off:
  for contact
  when started

  do nothing
"""


@pytest.fixture
def ana(desk: Desk) -> str:
    """A record's public id, with rules that may be started for it."""
    desk.house.rules(RULES)
    row = desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA)
    with desk.app.app_context():
        return db.session.get_one(Record, row).public_id


def failed_run(desk: Desk) -> str:
    """A run that failed, as it stands in the database."""
    desk.house.text("hello")
    desk.house.work()
    with desk.rows():
        run = db.session.scalars(select(Run)).one()
        run.state, run.error, run.due_at, run.ended_at = "failed", "It broke at this step.", None, clock.now()
        return run.public_id


def start(browser: Browser, record: str, rule: str = "Welcome") -> str:
    answer = browser.post(f"/records/{record}/start", {"rule": rule})
    assert (answer.status_code, answer.location) == (303, f"/records/{record}")
    return words(browser.get(answer.location))


def test_a_record_offers_the_rules_that_may_be_started_for_it(desk: Desk, ana: str) -> None:
    page = desk.mira.get(f"/records/{ana}")
    assert "Start a rule" in words(page)
    assert "<option>Welcome</option></select>" in page.text


def test_without_such_rules_there_is_nothing_to_start(desk: Desk) -> None:
    row = desk.house.record(first_name="Ana")
    with desk.app.app_context():
        record = db.session.get_one(Record, row).public_id
    assert "Start a rule" not in words(desk.mira.get(f"/records/{record}"))


def test_whoever_sees_the_record_starts_the_rule(desk: Desk, ana: str) -> None:
    tom = desk.agent()
    seen = start(tom, ana)
    assert "Started “Welcome”." in seen
    assert "Welcome ready" in seen
    desk.house.work()
    (run,) = desk.house.runs()
    assert (run.state, run.data["started"]) == ("waiting", True)


def test_why_it_does_not_start_is_said(desk: Desk, ana: str) -> None:
    start(desk.mira, ana)
    assert "Not started: " in start(desk.mira, ana)
    assert 'no line "when started"' in start(desk.mira, ana, "Only on texts")
    assert "This rule is for deal." in start(desk.mira, ana, "About deals")
    assert "not in force" in start(desk.mira, ana, "Off")
    assert "not in force" in start(desk.mira, ana, "No such rule")
    assert len(desk.house.runs()) == 1
    with desk.app.app_context():
        assert db.session.query(NotStarted).count() == 1, "why is kept for the rule's page"


def test_starting_needs_a_record_and_the_token(desk: Desk, ana: str) -> None:
    assert desk.mira.post(f"/records/{'0' * 32}/start", {"rule": "Welcome"}).status_code == 404
    bare = desk.mira.client.post(f"/records/{ana}/start", base_url=desk.mira.base, data={"rule": "Welcome"})
    assert bare.status_code == 403
    stranger = Browser(desk.app).post(f"/records/{ana}/start", {"rule": "Welcome"})
    assert stranger.location == "/signin"
    assert desk.house.runs() == []


def test_failed_runs_need_attention_and_go_on_when_told_to(desk: Desk, ana: str) -> None:
    run = failed_run(desk)
    assert "Needs attention 1" in words(desk.mira.get("/runs"))
    listed = words(desk.mira.get("/runs?show=attention"))
    assert "Ana Hoxha Only on texts failed" in listed
    assert "It broke at this step. Retry from this step" in listed
    answer = desk.mira.post(f"/runs/{run}/retry")
    assert "It goes on from the step that failed." in words(desk.mira.get(answer.location))
    assert desk.house.runs()[0].state == "ready"
    desk.house.work()
    assert desk.house.runs()[0].state == "done"
    again = desk.mira.post(f"/runs/{run}/retry")
    assert "Only a run that failed can be retried" in words(desk.mira.get(again.location))
    assert "Nothing needs attention." in words(desk.mira.get("/runs?show=attention"))
    assert "Needs attention 1" not in words(desk.mira.get("/runs"))


def test_retrying_and_stopping_are_for_those_who_write_rules(desk: Desk, ana: str) -> None:
    run, tom = failed_run(desk), desk.agent()
    for page in (f"/runs/{run}", "/runs?show=attention"):
        assert "It broke at this step." in words(tom.get(page))
        assert "Retry" not in words(tom.get(page))
    assert tom.post(f"/runs/{run}/retry").status_code == 403
    assert desk.mira.client.post(f"/runs/{run}/retry", base_url=desk.mira.base).status_code == 403
    assert desk.house.runs()[0].state == "failed"
    writer = Browser(desk.app, desk.person("w@example.com", "Writer", "rule writer"))
    assert "Retry from this step" in words(writer.get(f"/runs/{run}"))
    assert writer.post(f"/runs/{run}/retry").status_code == 303
    assert desk.house.runs()[0].state == "ready"


def test_a_run_that_failed_on_somebody_elses_line_is_not_there(desk: Desk, ana: str) -> None:
    run = failed_run(desk)
    with desk.rows():
        db.session.scalars(select(Run)).one().conversation.line.open_to_all = False
    writer = Browser(desk.app, desk.person("w@example.com", "Writer", "rule writer"))
    assert writer.post(f"/runs/{run}/retry").status_code == 404
    assert "Nothing needs attention." in words(writer.get("/runs?show=attention"))
    assert "Needs attention 1" not in words(writer.get("/runs"))


def test_waiting_runs_are_listed_and_stopped(desk: Desk, ana: str) -> None:
    start(desk.mira, ana)
    desk.house.work()
    assert "Ana Hoxha Welcome waiting until 10:10" in words(desk.mira.get("/runs?show=waiting"))
    (run,) = desk.house.runs()
    assert "Stop this run" in words(desk.mira.get(f"/runs/{run.public_id}"))
    desk.mira.post(f"/runs/{run.public_id}/stop")
    assert "Nothing waits." in words(desk.mira.get("/runs?show=waiting"))
    assert desk.mira.get("/runs?show=nonsense").status_code == 404


def pause(desk: Desk) -> None:
    with desk.rows():
        db.session.scalars(select(Rule).where(Rule.name == "Welcome")).one().paused_at = clock.now()


def is_paused(desk: Desk) -> bool:
    with desk.app.app_context():
        return db.session.scalars(select(Rule.paused_at).where(Rule.name == "Welcome")).one() is not None


def test_a_paused_rule_says_so_and_goes_on_when_told_to(desk: Desk, ana: str) -> None:
    assert "paused" not in words(desk.mira.get("/runs"))
    pause(desk)
    for page in ("/runs", "/runs?rule=Welcome"):
        assert "Welcome has been paused since 10:00" in words(desk.mira.get(page))
        assert "Let it go on" in words(desk.mira.get(page))
    assert "Paused · newest" in words(desk.mira.get("/runs?rule=Welcome"))
    assert "been paused" not in words(desk.mira.get("/runs?rule=Only on texts"))
    answer = desk.mira.post("/runs/paused/go-on", {"rule": "Welcome"})
    assert answer.location == "/runs?rule=Welcome"
    assert "“Welcome” may start again. " in words(desk.mira.get(answer.location))
    assert not is_paused(desk)


def test_letting_a_rule_go_on_is_for_those_who_write_rules(desk: Desk, ana: str) -> None:
    pause(desk)
    tom = desk.agent()
    assert "been paused" in words(tom.get("/runs"))
    assert "Let it go on" not in words(tom.get("/runs"))
    assert tom.post("/runs/paused/go-on", {"rule": "Welcome"}).status_code == 403
    bare = desk.mira.client.post("/runs/paused/go-on", base_url=desk.mira.base, data={"rule": "Welcome"})
    assert bare.status_code == 403
    assert is_paused(desk)
    assert desk.mira.post("/runs/paused/go-on", {"rule": "nothing"}).status_code == 404


def test_what_needs_attention_walks_an_index_of_its_own(desk: Desk) -> None:
    with desk.app.app_context():
        plan = plan_of(lambda: desk.mira.get("/runs?show=attention"), "runs")
    assert "ix_runs_failed" in plan
    assert "TEMP B-TREE" not in plan
