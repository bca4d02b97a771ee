"""Texts, pictures and receipts of Vonage's Messages API, its signed webhooks, and its sends."""

import json
from dataclasses import replace

import pytest

from flexie.providers import Malformed, Media, Refused, adapter
from tests.providers import cases_vonage as cases

vonage = adapter("vonage")


def refused(request, credentials=cases.CREDENTIALS, now=cases.NOW):
    with pytest.raises(Refused) as refused:
        vonage.verify(request, credentials, now)
    return refused.value


def only(request, kind="inbound"):
    (event,) = vonage.parse(request, kind)
    return event


def bearing(value):
    request = cases.inbound()
    return replace(request, headers={**request.headers, "authorization": value})


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer  ", "Basic aGk6aG8=", "Token x"])
def test_a_callback_that_is_not_signed_is_to_come_again(value):
    """After a 4xx Vonage would not, and the text be lost."""
    assert refused(bearing(value)).status == 503


def test_a_signature_that_is_early_by_our_clock_is_to_come_again():
    assert refused(cases.signed(cases.TEXT, iat=int(cases.NOW.timestamp()) + 5)).status == 503


@pytest.mark.parametrize("changes", [
    {"payload_hash": None}, {"payload_hash": ""}, {"payload_hash": 1}, {"payload_hash": "é"}, {"payload_hash": ["x"]},
    {"exp": 1},
])  # fmt: skip
def test_a_signature_that_does_not_name_the_body_or_is_over_is_refused(changes):
    assert refused(cases.signed(cases.TEXT, **changes)).status == 403


def test_the_hash_is_of_the_raw_bytes():
    spaced = json.dumps(cases.TEXT, indent=3).encode()
    vonage.verify(cases.signed(spaced), cases.CREDENTIALS, cases.NOW)
    assert "changed" in refused(replace(cases.signed(spaced), body=json.dumps(cases.TEXT).encode())).reason


def test_the_scheme_is_read_in_any_case():
    vonage.verify(
        bearing(cases.inbound().header("Authorization").replace("Bearer", "bEARER")), cases.CREDENTIALS, cases.NOW
    )


@pytest.mark.parametrize("kind", ["image", "audio", "video", "file", "vcard"])
def test_one_attachment_has_a_field_of_its_own(kind):
    event = only(cases.inbound(channel="mms", text=None, **{kind: {"url": "https://m.example/1", "caption": "look"}}))
    assert (event.text, event.media) == ("look", (Media("https://m.example/1", None),))


def test_several_attachments_stand_in_a_list():
    content = [
        {"type": "image", "url": "https://m.example/1", "caption": "one"}, {"type": "text", "text": "two"},
        {"type": "video", "url": "https://m.example/2"}, {"type": "hologram", "url": "https://m.example/3"}, "odd",
    ]  # fmt: skip
    event = only(cases.inbound(channel="mms", text=None, content=content))
    assert event.text == "one\ntwo"
    assert [media.url for media in event.media] == ["https://m.example/1", "https://m.example/2"]


@pytest.mark.parametrize("changes", [
    {"message_uuid": ""}, {"from": None}, {"to": {"id": "x"}}, {"channel": "whatsapp"}, {"channel": None},
])  # fmt: skip
def test_texts_that_lack_what_matters_are_malformed(changes):
    assert isinstance(only(cases.inbound(**changes)), Malformed)


@pytest.mark.parametrize(("said", "status", "final"), [
    ("submitted", "sent", False), ("delivered", "delivered", True), ("read", "delivered", True),
    ("rejected", "failed", True), ("undeliverable", "failed", True),
])  # fmt: skip
def test_statuses(said, status, final):
    event = only(cases.receipt(status=said), "status")
    assert (event.provider_status, event.status, event.final, event.segments) == (said, status, final, 2)


@pytest.mark.parametrize(("problem", "code", "opted_out"), [
    ({"title": "1240", "type": "https://x.example/#1240"}, "1240", True),
    ({"title": "Opted out", "type": "https://x.example/errors#1240"}, "1240", True),
    ({"title": "1210"}, "1210", False), ({"title": "Odd"}, None, False), ({"type": "https://[x"}, None, False),
    ("odd", None, False),
])  # fmt: skip
def test_the_code_of_a_failure_is_found_wherever_it_stands(problem, code, opted_out):
    event = only(cases.receipt(status="rejected", error=problem), "status")
    assert (event.error_code, event.opted_out) == (code, opted_out)


def test_a_status_that_nobody_knows_is_kept():
    assert isinstance(only(cases.receipt(status="pondering"), "status"), Malformed)


def test_pictures_go_as_mms_with_the_words_beside_the_first(text):
    pictures = ("https://a.example/1.png", "https://a.example/2.png")
    one = json.loads(vonage.build_send(replace(text, media_urls=pictures[:1]), cases.CREDENTIALS, "").body)
    assert (one["channel"], one["message_type"]) == ("mms", "image")
    assert one["image"] == {"url": pictures[0], "caption": "hi"}
    two = json.loads(vonage.build_send(replace(text, media_urls=pictures), cases.CREDENTIALS, "").body)
    assert two["message_type"] == "content"
    assert two["content"] == [
        {"type": "image", "url": pictures[0], "caption": "hi"}, {"type": "image", "url": pictures[1]},
    ]  # fmt: skip


def test_an_account_without_an_application_sends_with_its_key(text):
    credentials = {"api_key": "a1b2c3d4", "api_secret": "s", "signature_secret": cases.SECRET}
    assert vonage.build_send(text, credentials, "").headers["Authorization"] == "Basic YTFiMmMzZDQ6cw=="
    assert (vonage.complaint(credentials), vonage.account(credentials)) == ("", "a1b2c3d4")


@pytest.mark.parametrize(("changes", "words"), [
    ({"private_key": ""}, "with its private key"), ({"application_id": ""}, "with its private key"),
    ({"private_key": "x"}, "five dashes"),
])  # fmt: skip
def test_credentials_that_cannot_work_are_complained_about(changes, words, text):
    assert words in vonage.complaint(cases.CREDENTIALS | changes)


def test_nothing_is_sent_without_credentials(text):
    with pytest.raises(ValueError, match="no credentials"):
        vonage.build_send(text, {"signature_secret": cases.SECRET}, "")
