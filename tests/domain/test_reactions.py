"""Reactions of phones: they stand on the text that they quote, start no rule, and call nobody to the inbox."""

from sqlalchemy import select

from flexie import inbox, outbox, reactions, trying
from flexie.db import db, transaction
from flexie.models import Conversation, Line, Message, OptOut, PlacedReaction, Record, Settings
from tests.house import ANA, House, inbound_form
from tests.moving_clock import MovingClock

ASKED = "See you tomorrow at nine. Please bring your insurance card and a list of what you take."
RULES = """version 1

rule "Any":
  for contact
  when any incoming sms

  add tag "any"

rule "Rest":
  for contact
  when any other incoming sms

  send sms "What do you mean?"

rule "Asks":
  for contact
  when incoming sms matches "ask me"

  send sms "Is nine o'clock fine?"
  wait for reply up to 1 day:
    on any reply:
      add tag "answered"
    on no reply:
      add tag "silent"
"""


def write(house: House, text: str = ASKED, to: str = ANA) -> None:
    """We write to a customer, and the text goes out."""
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        draft = outbox.Draft(line=line, number=to, text=text, intent=f"test:{text}")
        outbox.queue(draft)
    house.work()


def react(house: House, text: str, sender: str = ANA) -> None:
    house.text(text, sender)
    house.work()


def conversation(house: House) -> Conversation:
    with house.app.app_context():
        return db.session.scalars(select(Conversation)).one()


def shown(house: House) -> dict[str, str]:
    """The reactions that stand on texts now: text → emoji."""
    with house.app.app_context():
        messages = db.session.scalars(select(Message)).all()
        on = reactions.among(messages).shown
        return {each.text: on[each.id].reaction or "" for each in messages if each.id in on}


def test_a_reaction_stands_on_the_newest_text_that_it_quotes(house: House) -> None:
    write(house)
    write(house, "Thank you!")
    write(house, "Until then.")
    react(house, "Loved “Thank you!”")
    assert shown(house) == {"Thank you!": "❤️"}
    with house.app.app_context():
        assert len(db.session.scalars(select(PlacedReaction)).all()) == 1
    assert house.messages("in")[0].text == "Loved “Thank you!”"


def test_a_long_text_is_quoted_by_its_beginning(house: House) -> None:
    write(house)
    react(house, "Liked “See you tomorrow at nine. Please bring…”")
    assert shown(house) == {ASKED: "👍"}


def test_networks_change_quotation_marks_and_blanks_on_the_way(house: House) -> None:
    write(house, "It’s  “done”…")
    react(house, 'Liked "It\'s "done"..."')
    assert shown(house) == {"It’s  “done”…": "👍"}


def test_another_reaction_takes_the_place_of_the_first_and_the_last_one_can_be_taken_back(house: House) -> None:
    write(house)
    react(house, f"Liked “{ASKED}”")
    react(house, f"Loved “{ASKED}”")
    assert shown(house) == {ASKED: "❤️"}
    react(house, f"Removed a heart from “{ASKED}”")
    assert shown(house) == {}
    assert len(house.messages("in")) == 3


def test_texts_that_never_went_out_and_those_of_others_are_not_meant(house: House) -> None:
    write(house, "Hello", to="+14155559999")
    with house.app.app_context(), transaction():
        message = db.session.scalars(select(Message)).one()
        message.conversation = Conversation(
            line_id=message.line_id, number=ANA, last_at=message.created_at, opened_at=message.created_at
        )
        message.status = "suppressed"
    react(house, "Liked “Hello”")
    assert shown(house) == {}


def test_it_is_not_unread_and_opens_no_conversation_that_was_closed(house: House) -> None:
    write(house)
    with house.app.app_context(), transaction():
        db.session.scalars(select(Conversation)).one().state = "closed"
    react(house, f"Liked “{ASKED}”")
    talk = conversation(house)
    assert (talk.unread, talk.state, talk.last_direction) == (0, "closed", "in")
    react(house, "But I am late")
    talk = conversation(house)
    assert (talk.unread, talk.state) == (1, "open")
    assert [message.opens for message in house.messages("in")] == [False, True]


def test_a_first_text_after_a_reaction_from_somebody_new_opens_their_conversation(house: House) -> None:
    react(house, "Liked “an advertisement of yours”")
    react(house, "Hello")
    assert [message.opens for message in house.messages("in")] == [False, True]
    assert conversation(house).unread == 1


def test_reading_up_to_a_text_leaves_nothing_unread_though_a_reaction_follows(house: House) -> None:
    write(house)
    react(house, "Thanks")
    seen = house.messages("in")[0].public_id
    react(house, f"Liked “{ASKED}”")
    with house.app.app_context(), transaction():
        inbox.mark_read(db.session.scalars(select(Conversation)).one(), seen)
    assert conversation(house).unread == 0


def test_it_starts_no_rule_and_answers_no_question(house: House, moving_clock: MovingClock) -> None:
    record = house.record(first_name="Ana", mobile=ANA)
    house.rules(RULES)
    react(house, "ask me")
    before = len(house.runs())
    moving_clock.move(minutes=2)
    react(house, "Liked “Is nine o'clock fine?”")
    react(house, "Liked “something that we never wrote”")
    react(house, "Loved an image")
    assert len(house.runs()) == before
    assert {message.stage for message in house.messages("in")} == {"triggered"}
    assert [message.text for message in house.messages()] == ["Is nine o'clock fine?"]
    assert "answered" not in tags(house, record)
    react(house, "Yes it is")
    assert "answered" in tags(house, record)


def tags(house: House, record: int) -> set[str]:
    with house.app.app_context():
        return {kept.tag for kept in db.session.get_one(Record, record).tags}


def test_a_text_for_later_that_a_reply_is_to_stop_goes_out_all_the_same(
    house: House, moving_clock: MovingClock
) -> None:
    write(house)
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).one()
        later = moving_clock.moment.replace(hour=12)
        outbox.queue(
            outbox.Draft(line=line, number=ANA, text="Still there?", intent="l", due_at=later, unless_reply=True)
        )
    react(house, f"Liked “{ASKED}”")
    moving_clock.move(hours=3)
    house.work()
    assert [message.status for message in house.messages()] == ["accepted", "accepted"]


def test_a_stop_is_a_stop_whatever_stands_around_it(house: House) -> None:
    """An account may have any word for STOP: what holds one is a text, and somebody is to see it."""
    with house.app.app_context(), transaction():
        settings = Settings.get()
        before, settings.stop_words = settings.stop_words, [*settings.stop_words, "LIKED NO MORE"]
    try:
        react(house, "Liked “no more”")
    finally:
        with house.app.app_context(), transaction():
            Settings.get().stop_words = before
    with house.app.app_context():
        assert db.session.scalars(select(OptOut.number)).all() == [ANA]
        assert db.session.scalars(select(Message.reaction).where(Message.direction == "in")).all() == [None]
    assert (conversation(house).unread, conversation(house).state) == (1, "open")


def test_what_the_provider_takes_for_a_stop_is_no_reaction(house: House) -> None:
    house.post(house.inbound_url, {**inbound_form("Liked “ok”", ANA, "SM" + "1" * 32), "OptOutType": "STOP"})
    house.work()
    assert house.messages("in")[0].reaction is None
    with house.app.app_context():
        assert db.session.scalars(select(OptOut.number)).all() == [ANA]


def test_trying_a_text_says_that_it_is_one(house: House) -> None:
    house.record(first_name="Ana", mobile=ANA)
    house.rules(RULES)
    with house.app.app_context():
        trial = trying.try_text("Liked “ok”", number=ANA)
        assert (trial.is_reaction, trial.runs) == (True, [])
        assert not trying.try_text("ok", number=ANA).is_reaction
