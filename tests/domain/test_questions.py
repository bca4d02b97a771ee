"""`wait for reply`: who gets a text, which block it leads to, and that no answer is lost."""

from typing import Any

from flexie import jobs, outbox, records, runlog
from flexie.db import db, transaction
from flexie.models import Message, Record, Rule, Run
from tests.house import ANA, House

ASK = """rule "Ask":
  for contact
  when incoming sms matches "ask*"
{head}
  send sms "Well?"
  wait for reply up to 1 day:
    on reply matches "YES*":
      send sms "You said {{{{ __data.reply.text }}}}"
      set city to "yes"
{other}    on no reply:
      send sms "Silence"
  send sms "Goes on"

rule "Yes":
  for contact
  when incoming sms matches "yes*"

  add tag "yes"

rule "Any":
  for contact
  when any incoming sms matches "yes*"

  add tag "any"

rule "Other":
  for contact
  when any other incoming sms

  add tag "other"
"""
OTHER = '    on any other reply:\n      send sms "Pardon?"\n'


def ask(house: House, head: str = "", other: str = "") -> int:
    contact = house.record(first_name="Ana", mobile=ANA)
    house.rules(ASK.format(head=head, other=other))
    house.text("ask")
    house.work()
    return contact


def sent(house: House) -> list[str]:
    return [post.one("Body") for post in house.standin.posts]


def asked(house: House) -> list[Run]:
    """The runs of the rule that asks, oldest first."""
    with house.app.app_context():
        names = {rule.name: rule.id for rule in db.session.query(Rule)}
    return [run for run in house.runs() if run.rule_id == names["Ask"]]


def tags(house: House, record_id: int) -> set[str]:
    with house.app.app_context():
        return {kept.tag for kept in db.session.get_one(Record, record_id).tags}


def test_an_answer_leads_to_its_block_and_the_run_goes_on_below(house: House) -> None:
    contact = ask(house)
    house.text("Yes please")
    house.work()

    assert sent(house) == ["Well?", "You said Yes please", "Goes on"]
    assert house.fields(contact)["city"] == "yes"
    assert [run.state for run in asked(house)] == ["done"]


def test_a_text_that_a_question_took_starts_only_rules_for_any_text(house: House) -> None:
    contact = ask(house)
    house.text("yes")
    house.work()

    assert tags(house, contact) == {"any"}


def test_a_text_that_no_block_takes_goes_to_the_rules_and_the_question_keeps_waiting(house: House) -> None:
    contact = ask(house)
    house.text("who is this?")
    house.work()
    assert tags(house, contact) == {"other"}
    house.text("yes")
    house.work()

    assert sent(house)[1:] == ["You said yes", "Goes on"]


def test_any_other_reply_takes_what_is_left(house: House) -> None:
    ask(house, other=OTHER)
    house.text("who is this?")
    house.work()

    assert sent(house) == ["Well?", "Pardon?", "Goes on"]


def test_no_reply_comes_at_its_moment_and_not_before(house: House, moving_clock: Any) -> None:
    ask(house)
    moving_clock.move(hours=23, minutes=59)
    house.work()
    assert sent(house) == ["Well?"]
    moving_clock.move(minutes=1)
    house.work()
    house.text("yes")
    house.work()

    assert sent(house) == ["Well?", "Silence", "Goes on"]


def test_an_answer_that_is_there_before_the_wait_is_reached_is_not_lost(house: House, moving_clock: Any) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(
        'rule "R":\n  for contact\n  when incoming sms matches "ask"\n\n  send sms "Well?"\n  wait 10 minutes\n'
        '  wait for reply up to 1 day:\n    on reply matches "yes*":\n      send sms "Quick"\n'
        "    on no reply:\n      do nothing\n"
    )
    house.text("ask")
    house.work()
    house.text("yes")
    house.work()
    assert sent(house) == ["Well?"]
    moving_clock.move(minutes=10)
    house.work()

    assert sent(house) == ["Well?", "Quick"]


def test_the_answer_to_one_question_is_not_the_answer_to_the_next(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    wait = "  wait for reply up to 1 day:\n    on any reply:\n      {}\n    on no reply:\n      stop\n"
    first = wait.format('remember first as "{{ __data.reply.text }}"')
    second = wait.format('send sms "{{ __data.first }} {{ __data.reply.text }}"')
    house.rules(
        'rule "R":\n  for contact\n  when incoming sms matches "ask"\n\n'
        f'  send sms "First?"\n{first}  send sms "Second?"\n{second}'
    )
    for text in ("ask", "a", "b"):
        house.text(text)
        house.work()

    assert sent(house) == ["First?", "Second?", "a b"]


def test_the_newest_question_is_asked_first_and_one_text_answers_one(house: House, moving_clock: Any) -> None:
    ask(house, head="  if already running, run both\n")
    moving_clock.move(minutes=1)
    house.text("ask again")
    house.work()
    house.text("yes 1")
    house.work()

    older, newer = asked(house)
    assert (older.state, newer.state) == ("waiting", "done")
    assert newer.data["reply"]["text"] == "yes 1"


def test_a_question_whose_text_was_stopped_takes_no_reply_at_once(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA, allow_sms=False)
    house.rules(ASK.format(head="", other=""))
    house.text("ask")
    house.work()

    (run,) = asked(house)
    assert run.state == "done"
    assert house.fields(contact).get("city") is None
    with house.app.app_context():
        words = [line.words for line in db.session.get_one(Run, run.id).log]
    assert any("nobody can answer" in line for line in words)


def test_a_question_whose_text_is_cancelled_before_it_goes_out_ends_at_once(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA)
    house.rules(ASK.format(head="", other=""))
    house.text("ask")
    with house.app.app_context():
        house.app.extensions["senders"] = _Nobody()
        jobs.look("inbound")
        with transaction():
            outbox.cancel(db.session.query(Message).filter_by(direction="out").one())
        house.app.extensions["senders"] = house
    house.work()

    assert sent(house) == ["Silence", "Goes on"]
    assert house.fields(contact).get("city") is None


class _Nobody:
    def wake(self) -> None:
        """Nobody sends."""


def test_only_while_is_asked_before_a_question_takes_a_text(house: House) -> None:
    contact = ask(house, head="  only while score is empty\n")
    with house.app.app_context(), transaction():
        records.update(db.session.get_one(Record, contact), {"score": "5"})
    house.text("yes")
    house.work()

    assert tags(house, contact) == {"any", "yes"}
    assert sent(house) == ["Well?"]


def test_a_cancelled_run_no_longer_listens(house: House) -> None:
    contact = ask(house)
    run_id = asked(house)[0].id
    with house.app.app_context(), transaction():
        runlog.cancel(db.session.get_one(Run, run_id), "somebody said so")
    house.text("yes")
    house.work()

    assert tags(house, contact) == {"any", "yes"}
    assert sent(house) == ["Well?"]
