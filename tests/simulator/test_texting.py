"""People text a line: the webhook that follows, and what is said when nobody has that number."""

from __future__ import annotations

from .conftest import LINE, PHONE, START


def test_a_text_to_a_line_is_posted_to_its_address(api, courier, receiver) -> None:
    body = {"to": LINE, "text": "Grüße 👋", "media": ["http://127.0.0.1/cat.png"]}
    text = api.post(f"/phones/{PHONE}/texts", json=body).json()
    assert courier.deliver_due() == 1
    (request,) = receiver.requests
    assert request.path == "/inbound"
    assert request.event == {
        "type": "inbound",
        "id": text["id"],
        "from": PHONE,
        "to": LINE,
        "text": "Grüße 👋",
        "media": ["http://127.0.0.1/cat.png"],
        "received_at": "2027-01-15T08:00:00.000+00:00",
    }
    assert START == 1_800_000_000


def test_the_sender_sees_whether_the_line_took_it(api, network, courier, receiver) -> None:
    def status() -> str:
        return network.conversation(PHONE)[-1].status

    receiver.answers.extend([503, 200, 403])
    api.post(f"/phones/{PHONE}/texts", json={"to": LINE, "text": "Hi"})
    seen = [status()]
    for moment in (START, START + 60):
        courier.deliver_due(moment)
        seen.append(status())
    api.post(f"/phones/{PHONE}/texts", json={"to": LINE, "text": "Again"})
    courier.deliver_due(START + 61)
    assert [*seen, status()] == ["sending", "retrying", "received", "refused"]


def test_a_number_that_nobody_registered(api) -> None:
    answer = api.post(f"/phones/{PHONE}/texts", json={"to": "+14155559999", "text": "Hi"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_number")


def test_nothing_to_say_is_an_error(api, courier) -> None:
    for body in ({"to": LINE, "text": "  "}, {"to": LINE}, {"to": LINE, "text": 5}, {"to": LINE, "media": "x"}):
        assert api.post(f"/phones/{PHONE}/texts", json=body).status_code == 400
    assert courier.deliver_due() == 0


def test_a_line_is_listed_and_can_move_its_address(api, courier, receiver) -> None:
    api.put("/lines", json={"number": LINE, "inbound_url": f"{receiver.url}/elsewhere"})
    assert api.get("/lines").json() == {"lines": [{"number": LINE, "inbound_url": f"{receiver.url}/elsewhere"}]}
    api.post(f"/phones/{PHONE}/texts", json={"to": LINE, "text": "Hi"})
    courier.deliver_due()
    assert receiver.requests[0].path == "/elsewhere"


def test_a_line_needs_a_web_address(api) -> None:
    for address in ("", "example.org", 7):
        assert api.put("/lines", json={"number": LINE, "inbound_url": address}).status_code == 400


def test_texts_whose_webhook_was_lost_can_be_asked_for(api) -> None:
    for words in ("One", "Two"):
        api.post(f"/phones/{PHONE}/texts", json={"to": LINE, "text": words})
    assert [text["text"] for text in api.get("/inbound").json()["messages"]] == ["One", "Two"]
    assert [text["text"] for text in api.get("/inbound?after=1").json()["messages"]] == ["Two"]


def test_a_phone_is_added_with_a_name(api) -> None:
    answer = api.post("/phones", json={"number": "+44 (7700) 900-123", "name": " Bo  B "})
    assert (answer.status_code, answer.json()["number"], answer.json()["name"]) == (201, "+447700900123", "Bo B")
    assert api.post("/phones", json={"number": "07700 900123"}).json()["code"] == "invalid_number"
    assert api.get("/phones/+447700900999/texts").status_code == 404
