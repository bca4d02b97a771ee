"""Each provider from end to end but for the network between: a text comes in, a rule answers, a receipt comes back."""

from dataclasses import replace

from sqlalchemy import select

from flexie.db import db
from flexie.models import Conversation, Line, WebhookEvent
from tests.providers.arriving import SECOND, deliver, texts

RULES = """
rule "Hello":
  for contact
  when incoming sms matches "hi"

  send sms "Welcome"
"""


def test_a_text_is_answered_and_the_answer_delivered(connected):
    house, provider = connected, connected.provider
    house.record(first_name="Ana", mobile=provider.cases.PHONE)
    house.rules(RULES)

    answer = deliver(house, "inbound")
    expected = provider.adapter.answer("inbound")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, expected.body, expected.content_type)
    house.work()

    (message,) = house.messages()
    assert (message.status, message.text, message.to_number) == ("accepted", "Welcome", provider.cases.PHONE)
    assert house.faults.posts == 1

    for _ in range(2):
        assert deliver(house, "status", our_id=message.public_id).status_code == 200
    house.work()

    (message,) = house.messages()
    assert message.status == "delivered"
    assert texts(house) == [("hi", provider.cases.LINE)]
    (told,) = provider.adapter.parse(provider.cases.receipt(), "status")
    assert message.segments == (told.segments or provider.cases.RESPONSES["accepted"][1].segments or 1)


def test_the_same_text_again_changes_nothing(connected):
    for _ in range(3):
        assert deliver(connected, "inbound").status_code == 200
    assert texts(connected) == [("hi", connected.provider.cases.LINE)]


def test_a_receipt_finds_its_message_when_nobody_knows_whether_it_went(connected):
    house, provider = connected, connected.provider
    house.record(first_name="Ana", mobile=provider.cases.PHONE)
    house.rules(RULES)
    house.faults.misbehave = house.faults.reset
    deliver(house, "inbound")
    house.work()
    (message,) = house.messages()
    assert (message.status, message.provider_id) == ("unknown", None)

    deliver(house, "status", our_id=message.public_id)
    house.work()

    (message,) = house.messages()
    assert message.status == "delivered"
    assert house.faults.posts == 1


def test_a_receipt_of_a_message_that_is_not_ours_waits_and_harms_nothing(connected):
    assert deliver(connected, "status", our_id="nobody").status_code == 200
    connected.work()
    with connected.app.app_context():
        assert db.session.scalars(select(WebhookEvent.state)).one() == "received"


def test_a_text_to_another_line_of_the_connection_lands_there(connected):
    assert deliver(connected, "inbound", to=SECOND).status_code == 200
    assert texts(connected) == [("hi", SECOND)]
    with connected.app.app_context():
        assert db.session.scalars(select(Conversation)).one().line.number == SECOND


def test_a_text_to_a_number_of_nobody_is_kept_as_refused(connected):
    assert deliver(connected, "inbound", to="+12025550199").status_code == 200
    assert texts(connected) == []
    with connected.app.app_context():
        event = db.session.scalars(select(WebhookEvent)).one()
        assert event.state == "refused"
        assert "+12025550199" in event.reason


def test_what_is_not_authentic_changes_nothing_but_the_counter(connected):
    house, provider = connected, connected.provider
    request = provider.cases.at(provider.addresses["inbound"], "inbound")
    bare = {name: value for name, value in request.headers.items() if name not in provider.cases.PROVES}
    request = replace(request, headers=bare, body=request.body.replace(b'"sig":', b'"gis":'))
    path = request.url.removeprefix(house.app.config["PUBLIC_URL"])

    answer = house.client.open(path, method=request.method, data=request.body, headers=dict(request.headers))

    assert answer.status_code in (403, 503)
    assert texts(house) == []
    with house.app.app_context():
        line = db.session.scalars(select(Line).where(Line.number == provider.cases.LINE, Line.name != "Main")).one()
        assert (line.refused_count, db.session.scalars(select(WebhookEvent)).all()) == (1, [])


def test_a_method_that_the_provider_does_not_use_is_not_taken(connected):
    address = connected.provider.addresses["inbound"]
    for method in {"GET", "PUT", "HEAD", "DELETE"} - set(connected.provider.adapter.methods["inbound"].split()):
        path = address.removeprefix(connected.app.config["PUBLIC_URL"])
        assert connected.client.open(path, method=method).status_code == 405
