"""Step 1: what a provider posts is stored once, or refused, and answered as the provider expects."""

import pytest
from sqlalchemy import func, select

from flexie.db import db
from flexie.models import Conversation, Line, Message, WebhookEvent
from tests.house import ANA, House, inbound_form

SID = "SM" + "7" * 32


def rows(house: House, model: type) -> int:
    with house.app.app_context():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_text_is_stored_with_its_conversation_and_answered_with_empty_twiml(house: House) -> None:
    answer = house.text("Hello there", sid=SID)

    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert "<Response" in answer.text
    (message,) = house.messages("in")
    assert (message.text, message.sender_number, message.status, message.stage) == (
        "Hello there", ANA, "received", "stored",
    )  # fmt: skip
    with house.app.app_context():
        conversation = db.session.scalars(select(Conversation)).one()
        assert (conversation.number, conversation.unread, conversation.last_text) == (ANA, 1, "Hello there")


def test_the_same_text_again_changes_nothing(house: House) -> None:
    for _ in range(3):
        assert house.text("Hello", sid=SID).status_code == 200

    assert rows(house, Message) == 1
    with house.app.app_context():
        assert db.session.scalars(select(Conversation.unread)).one() == 1


def test_texts_of_one_number_share_a_conversation(house: House) -> None:
    house.text("One")
    house.text("Two")

    with house.app.app_context():
        conversation = db.session.scalars(select(Conversation)).one()
        assert (conversation.unread, conversation.last_text) == (2, "Two")


def test_a_wrong_signature_changes_nothing_but_the_lines_counter(house: House) -> None:
    answer = house.post(house.inbound_url, inbound_form("Hello", ANA, SID), token="another token")

    assert answer.status_code == 403
    assert rows(house, Message) == rows(house, WebhookEvent) == 0
    with house.app.app_context():
        line = db.session.scalars(select(Line)).one()
        assert line.refused_count == 1
        assert line.refused_reason


@pytest.mark.parametrize(
    "change", [{"Body": "changed"}, {"Extra": ""}, {"From": "+14155550199"}], ids=["body", "added", "sender"]
)
def test_an_altered_request_is_refused(house: House, change: dict[str, str]) -> None:
    form = inbound_form("Hello", ANA, SID)
    from twilio.request_validator import RequestValidator

    from tests.house import AUTH_TOKEN

    signature = RequestValidator(AUTH_TOKEN).compute_signature(house.inbound_url, form)
    path = house.inbound_url.removeprefix(house.app.config["PUBLIC_URL"])
    answer = house.client.post(path, data={**form, **change}, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == 403
    assert rows(house, Message) == 0


def test_the_host_header_does_not_decide_what_was_signed(house: House) -> None:
    path = house.inbound_url.removeprefix(house.app.config["PUBLIC_URL"])
    from twilio.request_validator import RequestValidator

    from tests.house import AUTH_TOKEN

    form = inbound_form("Hello", ANA, SID)
    signature = RequestValidator(AUTH_TOKEN).compute_signature("https://evil.example" + path, form)
    headers = {"X-Twilio-Signature": signature, "Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    assert house.client.post(path, data=form, headers=headers).status_code in (400, 403)
    assert rows(house, Message) == 0


def test_an_unknown_address_is_not_found(house: House) -> None:
    assert house.client.post("/webhooks/twilio/no-such-line/inbound", data={}).status_code == 404
    token = house.inbound_url.split("/")[-2]
    assert house.client.post(f"/webhooks/simulator/{token}/inbound", data={}).status_code == 404


def test_an_authentic_text_that_cannot_be_read_is_kept_as_refused(house: House) -> None:
    form = inbound_form("Hello", ANA, SID)
    del form["From"]

    assert house.post(house.inbound_url, form).status_code == 200
    assert house.post(house.inbound_url, form).status_code == 200

    assert rows(house, Message) == 0
    with house.app.app_context():
        event = db.session.scalars(select(WebhookEvent)).one()
        assert event.state == "refused"
        assert event.reason


def test_a_text_for_another_account_is_not_taken(house: House) -> None:
    form = {**inbound_form("Hello", ANA, SID), "AccountSid": "AC" + "b" * 32}

    house.post(house.inbound_url, form)

    assert rows(house, Message) == 0


def test_a_body_over_a_megabyte_is_too_large(house: House) -> None:
    path = house.inbound_url.removeprefix(house.app.config["PUBLIC_URL"])

    answer = house.client.post(path, data=b"Body=" + b"x" * 1_100_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 413


def test_pictures_are_kept_with_the_message(house: House) -> None:
    form = inbound_form("", ANA, SID) | {
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com/m/1",
        "MediaContentType0": "image/jpeg",
    }

    house.post(house.inbound_url, form)

    (message,) = house.messages("in")
    assert message.media == [{"url": "https://api.twilio.com/m/1", "content_type": "image/jpeg"}]


def test_odd_characters_are_stored_on_every_database(house: House) -> None:
    house.text("a\x00b 😀 \u202e")

    (message,) = house.messages("in")
    assert message.text.endswith("😀 \u202e")
    assert "\x00" not in message.text


def test_a_database_that_is_away_is_a_503_and_the_retry_stores_the_text(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flexie import intake

    def away(*_: object) -> bool:
        raise OSError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(intake.Intake, "_store_once", away)
        assert house.text("Hello", sid=SID).status_code == 503
    assert house.text("Hello", sid=SID).status_code == 200

    assert rows(house, Message) == 1
