"""What becomes of runs that wait when their rule is renamed, changed, switched off or taken out."""

from typing import Any

import pytest
from sqlalchemy import select

from flexie import rulebook, ruleset
from flexie.db import db, transaction
from flexie.models import Rule, RuleFileVersion
from flexie.rulebook import waiting
from tests.domain.rulefiles import NEW, reasons, rule, save, sent, text, versions, waiting_run
from tests.house import ANA, House


def test_a_rename_keeps_history_limits_and_waiting_runs(house: House) -> None:
    once = rule(steps='at most once per record\n\nwait 1 hour\nsend sms "Old"')
    waiting_run(house, text(once))
    renamed = save(house, text(once.replace('rule "R":', 'rule "S" formerly "R":')))
    assert [(change.name, change.words, change.count) for change in renamed.changes] == [("S", 'renamed from "R"', 1)]
    assert not any(change.leaves_choice for change in renamed.changes)

    (run,) = house.runs()
    assert run.state == "waiting"
    with house.app.app_context():
        kept = db.session.scalars(select(Rule)).one()
        assert (kept.name, kept.id) == ("S", run.rule_id)
    house.text("go")
    house.work()
    assert len(house.runs()) == 1

    again = save(house, text(once.replace('rule "R":', 'rule "S":')))
    assert again.changes == []


def test_a_rename_is_not_done_twice(house: House) -> None:
    save(house, text(rule("Old")))
    written = text(rule("New", tail=' formerly "Old"'))
    save(house, written)
    again = save(house, written)
    assert (again.changes, again.hints) == ([], [])
    assert versions(house) == {"New": 2}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (text(rule("New", tail=' formerly "Old"'), rule("Old", pattern="x")), "still stands in this file"),
        (text(rule("A", tail=' formerly "Old"'), rule("B", tail=' formerly "Old"', pattern="x")), "Two rules"),
        (text(rule("New", tail=' formerly "Far"'), rule("Old", pattern="x")), "another file"),
    ],
)
def test_a_rename_that_cannot_be_changes_nothing_and_says_why(house: House, written: str, said: str) -> None:
    save(house, text(rule("Old")))
    save(house, text(rule("Far", pattern="far")), name="far")
    with house.app.app_context():
        with pytest.raises(rulebook.RulebookError, match=said):
            rulebook.save("test", written, None)
        db.session.rollback()
    assert versions(house) == {"Old": 1, "Far": 1}


def test_two_histories_do_not_become_one(house: House) -> None:
    waiting_run(house, text(rule("New"), rule("Old", pattern="x")))
    with house.app.app_context(), pytest.raises(rulebook.RulebookError, match="history already"):
        rulebook.save("test", text(rule("New", tail=' formerly "Old"')), None)


def test_formerly_of_a_rule_that_never_was_is_only_a_hint(house: House) -> None:
    saved = save(house, text(rule("New", tail=' formerly "Old"')))
    assert saved.hints == ['There is no rule "Old" that "New" could have been: it begins without a history.']


def test_a_rename_without_formerly_asks_and_can_be_made_good(house: House) -> None:
    waiting_run(house)
    with house.app.app_context():
        asked = rulebook.preview("test", text(rule("S")))
    assert 'rule "S" formerly "R":' in asked.hints[0]
    assert [(change.name, change.words) for change in asked.changes] == [("S", "new"), ("R", "taken out")]
    assert house.runs()[0].state == "waiting"

    assert save(house, text(rule("S"))).hints == asked.hints
    good = save(house, text(rule("S", tail=' formerly "R"')))
    assert good.changes[0].formerly == "R"
    (run,) = house.runs()
    with house.app.app_context():
        kept = db.session.scalars(select(Rule)).one()
        assert (kept.name, kept.id) == ("S", run.rule_id)


def test_a_new_rule_beside_one_that_is_gone_is_paired_by_its_steps(house: House) -> None:
    save(house, text(rule("A", 'send sms "a"', pattern="a"), rule("B", 'send sms "b"', pattern="b")))
    saved = save(house, text(rule("C", 'send sms "b"', pattern="b")))
    assert len(saved.hints) == 1
    assert 'rule "C" formerly "B":' in saved.hints[0]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (text(rule(tail=" off")), "Ended: A command switched the rule off."),
        (text(rule("Other", pattern="x")), 'Ended: A command took the rule out of its file "test".'),
    ],
)
def test_off_and_out_end_waiting_runs_at_once(house: House, written: str, reason: str) -> None:
    waiting_run(house)
    save(house, written)
    (run,) = house.runs()
    assert (run.state, run.due_at) == ("cancelled", None)
    assert reasons(house) == [reason]


def test_a_deleted_file_ends_them_too_and_keeps_what_happened(house: House) -> None:
    waiting_run(house)
    with house.app.app_context(), transaction():
        (file,) = rulebook.files()
        assert rulebook.remove(file, None) == 1
    assert reasons(house) == ['Ended: A command deleted the file "test" with this rule.']
    with house.app.app_context():
        assert rulebook.files() == []
        assert db.session.scalars(select(RuleFileVersion)).all() == []
        kept = db.session.scalars(select(Rule)).one()
        assert (kept.is_on, kept.file_id, kept.version is None) == (False, None, False)
        assert ruleset.current().rules == ()


def test_stopping_a_rule_ends_its_runs_and_leaves_it_on(house: House) -> None:
    waiting_run(house)
    with house.app.app_context(), transaction():
        kept = db.session.scalars(select(Rule)).one()
        assert rulebook.stop(kept, None) == 1
        assert kept.is_on
    assert reasons(house) == ["A command stopped all runs of this rule."]


def test_runs_finish_on_their_version_unless_somebody_chooses_otherwise(house: House, moving_clock: Any) -> None:
    waiting_run(house)
    saved = save(house, NEW)
    assert [(change.waiting, change.leaves_choice) for change in saved.changes] == [({1: 1}, True)]
    moving_clock.move(hours=1)
    house.work()
    assert sent(house) == ["Old"]


def test_runs_end_if_somebody_chooses_so(house: House, moving_clock: Any) -> None:
    waiting_run(house)
    save(house, NEW, waiting="end")
    moving_clock.move(hours=1)
    house.work()
    assert sent(house) == []
    assert reasons(house) == ["Ended: A command changed the rule and had waiting runs end."]


def test_runs_start_again_on_the_new_text_with_what_the_event_brought(house: House, moving_clock: Any) -> None:
    first = 'remember note as "kept"\nwait 1 hour\nsend sms "Old"'
    waiting_run(house, text(rule(steps=first)))
    newer = text(rule(steps='wait 1 hour\nsend sms "{{ __data.incoming_sms.text }} 2"'))
    save(house, newer, waiting="restart")
    house.work()
    newest = text(rule(steps='send sms "{{ __data.incoming_sms.text }} 3"'))
    saved = save(house, newest, waiting="restart")
    assert saved.changes[0].waiting == {2: 1}
    house.work()

    old, middle, new = house.runs()
    assert [run.state for run in (old, middle, new)] == ["cancelled", "cancelled", "done"]
    assert sent(house) == ["go 3"]
    assert (middle.cause, new.cause) == (f"{old.cause}:version 2", f"{old.cause}:version 3")
    assert "note" in old.data
    assert "note" not in middle.data
    for name in ("record_id", "conversation_id", "message_id", "depth"):
        assert getattr(new, name) == getattr(old, name)


def test_rules_that_did_not_change_keep_their_runs_whatever_is_chosen(house: House) -> None:
    waiting_run(house, text(rule(), rule("Other", 'send sms "a"', pattern="x")))
    save(house, text(rule(), rule("Other", 'send sms "b"', pattern="x")), waiting="end")
    assert [run.state for run in house.runs()] == ["waiting"]


def test_more_runs_than_are_held_at_once_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "AT_ONCE", 2)
    for number in range(5):
        house.record(first_name=f"Ana {number}", mobile=ANA)
    save(house, text(rule()))
    house.text("go")
    house.work()
    save(house, NEW, waiting="restart")
    assert [run.state for run in house.runs()] == ["cancelled"] * 5 + ["ready"] * 5
