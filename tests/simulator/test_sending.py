"""What the application gets back when it sends, for each way in which a phone can behave."""

from __future__ import annotations

import httpx
import pytest

from .conftest import LINE, PHONE


def arrived(api: httpx.Client) -> list[str]:
    return [text["text"] for text in api.get(f"/phones/{PHONE}/texts").json()["texts"]]


def posts(api: httpx.Client, sender_id: str = "out-1") -> dict:
    return api.get("/messages", params={"id": sender_id}).json()


def test_a_text_is_accepted_and_arrives(api, send) -> None:
    answer = send(text="x" * 161)
    assert answer.status_code == 201
    assert answer.json() == {"id": answer.json()["id"], "status": "queued", "segments": 2}
    assert arrived(api) == ["x" * 161]
    (message,) = posts(api)["messages"]
    assert (message["message"], message["from"], message["to"]) == ("out-1", LINE, PHONE)
    assert message["id"] == answer.json()["id"]


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [("refuse", 400, "invalid_number"), ("opted_out", 403, "opted_out"), ("throttle", 429, "throttled")],
)
def test_a_refused_text_does_not_arrive_but_its_post_is_counted(api, send, behave, outcome, status, code) -> None:
    behave(outcome=outcome)
    answer = send()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"].endswith(".")
    assert arrived(api) == []
    assert posts(api) == {
        "messages": [],
        "posts": {"out-1": 1},
        "answers": {"out-1": [str(status)]},
        "next": None,
    }


def test_a_throttled_sender_is_told_how_long_to_wait(send, behave) -> None:
    behave(outcome="throttle", seconds=7)
    assert send().headers["Retry-After"] == "7"


def test_an_error_after_accepting_hides_that_the_text_arrived(api, send, behave) -> None:
    behave(outcome="error")
    assert send().status_code == 500
    assert arrived(api) == ["Hello"]


@pytest.mark.parametrize("settings", [{"outcome": "drop"}, {"outcome": "silence", "seconds": 0}])
def test_a_broken_connection_hides_that_the_text_arrived(api, send, behave, settings) -> None:
    behave(**settings)
    with pytest.raises(httpx.RemoteProtocolError):
        send()
    assert arrived(api) == ["Hello"]
    assert posts(api)["answers"] == {"out-1": ["none"]}


def test_silence_lasts_until_the_sender_gives_up(api, send, behave) -> None:
    behave(outcome="silence", seconds=60)
    api.timeout = httpx.Timeout(5, read=0.05)
    with pytest.raises(httpx.ReadTimeout):
        send()
    api.timeout = httpx.Timeout(5)
    assert arrived(api) == ["Hello"]


def test_posting_twice_sends_twice(api, send) -> None:
    send(), send()
    assert arrived(api) == ["Hello", "Hello"]
    assert posts(api)["posts"] == {"out-1": 2}
    assert posts(api, "out-2")["posts"] == {}


def test_the_next_send_only(api, send, behave) -> None:
    behave(receipts="late")
    settings = behave(outcome="refuse", once=True)
    assert (settings["behaviour"]["receipts"], settings["next"]["outcome"]) == ("late", "refuse")
    assert [send().status_code, send().status_code] == [400, 201]


def test_a_lasting_choice_replaces_one_for_the_next_send(send, behave) -> None:
    behave(outcome="refuse", once=True)
    assert behave(outcome="arrive")["next"] is None
    assert send().status_code == 201


def test_the_carrier_blocks_after_stop_only_where_it_is_asked_to(api, send, behave) -> None:
    def text(words: str) -> None:
        assert api.post(f"/phones/{PHONE}/texts", json={"to": LINE, "text": words}).status_code == 201

    text("STOP")
    assert send().status_code == 201
    behave(carrier_stop=True)
    text(" stop ")
    assert (send().status_code, send().json()["code"]) == (403, "opted_out")
    text("Start")
    assert send().status_code == 201
    text("STOP")
    behave(carrier_stop=False)
    assert send().status_code == 201


def test_a_text_to_an_unknown_number_makes_its_phone_appear(api, send) -> None:
    send(to="+44 7700 900123")
    (text,) = api.get("/phones/+447700900123/texts").json()["texts"]
    assert text["to"] == "+447700900123"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "5550101"}, "invalid_number"),
        ({"to": None}, "invalid_number"),
        ({"to": ["+14155550101"]}, "invalid_number"),
        ({"from": "+0"}, "invalid_number"),
        ({"id": ""}, "invalid_request"),
        ({"text": ""}, "invalid_request"),
        ({"text": "x" * 1601}, "invalid_request"),
        ({"media": ["javascript:alert(1)"]}, "invalid_request"),
        ({"status_callback": "ftp://example.org"}, "invalid_request"),
    ],
)
def test_a_malformed_send_is_a_400(api, send, fields, code) -> None:
    answer = send(**fields)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert arrived(api) == []


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer other", "Basic key-one"])
def test_a_wrong_key_is_a_401(api, key) -> None:
    for method, place in [("POST", "/messages"), ("GET", "/messages"), ("PUT", "/lines"), ("POST", "/phones")]:
        answer = api.request(method, place, headers={"Authorization": key}, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_an_account_sees_and_uses_only_its_own(api, send, network) -> None:
    network.add_account("key-two", "secret-two")
    send()
    other = {"Authorization": "Bearer key-two"}
    assert api.get("/messages", headers=other).json()["messages"] == []
    assert api.get("/lines", headers=other).json() == {"lines": []}
    assert api.get(f"/phones/{PHONE}/texts", headers=other).json() == {"texts": []}
    taken = api.post("/messages", headers=other, json={"id": "a", "to": PHONE, "from": LINE, "text": "Mine?"})
    assert (taken.status_code, taken.json()["code"]) == (400, "invalid_number")


def test_what_is_not_json_is_a_400(api) -> None:
    assert api.post("/messages", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert api.post("/messages", json=["no"]).status_code == 400


@pytest.mark.parametrize(
    "settings", [{"outcome": "explode"}, {"receipts": 3}, {"seconds": -1}, {"seconds": "x"}, {"error_code": "<b>"}]
)
def test_an_unknown_behaviour_is_a_400(api, settings) -> None:
    answer = api.put(f"/phones/{PHONE}/behaviour", json=settings)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
