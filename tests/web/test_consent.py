"""Consent on pages: the ledger and its history, noting what somebody said, words, limits, and what was held back."""

import re

import pytest
from sqlalchemy import select, update

from flexie import consent
from flexie.db import db
from flexie.models import AuditEntry, Message, Settings
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk

ANSWER = 'rule "All":\n  for contact\n  when incoming sms\n\n  send sms "Thanks"\n'
OTHER = "+14155553001"


def opted_out(desk: Desk) -> set[str]:
    with desk.app.app_context():
        return consent.opted_out([ANA, OTHER])


def test_the_ledger_is_listed_and_a_number_is_looked_up_however_it_is_typed(desk: Desk) -> None:
    desk.house.text("STOP please")
    desk.house.work()
    page = desk.mira.get("/settings/consent")
    assert '(415) 555-2671 10:00 texted "STOP please"' in words(page)
    found = desk.mira.get("/settings/consent?number=415-555+2671")
    assert found.location == "/settings/consent/number?of=%2B14155552671"
    shown = words(desk.mira.get(found.location))
    assert "Opted out since 10:00" in shown
    assert "Only a START from their own phone brings texts back" in shown
    assert "Opted out by a text 10:00 “STOP please” on Main" in shown
    assert desk.mira.get("/settings/consent?number=nobody").status_code == 422
    assert desk.mira.get("/settings/consent/number?of=nobody").status_code == 404


def test_an_administrator_notes_an_opt_out_of_a_number_that_never_wrote(desk: Desk) -> None:
    address = "/settings/consent/number"
    assert "It never opted out." in words(desk.mira.get(f"{address}?of=%2B14155553001"))
    wrong = desk.mira.post(address, {"of": OTHER, "to": "out", "reason": " "})
    assert wrong.status_code == 422
    assert "Write how you know" in words(wrong)
    desk.mira.post(address, {"of": OTHER, "to": "out", "reason": "Said so at the desk"})
    assert opted_out(desk) == {OTHER}
    shown = words(desk.mira.get(f"{address}?of=%2B14155553001"))
    assert "Opted out noted by Mira Okafor 10:00 Said so at the desk" in shown
    desk.mira.post(address, {"of": OTHER, "to": "in", "reason": "Changed her mind"})
    assert opted_out(desk) == set()
    assert "It opted out before, and came back." in words(desk.mira.get(f"{address}?of=%2B14155553001"))


def test_an_agent_notes_one_in_a_conversation_which_says_so(desk: Desk) -> None:
    talk = desk.talk(ANA)
    tom = desk.agent()
    assert f"/inbox/{talk}/consent" in tom.get(f"/inbox/{talk}").text
    answer = tom.post(f"/inbox/{talk}/consent", {"to": "out", "reason": "Called <b>us</b>"})
    assert answer.location == f"/inbox/{talk}/consent"
    assert opted_out(desk) == {ANA}
    assert "Opted out" in words(tom.get(f"/inbox/{talk}"))
    assert "Called &lt;b&gt;us&lt;/b&gt;" in tom.get(answer.location).text
    tom.post(f"/inbox/{talk}/reply", {"text": "hi", "nonce": "n"})
    desk.house.work()
    assert [(m.status, m.stopped_by) for m in desk.house.messages()] == [("suppressed", "opt-out")]
    assert "Send anyway" not in words(tom.get(f"/inbox/{talk}"))
    assert tom.get("/settings/consent").status_code == 403


def test_the_text_of_a_stop_on_another_line_is_not_shown_to_whoever_may_not_see_it(desk: Desk) -> None:
    board = desk.line("Board", "+14155550188", role="admin")
    hidden = desk.talk(ANA, "Stop telling me board secrets", line_id=board)
    with desk.rows():
        text = db.session.scalars(select(Message)).one()
        consent.change(ANA, "out", f'texted "{text.text[:40]}"', text.id)
    talk = desk.talk(ANA, "Hello")
    tom = desk.agent()
    page = tom.get(f"/inbox/{talk}/consent")
    assert "On a line that is not yours." in words(page)
    assert "board secrets" not in page.text
    assert "board secrets" in desk.mira.get(f"/inbox/{talk}/consent").text
    assert tom.get(f"/inbox/{hidden}/consent").status_code == 404
    assert tom.post(f"/inbox/{hidden}/consent", {"to": "in", "reason": "x"}).status_code == 404


def over_the_cap(desk: Desk) -> str:
    """A rule's text that a cap held back; returns the address of its conversation."""
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.rules(ANSWER)
    with desk.rows():
        db.session.execute(update(Settings).values(most_of_rule=1))
    for said in ("one", "two"):
        desk.house.text(said)
        desk.house.work()
        desk.clock.move(minutes=2)
    with desk.app.app_context():
        held = db.session.scalars(select(Message).where(Message.status == "suppressed")).one()
        return f"/inbox/{held.conversation.public_id}"


@pytest.mark.parametrize("where", ["list", "conversation"])
def test_what_a_cap_held_back_is_sent_anyway_and_written_down(desk: Desk, where: str) -> None:
    talk = over_the_cap(desk)
    page = desk.mira.get("/settings/consent/held" if where == "list" else talk)
    assert "limit reached: 1 texts from one rule to one number in 10 minutes" in words(page)
    found = re.search(r'action="([^"]+/anyway)"', page.text)
    assert found
    desk.mira.post(found[1])
    desk.house.work()
    assert [message.status for message in desk.house.messages()] == ["accepted", "accepted"]
    with desk.app.app_context():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "message")).one()
        assert (entry.did, entry.user.name if entry.user else "") == ("sent anyway", "Mira Okafor")
    answer = desk.mira.post(found[1])
    assert "It is not held back any more: nothing is sent." in words(desk.mira.get(answer.location))


def test_the_list_of_what_was_held_back_is_narrowed_down_and_shows_what_waits(desk: Desk) -> None:
    over_the_cap(desk)
    assert "Thanks" in words(desk.mira.get("/settings/consent/held?why=rule+cap", htmx=True))
    assert "Nothing was held back." in words(desk.mira.get("/settings/consent/held?why=opt-out", htmx=True))
    with desk.rows():
        waits = {"status": "scheduled", "stopped_by": "quiet hours", "error": "quiet hours: it is late there"}
        db.session.execute(update(Message).where(Message.status == "suppressed").values(**waits, due_at=desk.clock()))
    page = words(desk.mira.get("/settings/consent/held"))
    assert "Put off" in page
    assert "it is late there" in page


def test_people_who_lost_a_line_send_nothing_anyway(desk: Desk) -> None:
    talk = over_the_cap(desk)
    tom = desk.agent()
    found = re.search(r'action="([^"]+/anyway)"', tom.get(talk).text)
    assert found
    with desk.rows():
        db.session.execute(db.text("UPDATE lines SET open_to_all = false"))
    assert tom.post(found[1]).status_code == 404
    assert [message.status for message in desk.house.messages()] == ["accepted", "suppressed"]


def test_words_and_answers_are_saved_and_counted(desk: Desk) -> None:
    with desk.app.app_context():
        kept = Settings.get()
        before = {
            f"{kind}_{what}": getattr(kept, f"{kind}_{what}") for kind in consent.LAW for what in ("words", "answer")
        }
    page = desk.mira.get("/settings/consent/words")
    assert "STOPALL" in words(page)
    form = {
        "stop_words": "genug",
        "start_words": "",
        "help_words": "",
        "start_answer": "Hi.",
        "help_answer": "Call us.",
    }
    wrong = desk.mira.post("/settings/consent/words", {**form, "stop_answer": " "})
    assert wrong.status_code == 422
    assert "Write an answer" in words(wrong)
    assert 'value="genug"' in wrong.text
    counted = desk.mira.post("/settings/consent/words/count?of=stop", {"stop_answer": "Tschüß 👋"}, htmx=True)
    assert "Unicode" in words(counted)
    desk.mira.post("/settings/consent/words", {**form, "stop_answer": "No more."})
    desk.house.text("genug")
    desk.house.work()
    assert [message.text for message in desk.house.messages()] == ["No more."]
    with desk.rows():
        for name, value in before.items():
            setattr(Settings.get(), name, value)


def test_hours_and_limits_are_saved_or_told_what_is_wrong(desk: Desk) -> None:
    page = desk.mira.get("/settings/consent/limits")
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    form.pop("csrf_token", None)
    assert form["most_to_number"] == "20"
    wrong = desk.mira.post("/settings/consent/limits", {**form, "quiet_from": "21:00", "most_of_line": "1"})
    assert wrong.status_code == 422
    assert "as 21:00 and 08:00" in words(wrong)
    assert "Write a number from 10 to 100,000." in words(wrong)
    assert 'value="21:00"' in wrong.text
    desk.mira.post("/settings/consent/limits", {**form, "quiet_from": "21:00", "quiet_until": "08:00"})
    with desk.app.app_context():
        kept = Settings.get()
        assert (kept.quiet_from, kept.quiet_until, kept.quiet_answers) == ("21:00", "08:00", True)
