"""Step 4: runs go from step to step, each step once, and keep the version they began with."""

from typing import Any

import pytest
from sqlalchemy import select

from flexie import performing, reconciler, rulebook, runs
from flexie.db import db, transaction
from flexie.models import Group, Record, RecordTag, Run, RunLog
from tests.house import ANA, House


def rule(steps: str, head: str = 'when incoming sms matches "go"') -> str:
    return f'rule "R":\n  for contact\n  {head}\n\n' + "".join(f"  {line}\n" for line in steps.splitlines())


def started(house: House, steps: str, head: str = 'when incoming sms matches "go"', **fields: Any) -> int:
    contact = house.record(first_name="Ana", mobile=ANA, **fields)
    house.rules(rule(steps, head))
    house.text("go")
    house.work()
    return contact


def log_of(house: House) -> list[str]:
    with house.app.app_context():
        return [f"{line.step}: {line.words}" for line in db.session.scalars(select(RunLog).order_by(RunLog.id))]


def test_steps_are_carried_out_and_logged_in_order(house: House) -> None:
    contact = started(house, 'set city to "Tirana"\nadd tag "vip"\nsend sms "Hi {{ city }}"\nset score to 5')

    assert house.fields(contact)["city"] == "Tirana"
    assert house.fields(contact)["score"] == "5"
    assert house.standin.posts[0].one("Body") == "Hi Tirana"
    assert [line.partition(":")[0] for line in log_of(house)] == [
        "start", "set", "add tag", "send sms", "set", "end",
    ]  # fmt: skip
    assert [run.state for run in house.runs()] == ["done"]


def test_steps_without_a_text_between_them_all_stay_and_are_logged_in_order(house: House) -> None:
    steps = 'set city to "Tirana"\nadd tag "vip"\nadd tag "it"\nassign to group "Duty"\nremove tag "it"\nset score to 5'
    with house.app.app_context(), transaction():
        db.session.add(Group(name="Duty"))
    contact = started(house, steps)

    assert (house.fields(contact)["city"], house.fields(contact)["score"]) == ("Tirana", "5")
    with house.app.app_context():
        record = db.session.get_one(Record, contact)
        assert [kept.tag for kept in record.tags] == ["vip"]
        assert record.group is not None
    assert [line.partition(":")[0] for line in log_of(house)] == [
        "start", "set", "add tag", "add tag", "assign", "remove tag", "set", "end",
    ]  # fmt: skip


def test_if_and_else_choose_by_the_records_values(house: House) -> None:
    steps = 'if city is "Tirana":\n  send sms "a"\nelse if score > 3:\n  send sms "b"\nelse:\n  send sms "c"'
    started(house, steps, score="4")

    assert [post.one("Body") for post in house.standin.posts] == ["b"]


def test_a_wait_parks_the_run_until_its_moment_and_never_before(house: House, moving_clock: Any) -> None:
    started(house, 'wait 10 minutes\nsend sms "Later"')
    (run,) = house.runs()
    assert (run.state, run.due_at) == ("waiting", moving_clock.moment.replace(minute=10))

    moving_clock.move(minutes=9, seconds=59)
    house.work()
    assert house.standin.posts == []
    moving_clock.move(seconds=1)
    house.work()
    house.work()

    assert len(house.standin.posts) == 1
    assert house.runs()[0].state == "done"


def test_a_wait_that_names_a_field_follows_it(house: House, moving_clock: Any) -> None:
    contact = started(house, 'wait until appointment_at\nsend sms "Now"', appointment_at="2030-01-07T12:00:00+00:00")
    from flexie import records

    with house.app.app_context(), transaction():
        records.update(db.session.get_one(Record, contact), {"appointment_at": "2030-01-07T15:00:00+00:00"})
    house.work()
    moving_clock.move(hours=3)
    house.work()
    assert house.standin.posts == []
    moving_clock.move(hours=2)
    house.work()

    assert len(house.standin.posts) == 1


def test_a_run_keeps_the_version_it_began_with(house: House, moving_clock: Any) -> None:
    started(house, 'wait 10 minutes\nsend sms "Old words"')
    house.rules(rule('wait 10 minutes\nsend sms "New words"'))
    moving_clock.move(minutes=10)
    house.work()
    house.text("go")
    house.work()
    moving_clock.move(minutes=10)
    house.work()

    assert [post.one("Body") for post in house.standin.posts] == ["Old words", "New words"]


def test_a_rule_taken_out_of_its_file_starts_no_more(house: House) -> None:
    started(house, 'send sms "Hi"')
    house.rules('rule "Another":\n  for contact\n  when incoming sms matches "x"\n\n  stop\n')
    house.text("go")
    house.work()

    assert len(house.standin.posts) == 1


def test_a_file_with_mistakes_leaves_the_last_good_version_in_force(house: House) -> None:
    started(house, 'send sms "Hi"')
    with house.app.app_context(), transaction():
        saved = rulebook.save("test", rule('send sms "Hi {{ frist_name }}"'), None)
        assert not saved.in_force
        assert "R102" in {finding.code for finding in saved.findings}
    house.text("go")
    house.work()

    assert len(house.standin.posts) == 2


def test_a_step_that_cannot_be_done_fails_the_run_and_keeps_what_was_done(house: House) -> None:
    contact = started(house, 'set city to "Tirana"\nset score to "{{ first_name }}"\nsend sms "never"')

    (run,) = house.runs()
    assert run.state == "failed"
    assert "score" in (run.error or "")
    assert house.fields(contact)["city"] == "Tirana"
    assert house.standin.posts == []


def test_an_unforeseen_failure_ends_that_run_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.record(first_name="Ben", mobile=ANA)
    sound = performing._PERFORMERS.copy()

    def explode(effect: Any, run: Run, *rest: Any) -> None:
        if run.record and run.record.fields["first_name"] == "Ana":
            raise ZeroDivisionError
        sound[type(effect)](effect, run, *rest)

    monkeypatch.setitem(performing._PERFORMERS, type(next(iter(sound))), explode)
    for kind in list(performing._PERFORMERS):
        monkeypatch.setitem(performing._PERFORMERS, kind, explode)
    started(house, 'add tag "seen"')

    assert sorted(run.state for run in house.runs()) == ["done", "failed"]
    with house.app.app_context():
        assert len(db.session.scalars(select(RecordTag)).all()) == 1


def test_a_killed_visit_leaves_no_half_step(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(rule('set city to "Tirana"\nsend sms "Hi"'))
    house.text("go")

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(runs._Visit, "end", killed)
        with pytest.raises(Killed):
            house.work()
    assert house.messages() == []
    house.work()

    assert [post.one("Body") for post in house.standin.posts] == ["Hi"]


def test_at_most_counts_over_all_versions(house: House, moving_clock: Any) -> None:
    head = 'when incoming sms matches "go"\n  at most 2 times per 1 day'
    started(house, 'send sms "One"', head)
    house.rules(rule('send sms "Two"', head))
    for _ in range(3):
        house.text("go")
        house.work()
    assert [post.one("Body") for post in house.standin.posts] == ["One", "Two"]

    moving_clock.move(days=1, seconds=1)
    house.text("go")
    house.work()
    assert len(house.standin.posts) == 3


def test_a_waiting_run_wins_over_a_new_start(house: House) -> None:
    started(house, "wait 1 hour")
    house.text("go")
    house.work()

    assert len(house.runs()) == 1


def test_restart_ends_the_waiting_run(house: House) -> None:
    started(house, "wait 1 hour", 'when incoming sms matches "go"\n  if already running, restart')
    house.text("go")
    house.work()

    assert [run.state for run in house.runs()] == ["cancelled", "waiting"]


def test_lines_and_numbers_of_a_send(house: House) -> None:
    house.rules(
        'rule "R":\n  for contact\n  when incoming sms on line "Main"\n  at most once per record\n\n'
        '  send sms "To the phone field" to phone from line "Main"\n'
    )
    house.record(first_name="Ana", mobile=ANA, phone="(415) 555-9999")
    house.text("go")
    house.work()

    assert house.standin.posts[0].one("To") == "+14155559999"


def test_no_number_skips_the_text_and_the_run_goes_on(house: House) -> None:
    started(house, 'send sms "Hi" to phone\nset city to "Tirana"')

    assert house.runs()[0].state == "done"
    assert any("not sent" in line for line in log_of(house))


def test_every_run_that_is_not_over_will_be_woken(house: House) -> None:
    started(house, 'wait 1 hour\nwait until monday at 09:30\nsend sms "Hi"')

    with house.app.app_context():
        assert reconciler.forgotten_runs() == []
