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
    Rejected,
    StatusEvent,
    UnknownProvider,
    adapter,
)


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
            "opt_out": "stop" if event.opted_out else None,
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
            if "received_at" in expected:
                expected = expected | {"received_at": datetime.fromisoformat(expected["received_at"])}
            assert {name: event[name] for name in expected} == expected, vector["id"]
            assert event.get("opt_out") == expected.get("opt_out")


def test_every_response_of_the_table_has_its_outcome(provider):
    for name, ((status, headers, body), expected) in provider.cases.RESPONSES.items():
        outcome = provider.adapter.read_send(status, headers, body.encode("latin-1"))
        outcome = replace(outcome, advice="") if isinstance(outcome, Rejected) else outcome
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
    for at in range(len(request.body)):
        body = bytearray(request.body)
        body[at] ^= 1
        assert not judge(provider, replace(request, body=bytes(body))), bytes(body)


def test_each_header_is_needed_and_each_of_its_characters(provider):
    request = provider.cases.inbound()
    for name in (known for known in request.headers if known.startswith("x-")):
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


def test_a_webhook_at_the_wrong_address_is_counted_and_not_read(provider):
    (event,) = provider.adapter.parse(provider.cases.receipt(), "inbound")
    assert isinstance(event, Malformed)
    (event,) = provider.adapter.parse(provider.cases.inbound(), "status")
    assert isinstance(event, Malformed)
    assert event.content == provider.cases.inbound().body.decode()


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
    sent = {"Body": "a\0b", "text": "a\0b"}
    (event,) = provider.adapter.parse(provider.cases.inbound(**sent), "inbound")
    assert isinstance(event, InboundEvent)
    assert event.text == "a\ufffdb"


def test_no_secret_shows_in_a_request_or_an_event(provider, text):
    wanted = provider.adapter.build_send(text, provider.cases.CREDENTIALS, "https://provider.example")
    for secret in provider.adapter.secrets(provider.cases.CREDENTIALS):
        assert secret not in repr(wanted)
        assert secret not in wanted.url


def test_the_reply_is_a_success(provider):
    assert {provider.adapter.answer(kind).status for kind in ("inbound", "status")} == {200}


def test_an_unknown_provider_is_an_error_with_the_known_ones():
    with pytest.raises(UnknownProvider, match="twilio"):
        adapter("pigeon")
