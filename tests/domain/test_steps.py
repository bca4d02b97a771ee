"""Steps that reach beyond the record: cases, colleagues, other rules, webhooks."""

from typing import Any

from sqlalchemy import select

from flexie import clock, records
from flexie.db import db, transaction
from flexie.models import (
    Conversation,
    ConversationLink,
    Group,
    Message,
    Notice,
    Record,
    Run,
    User,
    WebhookAddress,
    WebhookCall,
)
from tests.house import ANA, House


def furnish(house: House) -> None:
    with house.app.app_context(), transaction():
        user = User(email="ben@example.com", name="Ben Smith", role="agent", password_hash="x", created_at=clock.now())
        db.session.add_all([user, Group(name="Support")])
        db.session.add(
            WebhookAddress(name="billing", url="https://example.com/x", secret="sealed", created_at=clock.now())
        )


def go(house: House, steps: str, kind: str = "contact", *more: str) -> None:
    furnish(house)
    lines = "".join(f"  {line}\n" for line in steps.splitlines())
    house.rules(f'rule "R":\n  for {kind}\n  when incoming sms matches "go"\n\n{lines}' + "".join(more))
    house.text("go")
    house.work()


def one(house: House, model: type[Any], *where: Any) -> Any:
    with house.app.app_context():
        found = db.session.scalars(select(model).where(*where)).one()
        db.session.expunge(found)
        return found


def test_a_case_is_created_about_the_record_and_the_text_joins_it(house: House) -> None:
    contact = house.record(first_name="Ana", mobile=ANA)
    go(
        house,
        'create case "From {{ first_name }}":\n  set priority to "High"\nattach message to case\n'
        'send sms "We are on it: {{ __data.created.id }}"',
    )
    case = one(house, Record, Record.kind == "case")
    assert (case.about_id, case.title, case.fields["priority"]) == (contact, "From Ana", "High")
    assert house.messages("in")[0].case_id == case.id
    sent = house.standin.posts[0].one("Body")
    assert sent == f"We are on it: {case.public_id} [FX-{case.reference}]"


def test_a_message_without_a_case_in_scope_goes_to_the_newest_open_case(house: House) -> None:
    contact = house.record(mobile=ANA)
    with house.app.app_context(), transaction():
        about = db.session.get_one(Record, contact)
        newest = [records.create("case", {"status": status}, about=about).id for status in ("Open", "New", "Closed")][1]
    go(house, "attach message to case")

    assert house.messages("in")[0].case_id == newest


def test_nothing_to_attach_to_is_said_and_the_run_goes_on(house: House) -> None:
    house.record(mobile=ANA)
    go(house, 'attach message to case\nclose case\nadd tag "on"')
    with house.app.app_context():
        words = [line.words for line in db.session.scalars(select(Run)).one().log]
    assert "not attached: there is no open case" in words
    assert "not closed: there is no open case" in words


def test_close_case_closes_the_case_that_was_created(house: House) -> None:
    house.record(mobile=ANA)
    go(house, 'create case "X"\nclose case')

    assert one(house, Record, Record.kind == "case").fields["status"] == "Closed"


def test_an_unknown_sender_becomes_a_lead_with_the_conversation(house: House) -> None:
    go(house, 'create lead:\n  set first_name to "Maria"\nsend sms "Hi"', "unknown sender")
    lead = one(house, Record, Record.kind == "lead")
    assert (lead.fields["mobile"], lead.title) == (ANA, "Maria")
    assert one(house, ConversationLink).record_id == lead.id
    house.text("again")
    house.work()
    with house.app.app_context():
        last = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert [record.id for record in last.records] == [lead.id]
        assert db.session.scalars(select(Conversation)).one().linked


def test_assigning_gives_record_and_conversation_to_a_person_or_a_group(house: House) -> None:
    contact = house.record(mobile=ANA)
    go(house, 'assign to user "Ben Smith"\nassign to group "Support"\nassign to owner')
    with house.app.app_context():
        record = db.session.get_one(Record, contact)
        conversation = db.session.scalars(select(Conversation)).one()
        assert record.owner
        assert record.owner.name == "Ben Smith"
        assert record.group
        assert record.group.name == "Support"
        assert conversation.assignee
        assert conversation.assignee.name == "Ben Smith"
        assert conversation.assigned_group is None


def test_notices_reach_persons_groups_and_owners(house: House) -> None:
    house.record(mobile=ANA, first_name="Ana")
    go(
        house,
        'notify owner "nobody"\nassign to user "Ben Smith"\nnotify owner "{{ first_name }} 1"\n'
        'notify group "Support" "2"\nnotify user "Ben Smith" "3"',
    )
    with house.app.app_context():
        told = [
            (notice.user.name if notice.user else notice.group.name, notice.text)
            for notice in db.session.scalars(select(Notice).order_by(Notice.id))
        ]
    assert told == [("Ben Smith", "Ana 1"), ("Support", "2"), ("Ben Smith", "3")]


def test_a_rule_starts_another_and_goes_on(house: House) -> None:
    contact = house.record(mobile=ANA)
    other = '\nrule "Other":\n  for contact\n  when started\n\n  wait 1 day\n  add tag "other"\n'
    go(house, 'start rule "Other"\nadd tag "on"\nstart rule "Other"\nadd tag "still on"', "contact", other)
    with house.app.app_context():
        states = [(run.depth, run.state) for run in db.session.scalars(select(Run).order_by(Run.id))]
        tags = {kept.tag for kept in db.session.get_one(Record, contact).tags}
    assert states == [(0, "done"), (1, "waiting")]
    assert tags == {"on", "still on"}


def test_a_webhook_call_is_left_in_a_row_with_what_the_run_knows(house: House) -> None:
    house.record(mobile=ANA)
    go(house, 'remember colour as "red"\ncall webhook "billing"')
    call = one(house, WebhookCall)
    assert call.state == "waiting"
    assert (call.body["rule"], call.body["data"]["colour"]) == ("R", "red")


def test_a_webhook_call_says_what_the_run_knew_when_it_was_made(house: House) -> None:
    house.record(mobile=ANA)
    go(house, 'remember colour as "red"\ncall webhook "billing"\nremember colour as "blue"')
    assert one(house, WebhookCall).body["data"]["colour"] == "red"


def test_a_name_with_a_capital_that_sqlite_cannot_lower_is_found(house: House) -> None:
    contact = house.record(mobile=ANA)
    never = {"openings": []}
    with house.app.app_context(), transaction():
        db.session.add(Group(name="Çelësi", business_hours=never))
    go(house, 'if it is not business hours of "Çelësi":\n  add tag "closed"')
    with house.app.app_context():
        assert {kept.tag for kept in db.session.get_one(Record, contact).tags} == {"closed"}
