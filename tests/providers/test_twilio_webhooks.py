"""Twilio's texts and receipts, and the forms that only look like them."""

from urllib.parse import urlencode

import pytest

from flexie.providers import Malformed, MalformedRequest, Media, adapter
from tests.providers import cases_twilio as cases

URL = "https://sms.example.test/webhooks/twilio/t0k/inbound"
twilio = adapter("twilio")


def pairs(**changes):
    return list((cases.TEXT | changes).items())


def parse(form, kind="inbound"):
    return twilio.parse(cases.signed(URL, form), kind)[0]


def test_a_text_with_pictures():
    event = parse(
        pairs(
            NumMedia="2", MediaUrl0="https://api.twilio.com/m/0", MediaContentType0="image/png",
            MediaUrl1="https://api.twilio.com/m/1",
        )
    )  # fmt: skip
    assert event.media == (Media("https://api.twilio.com/m/0", "image/png"), Media("https://api.twilio.com/m/1", None))


@pytest.mark.parametrize("changes", [
    {"NumMedia": "1"}, {"NumMedia": "x"}, {"NumMedia": "9999"}, {"MediaUrl0": "https://m.example/0"},
    {"NumMedia": "1", "MediaUrl0": "file:///etc/passwd"}, {"NumMedia": "1", "MediaUrl1": "https://m.example/1"},
])  # fmt: skip
def test_media_that_do_not_agree_with_their_number_are_malformed(changes):
    assert isinstance(parse(pairs(**changes)), Malformed)


@pytest.mark.parametrize("word", ["STOP", "START", "HELP"])
def test_advanced_opt_out_is_read(word):
    assert parse(pairs(OptOutType=word)).opt_out == word.lower()


def test_senders_may_be_short_codes_and_names():
    assert parse(pairs(From="55555")).sender == "55555"
    assert parse(pairs(From="MyBank")).sender == "MyBank"


@pytest.mark.parametrize("name", ["Body", "From", "To", "MessageSid", "AccountSid", "NumMedia"])
def test_a_field_that_comes_twice_is_malformed(name):
    with pytest.raises(MalformedRequest, match="comes twice"):
        parse([*pairs(), (name, "x")])


def test_a_text_cut_into_an_invented_field_signs_alike_and_is_malformed():
    whole, cut = pairs(Body="hiBodyX"), [*pairs(Body="hi"), ("BodyX", "")]
    request = cases.signed(URL, cut)
    assert request.headers["x-twilio-signature"] == cases.sign(URL, whole)
    with pytest.raises(MalformedRequest, match="cut off"):
        twilio.parse(request, "inbound")


@pytest.mark.parametrize("name", ["From", "To", "MessageSid", "AccountSid"])
def test_a_text_that_swallowed_a_field_is_malformed(name):
    fields = cases.TEXT | {"Body": f"hi{name}{cases.TEXT[name]}"}
    with pytest.raises(MalformedRequest, match=name):
        parse([pair for pair in fields.items() if pair[0] != name])


def test_an_id_that_swallowed_its_neighbours_is_malformed():
    """Else the same text would come in again under a new id."""
    with pytest.raises(MalformedRequest, match="MessageSid"):
        parse(pairs(MessageSid=cases.TEXT["MessageSid"] + "NumMedia0"))


def test_fields_that_twilio_adds_one_day_do_no_harm():
    assert parse([*pairs(), ("Brand", "new"), ("ToPlanet", ""), ("Tag", "a"), ("Tag", "b")]).text == "hi"


def test_another_accounts_text_is_not_taken_even_when_signed():
    event = twilio.check_owner(parse(pairs(AccountSid="AC" + "b" * 32)), cases.ACCOUNT, [cases.LINE])
    assert "another Twilio account" in event.reason


@pytest.mark.parametrize(("said", "status", "final"), [
    ("accepted", "queued", False), ("scheduled", "queued", False), ("queued", "queued", False),
    ("sending", "queued", False), ("sent", "sent", False), ("delivered", "delivered", True),
    ("read", "delivered", True), ("undelivered", "failed", True), ("failed", "failed", True),
    ("canceled", "failed", True),
])  # fmt: skip
def test_statuses(said, status, final):
    (event,) = twilio.parse(cases.receipt(MessageStatus=said), "status")
    assert (event.provider_status, event.status, event.final, event.opted_out) == (said, status, final, False)


def test_a_receipt_with_21610_is_an_opt_out():
    (event,) = twilio.parse(cases.receipt(MessageStatus="failed", ErrorCode="21610"), "status")
    assert (event.error_code, event.opted_out) == ("21610", True)


@pytest.mark.parametrize("changes", [{"MessageStatus": "received"}, {"MessageStatus": "lost"}, {"ErrorCode": "1&2"}])
def test_receipts_that_say_nothing_known_are_malformed(changes):
    (event,) = twilio.parse(cases.receipt(**changes), "status")
    assert isinstance(event, Malformed)


def test_two_ids_of_ours_in_the_address_are_none():
    request = cases.signed(f"{URL}?{urlencode([('message', 'a'), ('message', 'b')])}", cases.RECEIPT)
    assert twilio.parse(request, "status")[0].our_id is None


@pytest.mark.parametrize("name", ["Body", "From", "FromCity"])
def test_a_field_that_says_the_same_twice_does_no_harm(name):
    doubled = next(pair for pair in [*pairs(), ("FromCity", "CHICOPEE")] if pair[0] == name)
    assert parse([*pairs(), doubled]).text == cases.TEXT["Body"]
