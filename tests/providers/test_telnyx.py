"""Telnyx's texts and receipts, its signature against a second reading of it, and its sends."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexie.providers import Malformed, Media, Refused, adapter
from tests.providers import cases_telnyx as cases
from tests.providers.calm import calmly

telnyx = adapter("telnyx")


def why(request, credentials=cases.CREDENTIALS, now=cases.NOW):
    with pytest.raises(Refused) as refused:
        telnyx.verify(request, credentials, now)
    return refused.value.reason


def only(request):
    (event,) = telnyx.parse(request, "inbound")
    return event


@calmly
@given(st.binary(max_size=200))
def test_any_body_that_telnyx_signed_is_authentic(body):
    telnyx.verify(cases.signed(body), cases.CREDENTIALS, cases.NOW)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_way_are_forgiven(seconds):
    telnyx.verify(cases.inbound(), cases.CREDENTIALS, cases.NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301, 10**6])
def test_more_are_not(seconds):
    assert "too old" in why(cases.inbound(), now=cases.NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("key", ["", "x", base64.b64encode(b"k" * 31).decode(), base64.b64encode(b"k" * 33).decode()])
def test_a_public_key_that_is_none_is_named(key):
    assert "public key" in why(cases.inbound(), {"public_key": key})
    assert "44 characters" in telnyx.complaint({"public_key": key})


@pytest.mark.parametrize("signature", ["%", "AAAA", base64.b64encode(bytes(64)).decode().rstrip("="), "ab" * 64])
def test_a_signature_in_another_form_is_refused(signature):
    request = cases.inbound()
    why(replace(request, headers={**request.headers, "telnyx-signature-ed25519": signature}))


def test_headers_are_found_in_any_case():
    request = cases.inbound()
    shouted = {name.upper(): value for name, value in request.headers.items()}
    telnyx.verify(replace(request, headers=shouted), cases.CREDENTIALS, cases.NOW)


def test_a_text_with_pictures_and_no_words():
    media = [{"url": "https://m.example/1", "content_type": "image/png", "size": 9}, {"url": "https://m.example/2"}]
    event = only(cases.inbound(text=None, media=media, type="MMS"))
    assert (event.text, event.media) == (
        "",
        (Media("https://m.example/1", "image/png"), Media("https://m.example/2", None)),
    )


def test_a_text_to_a_group_came_to_the_number_that_the_webhook_is_for():
    to = [
        {"phone_number": "+12025550199", "status": "unknown"},
        {"phone_number": cases.LINE, "status": "webhook_delivered"},
    ]
    assert only(cases.inbound(to=to)).to == cases.LINE


@pytest.mark.parametrize("changes", [
    {"id": None}, {"from": {}}, {"from": "x"}, {"to": []}, {"to": None}, {"text": None},
])  # fmt: skip
def test_texts_that_lack_what_matters_are_malformed(changes):
    assert isinstance(only(cases.inbound(**changes)), Malformed)


@pytest.mark.parametrize(("said", "status", "final"), [
    ("queued", "queued", False), ("sending", "queued", False), ("sent", "sent", False),
    ("delivered", "delivered", True), ("delivery_unconfirmed", "sent", True), ("sending_failed", "failed", True),
    ("delivery_failed", "failed", True), ("expired", "failed", True), ("read", "delivered", True),
])  # fmt: skip
def test_statuses(said, status, final):
    event = only(cases.receipt(status=said))
    assert (event.provider_status, event.status, event.final, event.opted_out) == (said, status, final, False)


def test_a_receipt_for_a_group_is_one_for_each():
    to = [{"phone_number": cases.PHONE, "status": "delivered"}, {"phone_number": "+14135550123", "status": "lost"}]
    delivered, lost = telnyx.parse(cases.receipt(to=to), "status")
    assert (delivered.status, delivered.to) == ("delivered", cases.PHONE)
    assert isinstance(lost, Malformed)


@pytest.mark.parametrize("event_type", ["message.queued", "10dlc.campaign.update", "", None])
def test_events_of_other_kinds_are_kept_and_not_read(event_type):
    assert isinstance(only(cases.receipt(event_type=event_type)), Malformed)


def test_our_id_is_believed_only_where_it_is_signed():
    request = cases.receipt("m-1")
    assert only(replace(request, url=f"{cases.URL}?message=m-2")).our_id == "m-1"
    elsewhere = cases.receipt(webhook_url="https://other.example/")
    assert only(replace(elsewhere, url=f"{cases.URL}?message=m-2")).our_id is None


def test_a_name_is_sent_from_with_its_profile(text):
    wanted = telnyx.build_send(
        replace(text, sender_number="Acme"), cases.CREDENTIALS | {"messaging_profile_id": "p-1"}, ""
    )
    assert json.loads(wanted.body)["messaging_profile_id"] == "p-1"
    assert wanted.headers["Idempotency-Key"] == text.public_id


def test_a_picture_without_words_is_sent_without_words(text):
    wanted = telnyx.build_send(replace(text, text="", media_urls=("https://a.example/1",)), cases.CREDENTIALS, "")
    assert "text" not in json.loads(wanted.body)
