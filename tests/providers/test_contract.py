"""What every adapter must do, whatever its provider."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flexie.providers import (
    Accepted,
    InboundEvent,
    Malformed,
    MalformedRequest,
    RawRequest,
    Refused,
    StatusEvent,
    UnknownProvider,
    adapter,
)

NOT_IN_EVENTS = {"event_id", "sequence"}
"""What vectors tell beside: an event counts once by its message and status, and a status only climbs."""


def judge(provider, request, credentials=None, now=None):
    """Whether the adapter takes the request for authentic. Anything but Refused is an error of the adapter."""
    try:
        provider.adapter.verify(request, credentials or provider.cases.CREDENTIALS, now or provider.now)
    except Refused:
        return False
    return True


def read(provider, body, kind):
    try:
        return provider.adapter.parse(replace(provider.cases.inbound(), body=body), kind)
    except MalformedRequest as error:
        return [Malformed(str(error))]


def as_vector(event):
    """An event in the words of the vector files."""
    if isinstance(event, StatusEvent):
        return {
            "external_id": event.provider_id, "status": event.status, "provider_status": event.provider_status,
            "final": event.final, "error_code": event.error_code, "to": event.to, "client_ref": event.our_id,
            "opt_out": "stop" if event.opted_out else None, "segments": event.segments,
        }  # fmt: skip
    media = [
        {"url": media.url, **({"content_type": media.content_type} if media.content_type else {})}
        for media in event.media
    ]
    return {
        "external_id": event.provider_id, "from": event.sender, "to": event.to, "text": event.text, "media": media,
        "segments": event.segments, "received_at": event.received_at, "opt_out": event.opt_out,
    }  # fmt: skip


def test_every_vector_has_the_verdict_of_the_official_verifier(provider):
    for vector in provider.cases.VECTORS:
        request = RawRequest(vector["method"], vector["url"], vector["headers"], vector["body"].encode())
        now = datetime.fromtimestamp(vector["now"], UTC)
        assert judge(provider, request, vector["secrets"], now) is vector["valid"], vector["id"]


def test_every_vector_is_read_as_expected(provider):
    for vector in (known for known in provider.cases.VECTORS if known.get("expect")):
        request = RawRequest(vector["method"], vector["url"], vector["headers"], vector["body"].encode())
        events = [as_vector(event) for event in provider.adapter.parse(request, vector["kind"])]
        assert len(events) == len(vector["expect"])
        for event, expected in zip(events, vector["expect"], strict=True):
            expected = {name: value for name, value in expected.items() if name not in NOT_IN_EVENTS}
            if "received_at" in expected:
                expected = expected | {"received_at": datetime.fromisoformat(expected["received_at"])}
            assert {name: event[name] for name in expected} == expected, vector["id"]
            assert event.get("opt_out") == expected.get("opt_out"), vector["id"]


def test_every_response_of_the_table_has_its_outcome(provider):
    for name, ((status, headers, body), expected) in provider.cases.RESPONSES.items():
        outcome = provider.adapter.read_send(status, headers, body.encode("latin-1"))
        assert outcome == expected, name


def test_the_response_table_holds_the_cases_that_every_provider_has(provider):
    usual = {"accepted", "invalid number", "bad credentials", "opted out", "throttled", "server error", "garbage"}
    assert usual <= set(provider.cases.RESPONSES)


@pytest.mark.parametrize("status", [100, 200, 201, 204, 302, 400, 408, 429, 500, 599])
@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"sid":1}', b'{"id":{}}', b"[" * 100_000, b"\xff", b"NaN"])
def test_no_response_is_accepted_without_an_id_and_none_raises(provider, status, body):
    outcome = provider.adapter.read_send(status, {"retry-after": "soon"}, body)
    assert not isinstance(outcome, Accepted) or outcome.provider_id


@pytest.mark.parametrize("kind", ["inbound", "receipt"])
def test_any_changed_byte_of_what_is_signed_is_refused(provider, kind):
    request = getattr(provider.cases, kind)()
    assert judge(provider, request)
    if "body" in provider.cases.SIGNED:
        for body in flipped(request.body):
            assert not judge(provider, replace(request, body=body)), body
    for part in {"address", "path"} & set(provider.cases.SIGNED):
        url, mark, query = request.url.partition("?") if part == "path" else (request.url, "", "")
        for changed in flipped(url.encode()):
            assert not judge(provider, replace(request, url=changed.decode("latin-1") + mark + query)), changed


def flipped(signed):
    """What was signed, with one bit of each byte turned."""
    for at in range(len(signed)):
        changed = bytearray(signed)
        changed[at] ^= 1
        yield bytes(changed)


def test_each_header_is_needed_and_each_of_its_characters(provider):
    request = provider.cases.inbound()
    for name in provider.cases.PROVES:
        value = request.headers[name]
        for other in {"", value[:-1], value + "A", "é", value.swapcase(), "\ud800"} - {value}:
            assert not judge(provider, replace(request, headers={**request.headers, name: other})), (name, other)


def test_a_request_is_refused_while_no_secret_is_set(provider):
    blank = dict.fromkeys(provider.cases.CREDENTIALS, "")
    assert not judge(provider, provider.cases.inbound(), blank)
    assert not judge(provider, provider.cases.inbound(), {"account": "x"})


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"a=1", b"{" * 9999, b'{"id":"1","id":"2"}'])
@pytest.mark.parametrize("kind", ["inbound", "status"])
def test_unreadable_bodies_are_malformed_and_nothing_else(provider, body, kind):
    assert all(isinstance(event, Malformed) for event in read(provider, body, kind))


def test_a_webhook_that_comes_twice_reads_the_same(provider):
    first, again = (provider.adapter.parse(provider.cases.inbound(), "inbound") for _ in range(2))
    assert first == again


def test_receipts_carry_our_own_id(provider):
    (event,) = provider.adapter.parse(provider.cases.receipt("m-77"), "status")
    assert (event.our_id, event.status, event.final) == ("m-77", "delivered", True)


def test_a_webhook_at_the_wrong_address_is_counted_and_not_read_unless_there_is_one_address_for_both(provider):
    for request, right, wrong in (
        (provider.cases.receipt(), "status", "inbound"), (provider.cases.inbound(), "inbound", "status"),
    ):  # fmt: skip
        (event,) = provider.adapter.parse(request, wrong)
        if provider.adapter.one_address:
            assert [event] == provider.adapter.parse(request, right)
        else:
            assert isinstance(event, Malformed)
            assert event.content == (request.body.decode() or request.url)


def test_only_the_lines_own_texts_are_taken(provider):
    (event,) = provider.adapter.parse(provider.cases.inbound(), "inbound")
    assert owned(provider, event, [provider.cases.LINE, "+19995550100"]) is event
    strange = owned(provider, event, ["+19995550100"])
    assert "not the number of this line" in strange.reason
    assert event.provider_id in strange.content


def test_receipts_come_for_whatever_number_the_text_went_to(provider):
    (event,) = provider.adapter.parse(provider.cases.receipt(), "status")
    assert owned(provider, event, [provider.cases.LINE]) is event


def owned(provider, event, numbers):
    account = provider.adapter.account(provider.cases.CREDENTIALS)
    assert account == provider.cases.ACCOUNT
    return provider.adapter.check_owner(event, account, numbers)


def test_what_no_database_takes_does_not_come_through(provider):
    (event,) = provider.adapter.parse(provider.cases.texted("a\0b \u20ac"), "inbound")
    assert isinstance(event, InboundEvent)
    assert event.text == "a\ufffdb \u20ac"


def test_our_request_means_what_the_official_client_sent(provider):
    for sent in provider.cases.SENT_BY_SDK:
        (method, url, headers, body), theirs = sent.ours(provider.adapter), sent.theirs()
        assert (method, url, body) == (theirs[0], theirs[1], theirs[3])
        for name in {"content-type", "authorization", "idempotency-key"} & set(theirs[2]):
            fits = provider.cases.FITS.get(name, str.__eq__)
            assert fits(headers.get(name, ""), theirs[2][name]), name


def test_no_secret_shows_in_a_request_or_an_event(provider, text):
    wanted = provider.adapter.build_send(text, provider.cases.CREDENTIALS, "https://provider.example")
    for secret in provider.adapter.secrets(provider.cases.CREDENTIALS):
        assert secret not in repr(wanted)
        assert secret not in wanted.url


def test_credentials_that_are_complete_are_not_complained_about(provider):
    assert provider.adapter.complaint(provider.cases.CREDENTIALS) == ""
    assert provider.adapter.base_url(provider.cases.CREDENTIALS).startswith(("https://", "http://127.0.0.1"))


@pytest.mark.parametrize(("number", "kind"), [
    ("+12025550111", "local"), ("+18005550111", "toll-free"), ("12345", "short code"), ("Acme", "name"),
    ("+447700900123", "abroad"),
])  # fmt: skip
def test_a_line_has_the_pace_that_its_provider_publishes_for_its_kind_of_number(provider, number, kind):
    assert provider.adapter.texts_per_second(number) == provider.adapter.rates.get(kind)
    assert all(rate > 0 for rate in provider.adapter.rates.values())


def test_the_reply_is_a_success(provider):
    assert {provider.adapter.answer(kind).status for kind in ("inbound", "status")} == {200}


def test_an_unknown_provider_is_an_error_with_the_known_ones():
    with pytest.raises(UnknownProvider, match="twilio"):
        adapter("pigeon")
