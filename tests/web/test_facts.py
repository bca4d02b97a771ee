"""What stands beside a conversation: rules that wait there, why, and cancelling them; and that it stays current."""

import html
import re

import pytest
from sqlalchemy import select

from flexie import live, questions
from flexie.db import db
from flexie.models import AuditEntry, Conversation, Line, LineAccess, Record, Run, RunLog, User
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk
from tests.web.test_live import SOON, listening

RULES = """version 1

rule "Remind":
  for contact
  when incoming sms matches "book*"

  wait 2 hours
  send sms "Your appointment is tomorrow."

rule "Ask a stranger":
  for unknown sender
  when incoming sms matches "book*"

  wait 1 day
  send sms "Who are you?"
"""


def booked(desk: Desk, number: str = ANA) -> str:
    """Somebody texts "book me", and a rule waits; returns the conversation's public id."""
    desk.house.rules(RULES)
    desk.house.text("book me", number)
    desk.house.work()
    with desk.app.app_context():
        return db.session.scalars(select(Conversation.public_id).where(Conversation.number == number)).one()


def address(page: str) -> str:
    """Where the one rule that waits is cancelled."""
    found = re.findall(r'action="(/inbox/\w+/runs/\w+/cancel)"', page)
    assert len(found) == 1, page
    return found[0]


def run(desk: Desk) -> Run:
    with desk.app.app_context():
        return db.session.scalars(select(Run)).one()


@pytest.fixture
def ana(desk: Desk) -> int:
    return desk.house.record(first_name="Ana", last_name="Lima", mobile=ANA)


def test_a_rule_that_waits_stands_there_with_its_why(desk: Desk, ana: int) -> None:
    talk = booked(desk)
    page = desk.mira.get(f"/inbox/{talk}")
    assert "Remind waits until 12:00" in words(page)
    why = re.search(r'<a href="(/runs/\w+)" aria-label="Why Remind runs">Why</a>', page.text)
    assert why
    assert "book me" in words(desk.mira.get(why[1]))
    assert ana


@pytest.mark.usefixtures("ana")
def test_whoever_answers_there_cancels_it(desk: Desk) -> None:
    talk = booked(desk)
    tom = desk.agent()
    place = address(tom.get(f"/inbox/{talk}").text)
    shown = tom.post(place, htmx=True)
    assert "“Remind” was cancelled." in words(shown)
    assert "waits until" not in words(shown)
    assert 'id="facts"' in shown.text
    assert (run(desk).state, run(desk).due_at) == ("cancelled", None)
    with desk.app.app_context():
        assert db.session.scalars(select(RunLog.words).order_by(RunLog.id.desc())).first() == "Tom Field cancelled it."
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "conversation")).one()
        assert (entry.did, entry.changes["rule"]) == ("cancelled a rule in", ["Remind", None])
        assert entry.user is not None
        assert entry.user.name == "Tom Field"
    assert "Tom Field cancelled “Remind”" in words(tom.get(f"/inbox/{talk}"))
    desk.clock.move(hours=3)
    desk.house.work()
    assert desk.house.messages() == []


@pytest.mark.usefixtures("ana")
def test_without_scripts_the_page_says_so(desk: Desk) -> None:
    talk = booked(desk)
    answer = desk.mira.post(address(desk.mira.get(f"/inbox/{talk}").text))
    assert (answer.status_code, answer.location) == (303, f"/inbox/{talk}")
    assert "“Remind” was cancelled." in words(desk.mira.get(f"/inbox/{talk}"))


@pytest.mark.usefixtures("ana")
def test_one_that_went_on_meanwhile_is_not_cancelled(desk: Desk) -> None:
    talk = booked(desk)
    place = address(desk.mira.get(f"/inbox/{talk}").text)
    desk.clock.move(hours=2)
    desk.house.work()
    shown = desk.mira.post(place, htmx=True)
    assert "“Remind” does not wait any more: it is done." in words(shown)
    assert 'role="alert"' in shown.text
    assert run(desk).state == "done"
    with desk.app.app_context():
        assert db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "conversation")).all() == []


@pytest.mark.usefixtures("ana")
def test_only_rules_of_this_conversations_records_can_be_cancelled_here(desk: Desk) -> None:
    talk = booked(desk)
    place = address(desk.mira.get(f"/inbox/{talk}").text)
    other = desk.talk("+14155559999")
    assert desk.mira.post(place.replace(talk, other)).status_code == 404
    assert desk.mira.post(place.replace(run(desk).public_id, "0" * 32)).status_code == 404
    tom = desk.agent()
    with desk.rows():
        line = db.session.scalars(select(Line)).one()
        line.open_to_all, line.access = False, [LineAccess(role="admin")]
    assert tom.post(place).status_code == 404
    assert run(desk).state == "waiting"


def test_a_run_that_texts_on_a_hidden_line_is_not_shown_beside_an_open_one(desk: Desk, ana: int) -> None:
    """The record's run began in a conversation that Tom may not see: he neither sees nor cancels it."""
    talk = booked(desk)
    board = desk.line("Board", "+14155550188", role="admin")
    hidden = desk.talk(ANA, line_id=board)
    with desk.rows():
        one = db.session.scalars(select(Run)).one()
        one.conversation = db.session.scalars(select(Conversation).where(Conversation.public_id == hidden)).one()
        run_id = one.public_id
    tom = desk.agent()
    assert "Remind" not in words(tom.get(f"/inbox/{talk}"))
    assert tom.post(f"/inbox/{talk}/runs/{run_id}/cancel").status_code == 404
    assert "Remind waits" in words(desk.mira.get(f"/inbox/{talk}"))
    assert ana


def test_what_waits_for_somebody_unknown_stands_there_too(desk: Desk) -> None:
    talk = booked(desk, "+14155550177")
    page = desk.mira.get(f"/inbox/{talk}")
    assert "Ask a stranger waits until Tomorrow 10:00" in words(page)
    desk.mira.post(address(page.text), htmx=True)
    assert run(desk).state == "cancelled"


@pytest.mark.usefixtures("ana")
def test_a_question_says_that_it_waits_for_a_reply_and_listens_no_more_once_cancelled(desk: Desk) -> None:
    desk.house.rules(
        'version 1\n\nrule "Ask":\n  for contact\n  when incoming sms matches "book*"\n\n'
        '  send sms "Nine o\'clock?"\n  wait for reply up to 1 day:\n    on any reply:\n      add tag "said"\n'
        "    on no reply:\n      do nothing\n"
    )
    desk.house.text("book me")
    desk.house.work()
    with desk.app.app_context():
        talk = db.session.scalars(select(Conversation.public_id)).one()
    page = desk.mira.get(f"/inbox/{talk}")
    assert "Ask waits for a reply until Tomorrow 10:00" in words(page)
    desk.mira.post(address(page.text), htmx=True)
    with desk.app.app_context():
        assert not questions.can_be_answered(db.session.scalars(select(Run)).one())


@pytest.mark.usefixtures("ana")
def test_it_is_exchanged_only_when_it_changed(desk: Desk) -> None:
    talk = booked(desk)
    look = looked(desk.mira.get(f"/inbox/{talk}").text)
    assert desk.mira.get(look, htmx=True).status_code == 204
    desk.clock.move(hours=2)
    desk.house.work()
    answer = desk.mira.get(look, htmx=True)
    assert answer.status_code == 200
    assert "Remind" not in words(answer)
    with desk.rows():
        from_house = db.session.scalars(select(Record)).one()
        from_house.title = "Ana <b>Silva</b>"
    assert html.escape("Ana <b>Silva</b>") in desk.mira.get(looked(answer.text), htmx=True).text


def looked(page: str) -> str:
    found = re.search(r'hx-get="(/inbox/\w+/facts\?seen=\w+)"', page)
    assert found
    return found[1]


def marks(page: str) -> set[str]:
    """The names by which news call what stands on a page."""
    found = re.search(r'data-facts="([^"]+)"', page)
    assert found
    return set(found[1].split())


def test_whoever_has_it_open_hears_that_a_rule_waits_went_on_or_was_cancelled(desk: Desk, ana: int) -> None:
    talk = desk.talk(ANA)
    shown = marks(desk.mira.get(f"/inbox/{talk}").text)
    with desk.app.app_context():
        assert live.facts_mark(("record", ana)) in shown
    with listening(desk) as heard:
        assert booked(desk) == talk
        assert hears(heard) & shown
        quiet(heard)
        desk.mira.post(address(desk.mira.get(f"/inbox/{talk}").text), htmx=True)
        assert hears(heard) & shown


def hears(heard: live.Listener) -> set[str]:
    """The marks that are told next."""
    for _ in range(10):
        if marks := {each.removeprefix("facts ") for each in heard.wait(SOON) if each.startswith("facts ")}:
            return marks
    raise AssertionError("nothing was told")


def quiet(heard: live.Listener) -> None:
    """Everything that was to be told was told."""
    while heard.wait(0.2):
        pass


def test_news_of_one_record_are_none_for_another_and_name_no_row(desk: Desk, ana: int) -> None:
    other = desk.talk("+14155559999")
    page = desk.mira.get(f"/inbox/{other}").text
    with listening(desk, lines=set()) as heard:
        with desk.rows():
            db.session.get_one(Record, ana).title = "Ana Silva"
        told = hears(heard)
    assert not told & marks(page)
    assert all(re.fullmatch("[0-9a-f]{32}", mark) for mark in told)


def test_very_much_news_is_told_as_one(desk: Desk) -> None:
    with listening(desk) as heard:
        with desk.rows():
            live.facts_changed(*(("record", number) for number in range(live.MOST_MARKS + 1)))
        assert hears(heard) == {live.ANYTHING}


def test_a_stream_tells_it(desk: Desk, ana: int) -> None:
    ear = desk.app.extensions["live"]
    response = desk.mira.get("/live")
    stream = response.iter_encoded()
    assert next(stream).startswith(b"retry")
    with desk.app.app_context():
        ear.tell([(live.FACTS, live.facts_mark(("record", ana)))])
        assert next(stream).decode() == f"event: facts\ndata: {live.facts_mark(('record', ana))}\n\n"
        assert db.session.get(User, desk.mira_id)
    response.close()
