"""Plivo's texts and receipts, its two signatures against a second writing of them, and what a nonce is good for."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from flexie.db import db
from flexie.models import Line, Message, WebhookNonce
from flexie.providers import Malformed, MalformedRequest, Media, RawRequest, Refused, adapter
from tests.providers import cases_plivo as cases
from tests.providers.arriving import deliver, texts
from tests.providers.calm import calmly

plivo = adapter("plivo")
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
forms = st.lists(st.tuples(st.sampled_from(["Text", "To", "é", "A b"]) | words, words), max_size=6)
queries = st.sampled_from(["", "message=m-1", "k=&a=1", "b=2&a=1&b=1", "k=%C3%A9+x"])


def why(request, credentials=cases.CREDENTIALS):
    with pytest.raises(Refused) as refused:
        plivo.verify(request, credentials, cases.NOW)
    return refused.value.reason


def only(request, kind="inbound"):
    (event,) = plivo.parse(request, kind)
    return event


def third(method, url, pairs, nonce="77"):
    """A request that is authentic by version 3, written after the behaviour of the official library."""
    base, _, query = url.partition("?")
    asked = parse_qsl(query, keep_blank_values=True)
    joined = "&".join(f"{name}={value}" for name, value in sorted(asked))
    fields = "".join(name + value for name, value in sorted(pairs))
    head = f"{base}?{joined}" if asked or pairs else base
    signed = cases.sign(f"{head}{'.' if asked and pairs else ''}{fields}.{nonce}")
    headers = {
        "X-Plivo-Signature-V3": f"AAAA,{signed}",
        "X-Plivo-Signature-V3-Nonce": nonce,
        "Content-Type": cases.FORM,
    }
    return RawRequest(method, url, headers, urlencode(pairs).encode())


@calmly
@given(forms, queries)
def test_version_3_signs_every_field_and_the_query(pairs, query):
    request = third("POST", f"{cases.URL}inbound" + (f"?{query}" if query else ""), pairs)
    plivo.verify(request, cases.CREDENTIALS, cases.NOW)
    assert why(replace(request, body=request.body + b"&x=y"))
    assert why(replace(request, url=f"{request.url}{'&' if query else '?'}x=y"))


def test_version_3_of_a_query_signs_it_in_order():
    url = f"{cases.URL}inbound?{urlencode({'Text': 'é 😀', 'From': '1'})}"
    plivo.verify(third("GET", url, []), cases.CREDENTIALS, cases.NOW)


def test_a_version_3_that_does_not_fit_says_so():
    assert "fields" in why(replace(third("POST", f"{cases.URL}inbound", [("a", "b")]), body=b"a=c"))


def test_too_many_fields_fit_no_signature():
    assert why(replace(third("POST", f"{cases.URL}inbound", []), body=b"a=1&" * 1001))


def test_the_main_accounts_token_is_taken_for_its_subaccounts():
    request = cases.inbound()
    signature = request.header("X-Plivo-Signature-V2")
    headers = {**request.headers, "x-plivo-signature-v2": cases.sign("other"), "x-plivo-signature-ma-v2": signature}
    plivo.verify(replace(request, headers=headers), cases.CREDENTIALS, cases.NOW)


@pytest.mark.parametrize("nonce", ["", "9" * 129])
def test_a_nonce_is_needed_and_short(nonce):
    assert why(cases.signed(f"{cases.URL}inbound", cases.TEXT, nonce))


def test_a_wrong_address_is_named():
    request = replace(cases.signed("http://sms.example.test/x", cases.TEXT), url="https://sms.example.test/x")
    assert "signed for http://sms.example.test/x, but this line's address is https://sms.example.test/x" in why(request)


def test_texts_come_as_a_query_too():
    request = cases.signed(f"{cases.URL}inbound", cases.TEXT | {"Text": "é & 😀"}, method="GET")
    plivo.verify(request, cases.CREDENTIALS, cases.NOW)
    assert only(request).text == "é & 😀"


@pytest.mark.parametrize("first", [0, 1])
def test_pictures_are_numbered_from_nought_or_one(first):
    pictures = {f"Media{first + at}": f"https://media.plivo.com/{at}" for at in (1, 0, 10)}
    changes = {"Type": "mms", "Body": "look", "MediaCount": "3", **pictures}
    fields = {name: value for name, value in (cases.TEXT | changes).items() if name != "Text"}
    event = only(cases.signed(f"{cases.URL}inbound", fields))
    assert event.text == "look"
    assert event.media == tuple(Media(f"https://media.plivo.com/{at}", None) for at in (0, 1, 10))


@pytest.mark.parametrize(("intent", "asked"), [("optout", "stop"), ("optin", "start"), ("help", "help"), ("", None)])
def test_whconnected_understood_is_kept(intent, asked):
    assert only(cases.inbound(MessageIntent=intent)).opt_out == asked


@pytest.mark.parametrize("changes", [{"MessageUUID": ""}, {"From": ""}, {"To": ""}])
def test_texts_that_lack_what_matters_are_malformed(changes):
    assert isinstance(only(cases.inbound(**changes)), Malformed)


def test_a_field_that_says_two_things_is_malformed():
    with pytest.raises(MalformedRequest, match="Text comes twice"):
        only(cases.signed(f"{cases.URL}inbound", [*cases.TEXT.items(), ("Text", "x")]))


@pytest.mark.parametrize(("said", "status", "final"), [
    ("queued", "queued", False), ("sent", "sent", False), ("delivered", "delivered", True),
    ("undelivered", "failed", True), ("failed", "failed", True), ("rejected", "failed", True), ("Sent", "sent", False),
])  # fmt: skip
def test_statuses(said, status, final):
    event = only(cases.receipt(Status=said), "status")
    assert (event.provider_status, event.status, event.final, event.segments) == (said, status, final, 2)


def test_a_status_that_nobody_knows_is_kept():
    assert isinstance(only(cases.receipt(Status="lost"), "status"), Malformed)


def test_a_text_without_a_callback_asks_for_no_receipts(text):
    body = json.loads(plivo.build_send(replace(text, status_callback_url=None), cases.CREDENTIALS, "").body)
    assert body == {"src": cases.LINE, "dst": cases.PHONE, "text": "hi"}


only_plivo = pytest.mark.parametrize("provider", ["plivo"], indirect=True)


def post(house, fields, nonce):
    request = cases.signed(house.provider.addresses["inbound"], cases.TEXT | fields, nonce)
    path = urlsplit(request.url).path
    return house.client.post(path, data=request.body, headers=dict(request.headers)).status_code


@only_plivo
def test_a_signature_that_is_repeated_with_another_text_is_refused(connected):
    assert post(connected, {}, "1") == 200
    assert post(connected, {"Text": "send money", "MessageUUID": "in-2"}, "1") == 403
    assert [text for text, _ in texts(connected)] == ["hi"]
    with connected.app.app_context():
        line = db.session.scalars(select(Line).where(Line.refused_count == 1)).one()
        assert "used before" in line.refused_reason


@only_plivo
def test_the_same_webhook_again_is_answered_and_changes_nothing(connected):
    assert [post(connected, {}, "1") for _ in range(3)] == [200] * 3
    with connected.app.app_context():
        assert len(db.session.scalars(select(Message)).all()) == 1
        assert len(db.session.scalars(select(WebhookNonce)).all()) == 1


@only_plivo
def test_a_receipt_cannot_be_turned_to_another_message(connected):
    assert deliver(connected, "status", our_id="m-1").status_code == 200
    assert deliver(connected, "status", our_id="m-2").status_code == 403


@only_plivo
def test_each_new_nonce_is_a_webhook_of_its_own(connected):
    assert post(connected, {}, "1") == 200
    assert post(connected, {"Text": "two", "MessageUUID": "in-2"}, "2") == 200
    assert [text for text, _ in texts(connected)] == ["hi", "two"]
