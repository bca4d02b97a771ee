"""The life of rule files: what a save changes, what names mean, versions and clocks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from flexie import rulebook, ruleset
from flexie.db import db, transaction
from flexie.models import Line, Rule
from tests.domain.rulefiles import NEW, rule, save, text, version, versions
from tests.house import House

SEND = 'version 1\n\nrule "Thank":\n  for contact\n  when incoming sms matches "YES*"\n\n  send sms "Thanks"\n'


def rename_line(house: House, name: str) -> None:
    with house.app.app_context(), transaction():
        db.session.scalars(select(Line)).one().name = name


def line_name(house: House) -> str:
    with house.app.app_context():
        return db.session.scalars(select(Line.name)).one()


def test_names_mean_what_they_meant_at_the_save(house: House) -> None:
    name = line_name(house)
    house.rules(SEND.replace('"Thanks"', f'"Thanks" from line "{name}"'))
    rename_line(house, "Desk")
    with house.app.app_context():
        line = db.session.scalars(select(Line)).one()
        assert ruleset.bound(version("Thank"), "line", name) == line.id
        assert ruleset.bound(version("Thank"), "line", "Desk") is None
        assert version("Thank").bindings == {
            "line": {name: line.id}, "user": {}, "group": {}, "webhook": {}, "rule": {},
        }  # fmt: skip


def test_a_version_from_before_bindings_means_what_is_called_so_now(house: House) -> None:
    house.rules(SEND)
    name = line_name(house)
    with house.app.app_context(), transaction():
        version("Thank").bindings = {}
        assert ruleset.bound(version("Thank"), "line", name) == db.session.scalars(select(Line.id)).one()
        assert ruleset.bound(version("Thank"), "user", "Nobody") is None


@pytest.mark.parametrize("head", ['version 1\n\nsettings:\n  from line "{}"\n', "version 1\n"])
def test_the_line_of_the_settings_is_bound_for_each_rule(house: House, head: str) -> None:
    name = line_name(house)
    house.rules(SEND.replace("version 1\n", head.format(name)))
    with house.app.app_context():
        assert set(version("Thank").bindings["line"]) == ({name} if "settings" in head else set())


def test_only_rules_that_changed_get_a_version(house: House) -> None:
    first = save(house, text(rule("A", pattern="a"), rule("B", pattern="b")))
    assert [(change.name, change.words) for change in first.changes] == [("A", "new"), ("B", "new")]
    second = save(house, text("# a comment\n" + rule("A", pattern="a"), rule("B", 'send sms "x"', pattern="b")))

    assert [(change.name, change.words) for change in second.changes] == [("B", "changed")]
    assert versions(house) == {"A": 1, "B": 2}


def test_the_settings_of_a_file_are_part_of_its_rules(house: House) -> None:
    save(house, text(rule()))
    save(house, text('settings:\n  time zone "Europe/Tirane"\n', rule()))
    assert versions(house) == {"R": 2}


def test_a_name_that_means_something_else_now_makes_a_version(house: House) -> None:
    name = line_name(house)
    written = text(rule(steps=f'send sms "x" from line "{name}"'))
    save(house, written)
    rename_line(house, "Desk")
    with house.app.app_context(), transaction():
        old = db.session.scalars(select(Line)).one()
        new = Line(connection=old.connection, name=name, number="+14155550199", created_at=old.created_at)
        db.session.add(new)
    save(house, written)

    with house.app.app_context():
        assert version("R").number == 2
        assert ruleset.bound(version("R"), "line", name) == max(db.session.scalars(select(Line.id)))


def test_what_reads_clean_is_laid_out_and_what_does_not_is_left_alone(house: House) -> None:
    saved = save(house, 'RULE "R":\n    for contact\n    when incoming sms\n    at most once per record\n    stop')
    canonical = 'version 1\n\nrule "R":\n  for contact\n  when incoming sms\n  at most once per record\n\n  stop\n'
    assert saved.text == canonical
    messy = 'RULE "R":\n    for contct\n    when incoming sms\n    stop'
    with house.app.app_context(), transaction():
        draft = rulebook.save("test", messy, None)
        assert (draft.in_force, draft.text, draft.file.text) == (False, messy, messy)
        assert version("R").source == canonical


def test_a_save_on_an_older_version_is_refused_and_loses_nothing(house: House) -> None:
    assert save(house, text(rule())).number == 1
    assert save(house, NEW, based_on=1).number == 2
    with house.app.app_context():
        with pytest.raises(rulebook.Outdated, match="at version 2 now") as refused:
            rulebook.save("test", text(rule(steps='send sms "Mine"')), None, based_on=1)
        assert (refused.value.number, refused.value.file.text) == (2, NEW)


def test_of_two_saves_at_once_the_second_is_refused(house: House) -> None:
    save(house, text(rule()))

    def attempt(steps: str) -> str:
        try:
            with house.app.app_context(), transaction():
                rulebook.save("test", text(rule(steps=steps)), None, based_on=1)
        except rulebook.Outdated:
            return "refused"
        return "saved"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, ['send sms "a"', 'send sms "b"', 'send sms "c"', 'send sms "d"']))
    assert sorted(outcomes) == ["refused", "refused", "refused", "saved"]
    assert versions(house) == {"R": 2}


def test_the_same_text_again_makes_no_version(house: House) -> None:
    save(house, NEW)
    assert save(house, NEW).number == 1


def test_history_tells_who_when_and_what_and_leads_back(house: House, moving_clock: Any) -> None:
    save(house, text(rule()))
    moving_clock.move(minutes=5)
    save(house, NEW)
    with house.app.app_context(), transaction():
        (file,) = rulebook.files()
        newest, oldest = rulebook.history.steps(file, 10)
        assert newest.version.created_at - oldest.version.created_at == timedelta(minutes=5)
        assert [line for line in newest.difference if line[0] in "+-"] == [
            "-  wait 1 hour", '-  send sms "Old"', '+  send sms "New"',
        ]  # fmt: skip
        assert all(line[0] == "+" for line in oldest.difference[1:])
        assert [step.version.number for step in rulebook.history.steps(file, 1)] == [2]
        assert [step.version.number for step in rulebook.history.steps(file, 10, before=2)] == [1]

        back = rulebook.history.roll_back(file, 1, None)
        assert back is not None
        assert (back.number, back.text) == (3, text(rule()))
        assert rulebook.history.roll_back(file, 9, None) is None
    assert versions(house) == {"R": 3}


@pytest.mark.parametrize("name", ["", "  ", "new", "check", "format", "a/b", "a\nb", "x" * 101])
def test_a_file_needs_a_name_that_fits_an_address(house: House, name: str) -> None:
    with house.app.app_context(), pytest.raises(rulebook.RulebookError, match="name"):
        rulebook.save(name, NEW, None)


def clock_of(house: House) -> tuple[Any, Any]:
    with house.app.app_context():
        row = db.session.scalars(select(Rule)).one()
        return row.look_at, row.looked_until


def every(clock: str = "09:00", tail: str = "") -> str:
    return (
        f'version 1\n\nrule "R"{tail}:\n  for contact\n  every day at {clock}\n  only if city is "Tirana"\n\n  stop\n'
    )


def test_a_rule_that_clocks_start_is_looked_at_at_once(
    house: House, moving_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulebook.account.performing, "SUPPORTED", None)
    begin = moving_clock.moment
    save(house, every())
    assert clock_of(house) == (begin, begin)
    moving_clock.move(minutes=10)
    save(house, every("10:00"))
    assert clock_of(house) == (moving_clock.moment, begin)
    save(house, every("10:00", " off"))
    assert clock_of(house) == (None, begin)
    moving_clock.move(minutes=10)
    save(house, every("10:00"))
    assert clock_of(house) == (moving_clock.moment, moving_clock.moment)
    save(house, text(rule()))
    assert clock_of(house)[0] is None


def test_saving_lets_a_paused_rule_go_on(house: House, moving_clock: Any) -> None:
    save(house, NEW)
    with house.app.app_context(), transaction():
        db.session.scalars(select(Rule)).one().paused_at = moving_clock.moment
    save(house, NEW)
    with house.app.app_context():
        assert db.session.scalars(select(Rule)).one().paused_at is None


def test_two_files_that_answer_one_text_are_told_apart(house: House) -> None:
    answers = rule("A", 'send sms "a"', pattern="YES*")
    save(house, text(answers), name="first")
    second = text(rule("B", 'send sms "b"', pattern="YES PLEASE"))
    with house.app.app_context():
        (found,) = rulebook.check(second, "second")
        assert (found.code, found.line) == ("R211", 5)
        assert '"yes please" is answered by two rules: by this one and by "A" in the file "first".' in found.message
        assert rulebook.check(text(answers), "first") == []
        assert rulebook.check(text(answers), "moved here") == []
    save(house, text(answers.replace('"A":', '"A" off:')), name="first")
    with house.app.app_context():
        assert rulebook.check(second, "second") == []


@pytest.mark.parametrize("everybody", [True, False])
def test_records_are_counted_only_for_a_schedule_for_everybody(house: House, everybody: bool) -> None:
    house.record(first_name="Ana")
    trigger = "every day at 09:00" if everybody else 'when incoming sms matches "x"'
    asked: list[str] = []

    def note(*about: Any) -> None:
        asked.append(about[2])

    with house.app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        found = rulebook.check(text(rule().replace('when incoming sms matches "go"', trigger)), "test")
        event.remove(db.engine, "before_cursor_execute", note)
    assert sum("FROM records" in statement for statement in asked) == everybody
    assert ("1 records now" in " ".join(each.message for each in found)) == everybody
