"""Tokens that webhooks are signed with: against a second writing of them, and with what forgers try."""

import hashlib
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from flexie.providers import webtoken
from tests.providers.calm import calmly
from tests.providers.cases_vonage import KEY, NOW, PEM, SECRET, piece, token

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
AT = int(NOW.timestamp())
values = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(st.characters(exclude_categories=["Cs"]))


def read(word, secret=SECRET, algorithms=("HS256",), now=NOW, leeway=0):
    return webtoken.claims(word, secret, algorithms, now, leeway)


def why(word, **given_):
    with pytest.raises(webtoken.BadToken) as bad:
        read(word, **given_)
    return bad.value


@calmly
@given(st.dictionaries(st.sampled_from(["iss", "jti", "url_hash", "é"]), values), st.sampled_from(sorted(HASHES)))
def test_what_was_signed_is_read(claims, algorithm):
    word = token(claims, header={"alg": algorithm}, digest=HASHES[algorithm])
    assert read(word, algorithms=HASHES) == claims


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_an_algorithm_that_the_provider_does_not_use_is_refused(algorithm):
    why(token({}, header={"alg": algorithm}, digest=HASHES[algorithm]))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None, "RS256", "hs256", ["HS256"], {}, "EdDSA"])
def test_what_the_header_asks_for_does_not_count(algorithm):
    for header in ({"alg": algorithm}, {"alg": algorithm, "typ": "JWT", "kid": "x"}):
        why(token({}, header=header), algorithms=HASHES)
        why((piece(header) + b"." + piece({}) + b".").decode(), algorithms=HASHES)


def test_a_public_key_is_no_secret():
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    why(token({}, secret=public, header={"alg": "HS256"}), secret=public)
    why(jwt.encode({}, PEM, algorithm="RS256"), secret=public, algorithms=["RS256", "HS256"])


@pytest.mark.parametrize("word", ["", ".", "..", "a.b.c", "é.é.é", "e30.e30", "\ud800", "." * 9999, "A" * 10**5])
def test_what_is_no_token_is_refused(word):
    assert "does not fit" in why(word).reason


def test_a_blank_secret_signs_nothing():
    assert "not set" in why(token({}, secret=""), secret="").reason


@pytest.mark.parametrize("claims", [[], "x", 1, None])
def test_claims_are_an_object(claims):
    why(token(claims))


@pytest.mark.parametrize(("claim", "seconds", "leeway", "stands"), [
    ("exp", 1, 0, True), ("exp", 0, 0, False), ("exp", 0, 1, True), ("exp", -1, 1, False),
    ("nbf", 0, 0, True), ("nbf", 1, 0, False), ("nbf", 1, 1, True), ("nbf", 2, 1, False),
    ("iat", 0, 0, True), ("iat", 1, 0, False), ("iat", -(10**9), 0, True),
])  # fmt: skip
def test_times_are_held_against_our_clock(claim, seconds, leeway, stands):
    word = token({claim: AT + seconds})
    if stands:
        assert read(word, leeway=leeway) == {claim: AT + seconds}
    else:
        assert why(word, leeway=leeway).is_early == (claim != "exp")
        assert read(word, now=NOW + timedelta(seconds=60 if claim != "exp" else -60))


@pytest.mark.parametrize("claim", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("value", ["soon", None, [], {}, float("1e999")])
def test_a_time_that_cannot_be_read_is_refused(claim, value):
    why(token({claim: value}))


def test_the_key_of_an_application_may_have_its_line_breaks_spelled_out():
    spelled = PEM.replace("\n", "\\n")
    assert (
        jwt.decode(webtoken.signed_with(spelled, "a"), KEY.public_key(), algorithms=["RS256"])["application_id"] == "a"
    )


@pytest.mark.parametrize("key", ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_signs_nothing(key):
    with pytest.raises(ValueError, match="PEM"):
        webtoken.signed_with(key, "a")
