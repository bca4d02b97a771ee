"""Runs by API: what rules did for whom, step by step, and why they did not."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from flexie import clock
from flexie.db import db, transaction
from flexie.models import Message, NotStarted, Record, Rule, RuleVersion, Run, RunLog
from tests.api.office import Office, counted_queries
from tests.moving_clock import MovingClock

RunMaker = Callable[..., str]


@pytest.fixture
def rule(office: Office) -> int:
    """A rule with one version; its number."""
    with office.app.app_context(), transaction():
        return _rule("Thank").id


def _rule(name: str) -> Rule:
    rule = Rule(name=name, is_on=True, created_at=clock.now())
    db.session.add(rule)
    db.session.flush()
    version = RuleVersion(
        rule_id=rule.id, number=3, source="", tree={}, settings={}, digest="-", created_at=clock.now()
    )
    db.session.add(version)
    db.session.flush()
    rule.version = version
    return rule


@pytest.fixture
def made(office: Office, rule: int) -> RunMaker:
    """Makes a run of the rule for a message; returns its id."""

    def make(message: str, record: str | None = None, state: str = "done") -> str:
        with office.app.app_context(), transaction():
            about = db.session.scalar(select(Record.id).where(Record.public_id == record)) if record else None
            return _run(rule, _message(message), about, state)

    return make


def _message(public_id: str) -> Message:
    return db.session.scalars(select(Message).where(Message.public_id == public_id)).one()


def _run(rule: int, message: Message, record: int | None, state: str) -> str:
    now = clock.now()
    run = Run(
        rule_id=rule, version_id=db.session.get_one(Rule, rule).version_id, record_id=record, state=state,
        conversation_id=message.conversation_id, message_id=message.id, cause=f"incoming:{message.id}:{record}",
        position=[1, 0], data={}, due_at=now if state == "waiting" else None, started_at=now,
        ended_at=now if state == "done" else None,
    )  # fmt: skip
    run.log = [
        RunLog(at=now, step="start", position=[0], words="started by an incoming text"),
        RunLog(at=now, step="SendSms", position=[0], words="sent a text"),
    ]
    db.session.add(run)
    db.session.flush()
    return run.public_id


def test_a_run_is_shown_with_its_log(office: Office, made: RunMaker, moving_clock: MovingClock) -> None:
    message, record = office.incoming(), office.record(name="Ana")
    shown = office.agent.get(f"/runs/{made(message, record)}").json
    assert (shown["rule"], shown["version"], shown["record"], shown["message"]) == ("Thank", 3, record, message)
    assert (shown["state"], shown["position"], shown["due_at"], shown["error"]) == ("done", [1, 0], None, None)
    assert shown["started_at"] == shown["ended_at"] == "2030-01-07T10:00:00.000Z"
    assert [line["words"] for line in shown["log"]] == ["started by an incoming text", "sent a text"]


def test_filters_narrow_the_list(office: Office, made: RunMaker) -> None:
    first, second, record = office.incoming(), office.incoming(), office.record(name="Ana")
    known, unknown = made(first, record), made(second, state="waiting")
    ids = office.agent.ids
    assert ids("/runs") == ids("/runs", rule="Thank") == [unknown, known]
    assert ids("/runs", record=record) == ids("/runs", message=first) == ids("/runs", state="done") == [known]
    assert ids("/runs", rule="Other") == ids("/runs", record="0" * 32) == ids("/runs", message="0" * 32) == []


def test_runs_about_conversations_of_others_do_not_exist(office: Office, made: RunMaker) -> None:
    hidden = office.incoming(line="Closed")
    run = made(hidden)
    assert office.agent.ids("/runs") == office.agent.ids("/runs", message=hidden) == []
    assert office.agent.get(f"/runs/{run}").status_code == 404
    assert office.admin.get(f"/runs/{run}").json["message"] == hidden


def test_a_message_names_the_run_that_wrote_it(office: Office, made: RunMaker) -> None:
    run, answer = made(office.incoming()), office.message("Thank you!")
    with office.app.app_context(), transaction():
        _message(answer).run_id = db.session.scalars(select(Run.id).where(Run.public_id == run)).one()
    assert office.agent.get(f"/messages/{answer}").json["run"] == run


def test_a_long_page_takes_as_many_queries_as_a_short_one(office: Office, made: RunMaker) -> None:
    for _ in range(8):
        made(office.incoming())
    with counted_queries(office.app) as short:
        office.agent.get("/runs", limit=1)
    with counted_queries(office.app) as long:
        assert len(office.agent.ids("/runs")) == 8
    assert len(long) == len(short) <= 5


def _not_started(office: Office, message: str, rules: int, record: str) -> None:
    with office.app.app_context(), transaction():
        about = db.session.scalars(select(Record.id).where(Record.public_id == record)).one()
        for number in range(rules):
            for record_id in (about, None):
                values: dict[str, Any] = {"record_id": record_id, "cause": f"{record_id}", "at": clock.now()}
                rule = db.session.scalar(select(Rule).where(Rule.name == f"R{number}")) or _rule(f"R{number}")
                decision = NotStarted(
                    rule_id=rule.id, message_id=_message(message).id, words="only if: plan is Plus", **values
                )
                db.session.add(decision)


def test_why_a_rule_did_not_start_is_told_a_page_at_a_time(office: Office) -> None:
    message, record = office.incoming(), office.record(name="Ana")
    _not_started(office, message, 2, record)
    page = office.agent.get("/runs/not-started", message=message, limit=3).json
    rest = office.agent.get("/runs/not-started", message=message, limit=3, cursor=page["next"]).json
    seen = [(item["rule"], item["record"]) for item in page["items"] + rest["items"]]
    assert seen == [("R0", None), ("R0", record), ("R1", None), ("R1", record)]
    assert {item["words"] for item in page["items"]} == {"only if: plan is Plus"}
    assert rest["next"] is None


def test_why_is_not_told_of_messages_of_others(office: Office) -> None:
    message = office.incoming(line="Closed")
    _not_started(office, message, 1, office.record(name="Ana"))
    assert office.agent.get("/runs/not-started", message=message).json["items"] == []
    assert len(office.admin.get("/runs/not-started", message=message).json["items"]) == 2


def test_why_is_asked_about_a_message(office: Office) -> None:
    assert list(office.agent.get("/runs/not-started").get_json(force=True)["errors"]) == ["message"]
