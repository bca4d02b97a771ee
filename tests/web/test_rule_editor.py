"""The rule editor: saving while runs wait, going back, formatting, snippets, stopping, deleting."""

import html
import re

import pytest
from werkzeug.test import TestResponse

from flexie.db import db
from flexie.models import Rule, RuleFile, RuleFileVersion
from flexie.web.rulefiles import snippets
from rules import Level, format_source, parse
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk

WAITS = 'version 1\n\nrule "Thank":\n  for contact\n  when incoming sms matches "YES*"\n\n  wait 1 hour\n  stop\n'
NEW = WAITS.replace("1 hour", "2 hours")
BY_HAND = WAITS.replace('incoming sms matches "YES*"', "started")


def save(desk: Desk, text: str, **form: str) -> TestResponse:
    """Save the file "greetings"; an answer of 303 means that it was saved."""
    return desk.mira.post("/rules", {"name": "greetings", "text": text, "was": "greetings", **form})


def create(desk: Desk, text: str = WAITS) -> None:
    assert save(desk, text, was="").status_code == 303


def with_waiting_run(desk: Desk) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA)
    create(desk)
    desk.house.text("yes")
    desk.house.work()
    assert [run.state for run in desk.house.runs()] == ["waiting"]


def in_editor(answer: TestResponse) -> str:
    """The text that stands in the editor."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert found
    return html.unescape(found.group(1))


def field(answer: TestResponse, name: str) -> str:
    """The value of a field or button of the page's form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    assert found, f"no field {name}"
    return found.group(1)


def saved_text(desk: Desk) -> str:
    with desk.app.app_context():
        return db.session.query(RuleFile).one().text


def test_a_save_asks_what_becomes_of_runs_that_wait(desk: Desk) -> None:
    with_waiting_run(desk)
    asked = save(desk, NEW)
    assert asked.status_code == 200
    assert "1 run on version 1 is not over yet" in words(asked)
    assert in_editor(asked) == NEW
    assert saved_text(desk) == WAITS

    answer = save(desk, NEW, agreed=field(asked, "agreed"), waiting="restart")
    assert answer.status_code == 303
    assert '"Thank": changed; 1 waiting run started again on the new text.' in words(desk.mira.get(answer.location))
    assert [run.state for run in desk.house.runs()] == ["cancelled", "ready"]


@pytest.mark.parametrize(("choice", "state"), [("finish", "waiting"), ("end", "cancelled")])
def test_the_choice_is_carried_out(desk: Desk, choice: str, state: str) -> None:
    with_waiting_run(desk)
    assert save(desk, NEW, agreed=field(save(desk, NEW), "agreed"), waiting=choice).status_code == 303
    assert [run.state for run in desk.house.runs()] == [state]


def test_who_agreed_to_one_text_is_asked_again_about_another(desk: Desk) -> None:
    with_waiting_run(desk)
    agreed = field(save(desk, NEW), "agreed")
    assert "Before this is saved" in words(save(desk, NEW.replace("2 hours", "3 hours"), agreed=agreed, waiting="end"))
    assert [run.state for run in desk.house.runs()] == ["waiting"]


def test_nothing_is_asked_where_no_run_waits(desk: Desk) -> None:
    create(desk)
    assert save(desk, NEW).status_code == 303


def test_a_choice_that_there_is_not_is_refused(desk: Desk) -> None:
    with_waiting_run(desk)
    agreed = field(save(desk, NEW), "agreed")
    assert save(desk, NEW, agreed=agreed, waiting="explode").status_code == 400
    assert saved_text(desk) == WAITS


def test_a_rule_under_another_name_is_asked_about(desk: Desk) -> None:
    create(desk)
    asked = save(desk, WAITS.replace('"Thank"', '"Thanks"'))
    assert 'rule "Thanks" formerly "Thank":' in words(asked)
    assert saved_text(desk) == WAITS


def test_two_people_do_not_overwrite_each_other_unseen(desk: Desk) -> None:
    create(desk)
    page = desk.mira.get("/rules/greetings")
    assert field(page, "based_on") == "1"
    theirs = WAITS.replace("1 hour", "3 hours")
    assert save(desk, theirs).status_code == 303

    late = save(desk, NEW, based_on="1")
    assert late.status_code == 422
    assert "at version 2 now" in words(late)
    assert "- wait 3 hours + wait 2 hours" in words(late)
    assert in_editor(late) == NEW
    assert saved_text(desk) == theirs

    assert save(desk, NEW, based_on=field(late, "based_on")).status_code == 303
    assert saved_text(desk) == NEW


def test_history_shows_who_and_what_and_leads_back(desk: Desk) -> None:
    create(desk)
    save(desk, NEW)
    page = desk.mira.get("/rules/greetings/history")
    assert "Version 2 Mira Okafor" in words(page)
    assert "- wait 1 hour + wait 2 hours" in words(page)
    answer = desk.mira.post("/rules/greetings/history/1", {"was": "greetings", "based_on": "2"})
    assert answer.status_code == 303
    assert saved_text(desk) == WAITS
    with desk.app.app_context():
        assert db.session.query(RuleFileVersion).count() == 3
    assert desk.mira.post("/rules/greetings/history/9", {"was": "greetings"}).status_code == 404
    assert desk.mira.get("/rules/nothing/history").status_code == 404


def test_going_back_asks_about_waiting_runs_too(desk: Desk) -> None:
    create(desk, NEW)
    desk.house.record(first_name="Ana", mobile=ANA)
    save(desk, WAITS)
    desk.house.text("yes")
    desk.house.work()
    asked = desk.mira.post("/rules/greetings/history/1", {"was": "greetings", "based_on": "2"})
    assert "Before this is saved" in words(asked)
    assert in_editor(asked) == NEW
    assert saved_text(desk) == WAITS


def test_a_long_history_comes_in_pieces(desk: Desk) -> None:
    create(desk)
    for hours in range(2, 24):
        save(desk, WAITS.replace("1 hour", f"{hours} hours"))
    page = desk.mira.get("/rules/greetings/history")
    assert page.text.count("<h2>Version ") == 20
    rest = desk.mira.get("/rules/greetings/history?before=4", htmx=True)
    assert "<html" not in rest.text
    assert re.findall(r"Version (\d+)", rest.text) == ["3", "2", "1"]


def test_format_lays_out_what_stands_in_the_editor_and_saves_nothing(desk: Desk) -> None:
    messy = WAITS.replace("  for", "     for").replace("rule", "RULE").replace("\n  when", "\n     when")
    messy = messy.replace("\n  wait", "\n     wait").replace("\n  stop", "\n     stop")
    answer = desk.mira.post("/rules/format", {"name": "greetings", "text": messy, "was": ""})
    assert in_editor(answer) == WAITS
    wrong = desk.mira.post("/rules/format", {"name": "greetings", "text": "nonsense here", "was": ""})
    assert in_editor(wrong) == "nonsense here"
    assert "left as it is" in words(wrong)
    with desk.app.app_context():
        assert db.session.query(RuleFile).count() == 0


@pytest.mark.parametrize("number", range(len(snippets.TITLES)))
def test_snippets_are_whole_rules_in_canonical_form(desk: Desk, number: int) -> None:
    answer = desk.mira.post("/rules/format", {"name": "g", "text": WAITS, "was": "", "snippet": str(number)})
    text = in_editor(answer)
    assert text.startswith(WAITS + "\nrule ")
    assert (format_source(text).text, len(parse(text).file.rules)) == (text, 2)
    assert not [found for found in parse(text).findings if found.level is Level.ERROR]


def test_a_snippet_twice_has_two_names(desk: Desk) -> None:
    text = snippets.added(snippets.added(WAITS, 0), 0)
    assert [rule.name for rule in parse(text).file.rules] == ["Thank", "Answer a word", "Answer a word 2"]
    assert snippets.added(WAITS, 99) == WAITS


def test_the_stop_button_ends_the_rules_waiting_runs(desk: Desk) -> None:
    with_waiting_run(desk)
    assert "Stop 1 waiting" in words(desk.mira.get("/rules/greetings"))
    answer = desk.mira.post("/rules/greetings/stop", {"rule": "Thank"})
    seen = words(desk.mira.get(answer.location))
    assert "1 waiting run of “Thank” ended" in seen
    assert "Stop 1 waiting" not in seen
    assert [run.state for run in desk.house.runs()] == ["cancelled"]
    assert desk.mira.post("/rules/greetings/stop", {"rule": "Other"}).status_code == 404


def test_a_file_is_deleted_after_a_question(desk: Desk) -> None:
    with_waiting_run(desk)
    page = words(desk.mira.get("/rules/greetings/delete"))
    assert "Thank 1 waiting" in page
    with desk.app.app_context():
        assert db.session.query(RuleFile).count() == 1
    answer = desk.mira.post("/rules/greetings/delete")
    assert 'Deleted "greetings". 1 waiting run ended.' in words(desk.mira.get(answer.location))
    with desk.app.app_context():
        assert db.session.query(RuleFile).count() == 0


def test_a_rule_that_people_start_says_where(desk: Desk) -> None:
    create(desk, BY_HAND)
    assert "People start it on a record's page" in words(desk.mira.get("/rules/greetings"))


def test_states_stand_beside_the_rules(desk: Desk) -> None:
    create(desk, WAITS + '\nrule "Quiet" off:\n  for contact\n  when incoming sms matches "NO"\n\n  stop\n')
    with desk.rows():
        db.session.query(Rule).filter_by(name="Thank").one().paused_at = desk.clock.moment
    seen = words(desk.mira.get("/rules/greetings"))
    assert "Thank paused 0 runs Paused since" in seen
    assert "Quiet off 0 runs" in seen


@pytest.mark.parametrize(
    "path", ["/rules", "/rules/greetings/stop", "/rules/greetings/delete",
             "/rules/greetings/history/1"],
)  # fmt: skip
def test_agents_read_and_change_nothing(desk: Desk, path: str) -> None:
    create(desk)
    agent = desk.agent()
    assert agent.post(path, {"name": "greetings", "was": "greetings", "text": NEW, "rule": "Thank"}).status_code == 403
    seen = agent.get("/rules/greetings")
    assert "readonly" in seen.text
    assert ">Save<" not in seen.text.replace('aria-hidden="true">Save<', "")
    assert agent.get("/rules/greetings/history").status_code == 200
    assert "Go back" not in words(agent.get("/rules/greetings/history"))
    assert saved_text(desk) == WAITS
