"""Vonage's older SMS API: its signature against a second writing of it, texts, parts, receipts and sends."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexie.providers import Malformed, RawRequest, Refused, adapter
from flexie.providers.events import Part
from tests.providers import cases_vonage_sms as cases
from tests.providers import vectors
from tests.providers.calm import calmly

vonage = adapter("vonage_sms")
METHODS = ["md5hash", "md5", "sha1", "sha256", "sha512"]
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
names = words.filter(lambda name: name not in ("sig", "timestamp", "message") and not set(name) & {"&", "="})


def why(request, **changes):
    with pytest.raises(Refused) as refused:
        vonage.verify(request, cases.CREDENTIALS | changes, cases.NOW)
    return refused.value.reason


def only(request, kind="inbound"):
    (event,) = vonage.parse(request, kind)
    return event


@calmly
@given(
    st.dictionaries(names, words, max_size=6), st.sampled_from(METHODS), st.sampled_from(["GET", "POST"]),
    st.sampled_from([cases.FORM, "application/json"]), st.booleans(),
)  # fmt: skip
def test_whatever_vonage_signed_is_authentic_and_nothing_else(fields, how, method, content_type, is_changed):
    fields = {"timestamp": "1767225600", **fields}
    request = cases.signed(f"{cases.URL}inbound?message=m-1", fields, method, how, content_type)
    credentials = cases.CREDENTIALS | {"signature_method": how}
    if not is_changed:
        vonage.verify(request, credentials, cases.NOW)
        return
    changed = fields | {"timestamp": "1767225601", "sig": cases.sign(fields, how)}
    other = RawRequest("POST", cases.URL, {"Content-Type": "application/json"}, json.dumps(changed).encode())
    with pytest.raises(Refused):
        vonage.verify(other, credentials, cases.NOW)


def test_the_signature_may_be_in_capitals_and_the_method_is_the_dashboards_by_default():
    fields = cases.TEXT | {"sig": cases.sign(cases.TEXT, "md5hash").upper()}
    request = RawRequest("POST", cases.URL, {"Content-Type": cases.FORM}, urlencode(fields).encode())
    for method in ("", "MD5hash"):
        vonage.verify(request, cases.CREDENTIALS | {"signature_method": method}, cases.NOW)


@pytest.mark.parametrize("changes", [{"signature_secret": ""}, {"signature_method": "rot13"}])
def test_a_secret_and_a_known_method_are_needed(changes):
    assert "enter it" in why(cases.inbound(), **changes)
    assert bool(vonage.complaint(cases.CREDENTIALS | changes)) == ("signature_method" in changes)


@pytest.mark.parametrize("missing", ["sig", "timestamp"])
def test_what_is_not_signed_is_refused(missing):
    fields = cases.TEXT | {"sig": cases.sign(cases.TEXT)}
    del fields[missing]
    assert "not signed" in why(RawRequest("POST", cases.URL, {"Content-Type": cases.FORM}, urlencode(fields).encode()))


def test_two_parameters_cannot_pass_for_one():
    """They would sign alike: a name that swallowed its neighbour, and a parameter that comes twice."""
    fields = cases.TEXT | {"sig": cases.sign(cases.TEXT)}
    keyword, timestamp = fields.pop("keyword"), fields.pop("message-timestamp")
    fields[f"keyword={keyword}&message-timestamp"] = timestamp
    assert "never have" in why(RawRequest("GET", f"{cases.URL}?{urlencode(fields)}", {}, b""))
    twice = [*cases.TEXT.items(), ("text", "other"), ("sig", cases.sign(cases.TEXT))]
    assert "comes twice" in why(RawRequest("GET", f"{cases.URL}?{urlencode(twice)}", {}, b""))


@pytest.mark.parametrize(("changes", "part"), [
    ({"concat": "true", "concat-ref": "7", "concat-total": "3", "concat-part": "2"}, Part("7", 2, 3)),
    ({"concat-ref": "", "concat-total": "3", "concat-part": "2"}, None),
    ({"concat-ref": "7", "concat-total": "1", "concat-part": "1"}, None),
    ({"concat-ref": "7", "concat-total": "3", "concat-part": "4"}, None),
    ({"concat-ref": "7", "concat-total": "999", "concat-part": "4"}, None),
    ({"concat-ref": "7", "concat-total": "x", "concat-part": "y"}, None),
])  # fmt: skip
def test_a_part_of_a_long_text_is_known_as_one(changes, part):
    assert only(cases.inbound(**changes)).part == part


@pytest.mark.parametrize("changes", [{"messageId": ""}, {"msisdn": ""}, {"to": ""}])
def test_texts_that_lack_what_matters_are_malformed(changes):
    assert isinstance(only(cases.inbound(**changes)), Malformed)


def test_a_binary_text_is_kept_and_not_read():
    fields = {name: value for name, value in cases.TEXT.items() if name != "text"} | {"type": "binary", "data": "0a"}
    assert "binary" in only(cases.signed(cases.URL, fields)).reason


@pytest.mark.parametrize(("said", "status", "final"), [
    ("accepted", "sent", False), ("buffered", "sent", False), ("unknown", "sent", False),
    ("delivered", "delivered", True), ("expired", "failed", True), ("failed", "failed", True),
    ("rejected", "failed", True),
])  # fmt: skip
def test_statuses(said, status, final):
    event = only(cases.receipt(status=said), "status")
    assert (event.provider_status, event.status, event.final, event.opted_out) == (said, status, final, False)


def test_a_receipt_of_error_9_is_an_opt_out():
    event = only(cases.receipt(status="rejected", **{"err-code": "9"}), "status")
    assert (event.error_code, event.opted_out) == ("9", True)


def test_a_receipt_without_a_reference_is_known_by_its_address():
    assert only(cases.receipt("m-9", **{"client-ref": ""}), "status").our_id == "m-9"


def test_a_status_that_nobody_knows_is_kept():
    assert isinstance(only(cases.receipt(status="lost"), "status"), Malformed)


def test_our_request_means_what_was_captured_of_the_official_client():
    captured = next(request for request in vectors.SDK_REQUESTS if request["path"] == "/sms/json")
    message = vectors.as_sent(to="+447700900000", sender="Acme")
    credentials = {"api_key": "a1b2c3d4", "api_secret": "secretsecret"}
    wanted = vonage.build_send(message, credentials, "https://rest.nexmo.com")
    ours = dict(parse_qsl(wanted.body.decode().replace("%3Fmessage%3Dmsg-42", "")))
    theirs = dict(parse_qsl(captured["body"]))
    assert (wanted.method, wanted.url) == (captured["method"], "https://rest.nexmo.com" + captured["path"])
    assert wanted.headers["Authorization"] == captured["headers"]["authorization"]
    # The library was told "unicode" for a text that needs it not.
    assert ours | {"type": "unicode"} == theirs


@pytest.mark.parametrize(("words", "kind"), [("hi é €", "text"), ("hi Ж", "unicode"), ("😀", "unicode")])
def test_a_text_is_named_unicode_where_it_is(text, words, kind):
    body = vonage.build_send(replace(text, text=words), cases.CREDENTIALS, "").body
    assert dict(parse_qsl(body.decode()))["type"] == kind


def test_pictures_cannot_go_by_the_sms_api(text):
    with pytest.raises(ValueError, match="no pictures"):
        vonage.build_send(replace(text, media_urls=("https://a.example/1",)), cases.CREDENTIALS, "")
