"""Trying a file from the editor: its tests, one text, the texts of the last days. Nothing is sent or stored."""

import pytest
from werkzeug.test import TestResponse

from flexie.db import Base, db
from flexie.web.rulefiles import trials
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk

RULES = """version 1

rule "Thank":
  for contact
  when incoming sms matches "YES*"

  add tag "said yes"
  send sms "Thanks {{ first_name }}"

test "Yes":
  given contact:
    first_name is "Ana"
  incoming sms "yes"
  expect sms "Thanks Ana"

test "No":
  given contact:
    first_name is "Ben"
  incoming sms "no"
  expect sms "Thanks"
"""


def attempt(desk: Desk, what: str, text: str = RULES, *, htmx: bool = True, **form: str) -> TestResponse:
    answer = desk.mira.post(f"/rules/{what}", {"name": "greetings", "text": text, "was": "", **form}, htmx=htmx)
    assert answer.status_code == 200
    return answer


def rows(desk: Desk) -> dict[str, int]:
    with desk.app.app_context():
        return {
            table.name: db.session.execute(db.select(db.func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


@pytest.mark.parametrize("htmx", [True, False])
def test_tests_of_the_text_as_it_stands_are_run(desk: Desk, htmx: bool) -> None:
    answer = attempt(desk, "test", htmx=htmx)
    told = words(answer)
    assert "1 of 2 failed." in told
    assert "Passed: Yes" in told
    assert "Failed: No" in told
    assert 'data-line="20"' in answer.text
    assert ("<html" in answer.text) is not htmx
    assert (RULES.splitlines()[2] in words(answer)) is not htmx


def test_a_text_with_mistakes_and_one_without_tests_say_so(desk: Desk) -> None:
    assert "The text has mistakes." in words(attempt(desk, "test", RULES.replace("tag", "tug")))
    assert "This file has no tests." in words(attempt(desk, "test", RULES.partition("test")[0]))
    assert "The file has errors." in words(attempt(desk, "backtest", RULES.replace("tag", "tug")))


@pytest.mark.parametrize("htmx", [True, False])
def test_a_text_is_tried_and_nothing_is_kept(desk: Desk, htmx: bool) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA)
    before = rows(desk)
    told = words(attempt(desk, "try", htmx=htmx, try_text="Yes please", try_from="Hoxha"))
    assert "Known as: Ana Hoxha" in told
    assert "Thanks Ana" in told
    assert "said yes" in told
    assert "Known as: Ana Hoxha" in words(attempt(desk, "try", try_text="Yes", try_from=ANA))
    assert rows(desk) == before
    desk.house.work()
    assert [post.one("Body") for post in desk.house.standin.posts] == []


def test_who_writes_is_asked_until_it_is_clear(desk: Desk) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA)
    desk.house.record(first_name="Ana", last_name="Basha", mobile="+14155552699")
    assert "Let it come in" in words(attempt(desk, "try"))
    assert "Write a text, and whose it is." in words(attempt(desk, "try", try_from="Ana"))
    assert "Nobody here is called that." in words(attempt(desk, "try", try_text="Yes", try_from="Zoe"))
    asked = attempt(desk, "try", try_text="Yes", try_from="Ana")
    assert "Choose one of them." in words(asked)
    chosen = asked.text.partition('name="try_record" value="')[2][:32]
    assert "Thanks Ana" in words(attempt(desk, "try", try_text="Yes", try_from="Ana", try_record=chosen))
    assert "No rule would start." in words(attempt(desk, "try", try_text="No", try_from="+14155550007"))


@pytest.mark.parametrize("htmx", [True, False])
def test_the_texts_of_the_last_days_come_in_again(desk: Desk, htmx: bool) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.clock.move(days=1)
    for text in ("yes", "oh yes", "YES!"):
        desk.house.text(text)
        desk.house.work()
        desk.clock.move(hours=5)
    before = rows(desk)
    told = words(attempt(desk, "backtest", htmx=htmx, backtest_days="7"))
    assert "2 starts 2 texts 2 segments" in told
    assert "Near misses 1" in told
    assert "oh yes" in told
    assert rows(desk) == before


def test_only_people_who_write_rules_try_and_one_thing_at_a_time(desk: Desk) -> None:
    agent = desk.agent()
    for what in ("test", "try", "backtest"):
        assert agent.post(f"/rules/{what}", {"name": "greetings", "text": RULES}).status_code == 403
    with trials._turn:
        assert "Something is being tried already." in words(attempt(desk, "test"))
    assert "1 of 2 failed." in words(attempt(desk, "test"))


def test_texts_on_lines_that_are_not_ones_own_are_not_quoted(desk: Desk) -> None:
    other = desk.line("Other", "+14155550199", user_id=desk.mira_id, role="use")
    desk.talk(text="oh yes, secretly", line_id=other)
    desk.clock.move(hours=1)
    desk.mira = Browser(desk.app, desk.person("writer@example.com", "Wanda", "rule writer"))
    told = words(attempt(desk, "backtest"))
    assert "1 text was received" in told
    assert "a text on a line that is not yours" in told
    assert "secretly" not in told
