"""MessageBird's texts and receipts, its signed webhooks, and those of Bird."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from flexie.providers import InboundEvent, Malformed, Media, RawRequest, Refused, adapter
from tests.providers import cases_messagebird as cases
from tests.providers.cases_vonage import token

messagebird = adapter("messagebird")


def why(request, credentials=cases.CREDENTIALS, now=cases.NOW):
    with pytest.raises(Refused) as refused:
        messagebird.verify(request, credentials, now)
    return refused.value.reason


def only(request, kind="inbound"):
    (event,) = messagebird.parse(request, kind)
    return event


@pytest.mark.parametrize("changes", [
    {"iss": "Other"}, {"iss": None}, {"nbf": None}, {"exp": None}, {"url_hash": None}, {"url_hash": 1},
    {"url_hash": ""}, {"payload_hash": None}, {"payload_hash": ""}, {"payload_hash": ["x"]}, {"nbf": cases.AT + 2},
    {"exp": cases.AT - 1}, {"exp": "soon"},
])  # fmt: skip
def test_a_missing_or_odd_claim_is_a_refusal(changes):
    why(cases.signed(f"{cases.URL}inbound", cases.TEXT, **changes))


@pytest.mark.parametrize("changes", [{"nbf": cases.AT + 1}, {"exp": cases.AT}, {"iat": cases.AT + 99}, {"iat": "x"}])
def test_a_second_is_forgiven_and_the_time_of_issue_does_not_count(changes):
    messagebird.verify(cases.signed(f"{cases.URL}inbound", cases.TEXT, **changes), cases.CREDENTIALS, cases.NOW)


@pytest.mark.parametrize(("algorithm", "digest"), [("HS384", hashlib.sha384), ("HS512", hashlib.sha512)])
def test_three_algorithms_are_used(algorithm, digest):
    request = cases.inbound()
    word = token(cases.claims_for(request.url, request.body), cases.SECRET, {"alg": algorithm}, digest)
    messagebird.verify(replace(request, headers={"messagebird-signature-jwt": word}), cases.CREDENTIALS, cases.NOW)


def test_a_body_where_none_was_signed_is_refused():
    assert "with none" in why(replace(cases.receipt(), body=b"x"))


def test_a_wrong_address_is_named():
    request = cases.signed("http://sms.example.test/x", cases.TEXT)
    said = why(replace(request, url="https://sms.example.test/x"))
    assert "signed for http://sms.example.test/x, but this line's address is https://sms.example.test/x" in said


def test_the_signature_is_over_soon():
    assert "too old" in why(cases.inbound(), now=cases.NOW + timedelta(seconds=61))


@pytest.mark.parametrize("name", ["mediaUrls", "mediaUrls[]"])
def test_a_text_with_pictures(name):
    fields = [*cases.TEXT.items(), (name, "https://m.example/1"), (name, "https://m.example/2")]
    event = only(cases.signed(f"{cases.URL}inbound", fields))
    assert event.media == (Media("https://m.example/1", None), Media("https://m.example/2", None))


def test_a_text_with_pictures_in_json():
    fields = cases.TEXT | {"mediaUrls": ["https://m.example/1"], "odd": {"a": 1}, "count": 2}
    event = only(cases.signed(f"{cases.URL}inbound", fields, content_type="application/json"))
    assert (event.text, event.media) == ("hi", (Media("https://m.example/1", None),))


@pytest.mark.parametrize("changes", [{"id": ""}, {"originator": ""}, {"recipient": ""}])
def test_texts_that_lack_what_matters_are_malformed(changes):
    assert isinstance(only(cases.inbound(**changes)), Malformed)


@pytest.mark.parametrize(("said", "status", "final"), [
    ("scheduled", "queued", False), ("sent", "sent", False), ("buffered", "sent", False),
    ("delivered", "delivered", True), ("expired", "failed", True), ("delivery_failed", "failed", True),
])  # fmt: skip
def test_statuses(said, status, final):
    event = only(cases.receipt(status=said), "status")
    assert (event.provider_status, event.status, event.final, event.segments) == (said, status, final, 2)


def test_a_receipt_without_a_reference_is_known_by_its_address():
    assert only(cases.receipt("m-9", reference=""), "status").our_id == "m-9"


def test_a_status_that_nobody_knows_is_kept():
    event = only(cases.receipt(status="lost"), "status")
    assert isinstance(event, Malformed)
    assert "status=lost" in event.content


def test_pictures_cannot_go_by_messagebirds_interface_for_texts(text):
    with pytest.raises(ValueError, match="no pictures"):
        messagebird.build_send(replace(text, media_urls=("https://a.example/1",)), cases.CREDENTIALS, "")


def bird(payload, at=cases.AT, url=f"{cases.URL}status"):
    body = json.dumps({"service": "channels", "event": "sms", "payload": payload}).encode()
    words = f"{at}\n{url}\n".encode() + hashlib.sha256(body).digest()
    signature = base64.b64encode(hmac.new(cases.SECRET.encode(), words, hashlib.sha256).digest()).decode()
    headers = {"messagebird-signature": signature, "messagebird-request-timestamp": str(at)}
    return RawRequest("POST", url, headers, body)


SENT = {
    "id": "b-1",
    "direction": "outgoing",
    "status": "delivered",
    "receiver": {"contacts": [{"identifierValue": "+1"}]},
}


def test_what_bird_signed_is_authentic_and_nothing_else():
    request = bird(SENT)
    messagebird.verify(request, cases.CREDENTIALS, cases.NOW)
    why(replace(request, body=request.body + b" "))
    why(replace(request, url=request.url + "?a=1"))
    why(request, {"signing_key": ""})
    why(replace(request, headers={"messagebird-signature": request.header("messagebird-signature")}))
    assert "too old" in why(bird(SENT, cases.AT - 86_401))


@pytest.mark.parametrize("payload", [
    {}, {"id": "b-1"}, {"id": "b-1", "status": "odd"}, {"id": "b-1", "direction": "incoming"},
])  # fmt: skip
def test_events_of_bird_in_another_form_are_kept(payload):
    assert isinstance(only(bird(payload)), Malformed)


def test_a_text_of_bird_is_read():
    body = {"type": "image", "image": {"text": "look", "images": [{"mediaUrl": "https://m.example/1"}]}}
    payload = {
        "id": "b-2", "direction": "incoming", "sender": {"contact": {"identifierValue": cases.PHONE}},
        "receiver": {"connector": {"identifierValue": cases.LINE}}, "body": body,
    }  # fmt: skip
    event = only(bird(payload))
    assert isinstance(event, InboundEvent)
    assert (event.sender, event.to, event.text) == (cases.PHONE, cases.LINE, "look")
    assert event.media == (Media("https://m.example/1", None),)
