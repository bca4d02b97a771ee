"""Sinch's texts and receipts, its signature, and the access tokens of its projects."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexie.providers import Accepted, Malformed, Media, NotSent, Refused, Rejected, Throttled, adapter, post
from tests.providers import cases_sinch as cases
from tests.providers import vectors
from tests.providers.calm import calmly
from tests.providers.conftest import respond

sinch = adapter("sinch")
TOKEN = b'{"access_token":"tok","expires_in":3599,"token_type":"bearer"}'
DONE = b'{"id":"out-1"}'


def refused(request, credentials=cases.CREDENTIALS, now=cases.NOW):
    with pytest.raises(Refused) as refused:
        sinch.verify(request, credentials, now)
    return refused.value


def only(request):
    (event,) = sinch.parse(request, "inbound")
    return event


@calmly
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_body_that_sinch_signed_is_authentic(body):
    sinch.verify(cases.signed(body.encode()), cases.CREDENTIALS, cases.NOW)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16"])
def test_the_text_is_signed_whatever_it_is_written_in(charset):
    request = cases.signed(cases.TEXT | {"body": "é"}, charset=charset)
    sinch.verify(request, cases.CREDENTIALS, cases.NOW)
    assert only(request).text == "é"


@pytest.mark.parametrize("charset", ["no-such", "ascii"])
def test_a_body_that_is_not_what_it_says_is_refused(charset):
    request = cases.signed(cases.TEXT | {"body": "é"})
    refused(
        replace(
            request, headers={**request.headers, "content-type": f"application/json; charset={charset}"}, body=b"\xff"
        )
    )


@pytest.mark.parametrize("hours", [-23, 23])
def test_what_sinch_repeats_for_a_day_is_taken(hours):
    sinch.verify(cases.inbound(), cases.CREDENTIALS, cases.NOW + timedelta(hours=hours))


@pytest.mark.parametrize("hours", [-25, 25])
def test_what_is_older_is_not(hours):
    assert "too old" in refused(cases.inbound(), now=cases.NOW + timedelta(hours=hours)).reason


def test_a_callback_that_is_not_signed_is_to_come_again():
    """After a 4xx Sinch would not, and the text be lost."""
    request = cases.inbound()
    bare = {name: value for name, value in request.headers.items() if name not in cases.PROVES}
    assert refused(replace(request, headers=bare)).status == 503
    assert refused(request, {"webhook_secret": ""}).status == 503


def test_a_name_and_a_password_are_taken_where_nothing_is_signed():
    request = replace(cases.inbound(), headers={"Authorization": "Basic dTpw"})
    sinch.verify(request, cases.CREDENTIALS | {"username": "u", "password": "p"}, cases.NOW)
    assert refused(request).status == 403
    assert refused(request, cases.CREDENTIALS | {"username": "u", "password": "other"}).status == 403


def test_a_text_with_pictures():
    media = [{"url": "https://m.example/1", "content_type": "image/png"}, {"status": "Failed", "code": 1}, "odd"]
    event = only(cases.inbound(type="mo_media", body={"subject": "s", "message": None, "media": media}))
    assert (event.text, event.media) == ("s", (Media("https://m.example/1", "image/png"),))


@pytest.mark.parametrize("changes", [
    {"id": ""}, {"from": None}, {"to": []}, {"body": None}, {"type": "mo_binary"}, {"type": None}, {"body": {}},
])  # fmt: skip
def test_texts_that_lack_what_matters_are_malformed(changes):
    assert isinstance(only(cases.inbound(**changes)), Malformed)


@pytest.mark.parametrize(("said", "status"), [
    ("Queued", "queued"), ("DISPATCHED", "sent"), ("delivered", "delivered"), ("Aborted", "failed"),
    ("Cancelled", "failed"), ("Rejected", "failed"), ("Deleted", "failed"), ("FAILED", "failed"),
    ("Expired", "failed"), ("Unknown", "failed"),
])  # fmt: skip
def test_statuses_in_any_case(said, status):
    event = only(cases.receipt(status=said, code=402))
    assert (event.provider_status, event.status, event.final) == (said, status, status in ("delivered", "failed"))
    assert event.error_code == ("402" if status == "failed" else None)


def test_the_receipts_of_a_batch_are_one_for_each_recipient():
    statuses = [
        {"status": "Delivered", "code": 0, "recipients": ["12015555555", "12015555556"]}, {"status": "Odd", "code": 1},
        {"status": "Failed", "code": 402, "count": 1}, None,
    ]  # fmt: skip
    events = sinch.parse(cases.signed({"type": "delivery_report_sms", "batch_id": "b", "statuses": statuses}), "status")
    assert [getattr(event, "to", "odd") for event in events] == ["+12015555555", "+12015555556", "odd", None]
    assert sinch.parse(cases.signed({"type": "delivery_report_sms", "batch_id": "b", "statuses": []}), "status") == []


def test_a_picture_goes_with_its_words(text):
    one = json.loads(sinch.build_send(replace(text, media_urls=("https://a.example/1",)), cases.CREDENTIALS, "").body)
    assert (one["type"], one["body"]) == ("mt_media", {"url": "https://a.example/1", "message": "hi"})
    with pytest.raises(ValueError, match="one picture"):
        sinch.build_send(replace(text, media_urls=("https://a.example/1",) * 2), cases.CREDENTIALS, "")


@pytest.mark.parametrize(("changes", "address"), [
    ({}, "https://us.sms.api.sinch.com"), ({"region": "EU"}, "https://eu.sms.api.sinch.com"),
    ({"service_plan_id": ""}, "https://zt.us.sms.api.sinch.com"), ({"region": "x.evil.example/"}, "https://us.sms.api.sinch.com"),
])  # fmt: skip
def test_each_region_has_its_address(changes, address):
    assert sinch.base_url(cases.CREDENTIALS | changes) == address


@pytest.mark.parametrize(("changes", "words"), [
    ({"api_token": ""}, "Give a service plan"), ({"webhook_secret": ""}, "webhook secret"),
    ({"region": "mars"}, "region is"),
])  # fmt: skip
def test_credentials_that_cannot_work_are_complained_about(changes, words):
    assert words in sinch.complaint(cases.CREDENTIALS | changes)
    assert sinch.complaint(cases.PROJECT) == ""


def answer(status, body):
    """An answer after which the connection stays open: one that closes without saying so may be used once more."""
    return respond(status, body, then="stay")


@pytest.fixture
def send(text, client, faults):
    def send(*answers):
        left = list(answers)
        faults.misbehave = lambda connection: left.pop(0)(connection)
        return post(sinch, text, cases.PROJECT, faults.url, client=client, timeout=2)

    return send


def posted(faults):
    return [head.split(" ", 2)[1] for head, _ in faults.requests]


def test_a_project_sends_with_an_access_token_that_it_keeps(send, faults):
    sent = [send(answer(200, TOKEN), answer(201, DONE)), send(answer(201, DONE))]
    assert sent == [Accepted("out-1", "accepted", "queued")] * 2
    assert posted(faults) == ["/oauth2/token", *["/xms/v1/proj/batches"] * 2]
    assert "Authorization: Bearer tok\r\n" in faults.requests[2][0] + "\r\n"


def test_the_request_for_a_token_is_the_official_clients(faults, send):
    send(answer(200, TOKEN), answer(201, DONE))
    captured = next(request for request in vectors.SDK_REQUESTS if request["path"] == "/oauth2/token")
    head, body = faults.requests[0]
    assert body.decode() == captured["body"]
    assert f"content-type: {captured['headers']['content-type']}" in head.lower()
    assert "authorization: basic " in head.lower()


@pytest.mark.parametrize(("status", "body", "outcome"), [
    (401, b"{}", Rejected), (400, b"{}", Rejected), (500, b"{}", NotSent), (200, b"<html>", NotSent),
    (429, b"{}", Throttled),
    (200, b'{"access_token":"a\\nb"}', NotSent), (200, b"{}", NotSent), (302, TOKEN, NotSent),
])  # fmt: skip
def test_without_a_token_nothing_is_sent(faults, send, status, body, outcome):
    assert isinstance(send(answer(status, body)), outcome)
    assert posted(faults) == ["/oauth2/token"]


def test_a_broken_connection_while_a_token_is_fetched_sends_nothing(faults, send):
    assert isinstance(send(faults.reset), NotSent)
    assert faults.posts == 1


def test_a_token_that_is_taken_no_more_is_fetched_anew_at_the_next_attempt(faults, send):
    send(answer(200, TOKEN), answer(201, DONE))
    assert isinstance(send(answer(401, b"{}")), NotSent)
    assert isinstance(send(answer(200, TOKEN), answer(201, DONE)), Accepted)
    assert posted(faults)[-2:] == ["/oauth2/token", "/xms/v1/proj/batches"]


def test_a_fresh_token_that_is_not_taken_blames_the_credentials(faults, send):
    outcome = send(answer(200, TOKEN), answer(401, b"{}"))
    assert isinstance(outcome, Rejected)
    assert outcome.bad_credentials


def test_a_token_is_given_up_before_its_time_is_over(faults, send):
    short = answer(200, b'{"access_token":"tok","expires_in":59}')
    for _ in range(2):
        send(short, answer(201, DONE))
    assert posted(faults).count("/oauth2/token") == 2
