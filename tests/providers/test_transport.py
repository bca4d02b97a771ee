"""One POST for one attempt, whatever goes wrong, and an outcome that claims no more than is proven."""

import logging
import socket
import threading

import pytest

from flexie.providers import Accepted, NotSent, Rejected, Throttled, Unknown, adapter, post


@pytest.fixture
def created(provider):
    """What the provider answers when it takes a message."""
    (_, _, body), _ = provider.cases.RESPONSES["accepted"]
    return body.encode()


@pytest.fixture
def send(provider, text, client, faults):
    def send(url=None, timeout=2.0, credentials=provider.cases.CREDENTIALS, message=text):
        return post(provider.adapter, message, credentials, url or faults.url, client=client, timeout=timeout)

    return send


def test_an_accepted_message_is_posted_once(send, faults, provider):
    (status, _, body), accepted = provider.cases.RESPONSES["accepted"]
    faults.misbehave = faults.respond(status, body.encode())
    assert send() == accepted
    assert faults.posts == 1


@pytest.mark.parametrize("fault", ["drop", "reset", "silence", "drip", "half", "garbage", 500, 502, 301, 307, 308])
def test_after_the_request_went_out_the_outcome_is_unknown_and_nothing_is_posted_again(send, faults, fault, created):
    known = {
        "drop": lambda connection: None,
        "reset": faults.reset,
        "silence": faults.silence,
        "drip": faults.drip,
        "half": lambda connection: connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"),
        "garbage": lambda connection: connection.sendall(b"\x00\x01 not http at all\r\n\r\n"),
    }
    answer = faults.respond(fault, created, [f"Location: {faults.url}/again"]) if isinstance(fault, int) else None
    faults.misbehave = answer or known[fault]
    assert isinstance(send(timeout=0.3 if fault in ("silence", "drip") else 10), Unknown)
    assert faults.arrived.wait(10)
    assert faults.posts == 1


def test_a_success_that_cannot_be_read_is_unknown(send, faults):
    faults.misbehave = faults.respond(201, b"<html>")
    assert isinstance(send(), Unknown)
    assert faults.posts == 1


def test_a_throttled_message_was_not_sent(send, faults):
    faults.misbehave = faults.respond(429, b"{}", ["Retry-After: 9"])
    assert send() == Throttled(9)
    assert faults.posts == 1


def test_a_refused_connection_is_provably_not_sent(send):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert isinstance(send(f"http://127.0.0.1:{port}"), NotSent)


def test_an_unknown_host_is_provably_not_sent(send):
    assert isinstance(send("http://no-such-host.invalid"), NotSent)


def test_a_failed_tls_handshake_is_provably_not_sent(send, faults):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].sendall(b"HTTP/1.1 400 Plain\r\n\r\n"))
        thread.start()
        outcome = send(f"https://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert isinstance(outcome, NotSent)


@pytest.mark.parametrize("url", ["ftp://provider.example", "http://[::bad", "no address", "http://host:99999999"])
def test_an_address_that_is_none_sends_nothing(send, url):
    assert isinstance(send(url), NotSent | Rejected)


def test_credentials_that_no_header_can_hold_are_a_rejection(text, client, faults):
    outcome = post(adapter("simulator"), text, {"api_key": "line\nbreak"}, faults.url, client=client, timeout=2)
    assert isinstance(outcome, Rejected)
    assert "line\nbreak" not in repr(outcome)
    assert faults.posts == 0


def test_a_huge_answer_is_not_read_to_its_end(send, faults):
    faults.misbehave = faults.respond(400, b" " * 5_000_000)
    assert isinstance(send(), Rejected)


def test_a_connection_is_used_again(send, faults, created):
    faults.misbehave = faults.respond(201, created, then="stay")
    assert [type(send()) for _ in range(3)] == [Accepted] * 3
    assert faults.posts == 3


def test_a_connection_that_the_server_closed_meanwhile_is_not_used(send, faults, created):
    """The server closes after each answer without saying so; each message still goes out, and once."""
    faults.misbehave = faults.respond(201, created, then="leave")
    for sent in range(1, 6):
        assert isinstance(send(), Accepted | Unknown)
        assert faults.posts <= sent


def test_cookies_of_one_connection_do_not_reach_another(send, faults, created):
    faults.misbehave = faults.respond(201, created, ["Set-Cookie: account=1"], then="stay")
    send()
    send()
    assert "cookie" not in faults.requests[1][0].lower()


def test_the_environment_has_no_say(send, faults, monkeypatch, created):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    faults.misbehave = faults.respond(201, created)
    assert isinstance(send(), Accepted)


def test_no_secret_and_no_text_shows_in_a_log_line_or_an_outcome(send, faults, provider, caplog):
    caplog.set_level(logging.DEBUG)
    secrets = provider.adapter.secrets(provider.cases.CREDENTIALS)
    _, _, refusal = provider.cases.error(401, "1", f"bad key {' '.join(secrets)}")
    seen = []
    for answer in (faults.respond(401, refusal.encode()), faults.reset):
        faults.misbehave = answer
        seen.append(repr(send()))
    seen.append(repr(send("http://no-such-host.invalid")))
    everything = " ".join(seen) + caplog.text
    for secret in (*secrets, "+14135550122"):
        assert secret not in everything
    assert "•••" in seen[0]
