"""Twilio's signature against the official verifier, and what the line's page says of a wrong one."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from flexie.providers import RawRequest, Refused, adapter
from tests.providers import cases_twilio as cases
from tests.providers.calm import calmly

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = "X-Twilio-Webhooks-Signature-Settings"
URL = "https://sms.example.test/webhooks/twilio/t0k/inbound"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.lists(st.tuples(st.sampled_from(["Body", "To", "From", "é", "A b", "MediaUrl0"]) | texts, texts), max_size=8)
urls = st.sampled_from([
    URL, "http://sms.example.test/a", "https://sms.example.test:443/a?x=1&y=", "http://sms.example.test:80/",
    "https://sms.example.test:8443/a", "https://sms.example.test", "https://sms.example.test/a%20b?m=%C3%A9",
])  # fmt: skip


def takes(request, credentials=cases.CREDENTIALS):
    try:
        adapter("twilio").verify(request, credentials, NOW)
    except Refused:
        return False
    return True


def why(request, credentials=cases.CREDENTIALS):
    with pytest.raises(Refused) as refused:
        adapter("twilio").verify(request, credentials, NOW)
    return refused.value.reason


@calmly
@given(forms, urls, urls, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256", "hmac_sha256", "HMAC_MD5"]))
def test_any_form_at_any_address_gets_the_official_verdict(form, url, signed_for, algorithm):
    secret = cases.CREDENTIALS["auth_token" if algorithm == "HMAC_SHA1" else "shared_key"]
    validator = RequestValidator(secret)
    known = "HMAC_SHA256" if algorithm == "HMAC_MD5" else algorithm
    signature = validator.compute_signature(signed_for, MultiDict(form), known)
    headers = {
        "X-Twilio-Signature": signature,
        SETTINGS: f"key=k1,algorithm={algorithm}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    request = RawRequest("POST", url, headers, urlencode(form).encode())
    assert takes(request) is validator.validate(url, MultiDict(form), signature, algorithm)


@calmly
@given(texts, st.booleans())
def test_a_json_body_gets_the_official_verdict(body, changed):
    url = f"{URL}?bodySHA256={sha256(body.encode()).hexdigest()}"
    validator = RequestValidator(cases.CREDENTIALS["auth_token"])
    signature = validator.compute_signature(url, {})
    arrived = body + "x" if changed else body or "{}"
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/json"}
    request = RawRequest("POST", url, headers, arrived.encode())
    assert takes(request) is validator.validate(url, arrived, signature)


def test_repeated_and_blank_values_are_signed():
    pairs = [("Tag", "b"), ("Tag", "a"), ("Tag", "b"), ("Blank", "")]
    assert takes(cases.signed(URL, pairs))


def test_a_body_that_is_no_form_must_be_named_by_its_hash():
    headers = {"X-Twilio-Signature": cases.sign(URL, []), "Content-Type": "application/json"}
    assert "hash of its body" in why(RawRequest("POST", URL, headers, b"{}"))


def test_an_unknown_algorithm_is_refused():
    request = cases.inbound()
    assert "algorithm" in why(replace(request, headers={**request.headers, SETTINGS: "key=k,algorithm=NONE"}))


def test_a_signature_with_a_shared_key_says_which_secret_is_missing():
    request = cases.inbound()
    settings = {**request.headers, SETTINGS: "key=k,algorithm=HMAC_SHA256"}
    assert "shared key" in why(replace(request, headers=settings), {"auth_token": "t"})


@pytest.mark.parametrize(
    "used",
    [
        URL.replace("https", "http"), f"{URL}/", URL.replace("sms.example.test", "old.example.test"),
        f"{URL}?x=1".replace("?x=1", ""),
    ],
)  # fmt: skip
def test_a_wrong_address_is_named(used):
    host = used.split("/")[2]
    signed = cases.signed(used, cases.TEXT)
    request = RawRequest("POST", f"{URL}?x=1", {**signed.headers, "Host": host}, signed.body)
    assert f"signed for {used}, but this line's address is {URL}?x=1" in why(request)


def test_another_accounts_secret_is_named():
    assert "another account" in why(cases.inbound(), {"auth_token": "other"})


def test_too_many_fields_are_refused():
    assert "more fields" in why(cases.signed(URL, [(f"F{at}", "") for at in range(1001)]))
