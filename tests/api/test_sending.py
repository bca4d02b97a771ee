"""Sending by API: to any spelling of a number, once for each key, never to what cannot be a number."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from flexie import outbox
from flexie.db import db
from flexie.models import Message
from tests.api.office import ANA, Office, later
from tests.moving_clock import MovingClock


def test_a_message_is_queued_and_shown(office: Office) -> None:
    answer = office.agent.send(to=ANA, text="Hello", line="Main")
    assert answer.status_code == 201
    sent = answer.json
    assert (sent["direction"], sent["status"], sent["text"]) == ("outbound", "queued", "Hello")
    assert (sent["sender_number"], sent["to_number"], sent["line"]) == ("+14155550100", ANA, "Main")
    assert (sent["segments"], sent["case"], sent["error"], sent["run"]) == (1, None, None, None)
    assert sent["created_at"].endswith("Z")
    assert office.agent.get(f"/messages/{sent['id']}").json == sent


@pytest.mark.parametrize("to", ["(415) 555-2671", "415.555.2671", "0014155552671", "+1 415 555 2671", " 4155552671 "])
def test_the_number_may_be_written_as_people_do(office: Office, to: str) -> None:
    assert office.agent.send(to=to, text="Hello").json["to_number"] == ANA


@pytest.mark.parametrize(
    "to", ["", "911", "no number", "+1415", "4155552671, 4155552672", "x" * 300, "\0", "\ud800", 4155552671]
)
def test_what_cannot_be_a_number_is_never_sent_to(office: Office, to: object) -> None:
    answer = office.agent.send(to=to, text="Hello")
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == ["to"]
    assert office.count(Message) == 0


@pytest.mark.parametrize("text", ["", "  ", "x" * 1_601, "nul \0", "half \ud83d", None, ["x"]])
def test_a_text_must_be_one(office: Office, text: object) -> None:
    answer = office.agent.send(to=ANA, text=text)
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == ["text"]


def test_what_is_missing_and_what_is_unknown_are_both_named(office: Office) -> None:
    answer = office.agent.send(text="Hello", when="now")
    assert sorted(answer.get_json(force=True)["errors"]) == ["to", "when"]


@pytest.mark.parametrize("line", ["Main", "main", "+14155550100", "(415) 555-0100"])
def test_a_line_goes_by_its_name_or_number(office: Office, line: str) -> None:
    assert office.agent.send(to=ANA, text="Hello", line=line).json["line"] == "Main"


def test_a_line_goes_by_its_id(office: Office) -> None:
    (line,) = office.agent.get("/lines").json["items"]
    assert office.agent.send(to=ANA, text="Hello", line=line["id"]).status_code == 201


@pytest.mark.parametrize("line", ["Closed", "+14155550101", "Nowhere", ""])
def test_a_line_that_is_not_yours_is_not_there(office: Office, line: str) -> None:
    answer = office.agent.send(to=ANA, text="Hello", line=line)
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == ["line"]
    assert office.count(Message) == 0


def test_a_key_used_again_is_the_same_message(office: Office) -> None:
    first = office.agent.send("k-1", to=ANA, text="Hello")
    again = office.agent.send("k-1", to="(415) 555-2671", text="Hello")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert office.count(Message) == 1


def test_it_stays_the_same_message_when_another_line_became_the_usual_one(office: Office) -> None:
    first = office.admin.send("k-1", to=ANA, text="Hello")
    office.admin.send(to=ANA, text="Other", line="Closed")
    assert office.admin.send("k-1", to=ANA, text="Hello").json["id"] == first.json["id"]


@pytest.mark.parametrize(
    "change", [{"text": "Other"}, {"to": "+14155552672"}, {"line": "Main"}, {"send_at": "2031-01-01T00:00Z"}]
)
def test_a_key_used_for_something_else_is_refused(office: Office, change: dict[str, str]) -> None:
    office.agent.send("k-1", to=ANA, text="Hello")
    answer = office.agent.send("k-1", **{"to": ANA, "text": "Hello", **change})
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == ["Idempotency-Key"]
    assert office.count(Message) == 1


def test_keys_of_two_people_are_two_keys(office: Office) -> None:
    office.agent.send("k-1", to=ANA, text="Hello")
    assert office.admin.send("k-1", to=ANA, text="Hello").status_code == 201


@pytest.mark.parametrize("key", ["", "with blank", "x" * 256, "é"])
def test_a_key_has_1_to_255_visible_characters(office: Office, key: str) -> None:
    answer = office.agent.send(key, to=ANA, text="Hello")
    assert list(answer.get_json(force=True)["errors"]) == ["Idempotency-Key"]


def test_a_key_that_arrives_in_eight_requests_at_once_is_one_message(office: Office) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: office.agent.send("k-1", to=ANA, text="Hello"), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert office.count(Message) == 1


def test_the_loser_of_a_race_finds_the_winners_message(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    first = office.agent.send("k-1", to=ANA, text="Hello").json
    monkeypatch.setattr(outbox, "_with_intent", _blind_once(outbox._with_intent))
    assert office.agent.send("k-1", to=ANA, text="Hello").json["id"] == first["id"]
    assert office.count(Message) == 1


def _blind_once(look: Callable[[outbox.Draft], Message | None]) -> Callable[[outbox.Draft], Message | None]:
    """The look of a request that came a moment too early to see the other's message."""
    looks = iter([lambda _draft: None])
    return lambda draft: next(looks, look)(draft)


def test_later_is_later_and_the_past_is_now(office: Office, moving_clock: MovingClock) -> None:
    scheduled = office.agent.send(to=ANA, text="Later", send_at="2030-01-07T13:00+02:00").json
    assert (scheduled["status"], scheduled["send_at"]) == ("scheduled", "2030-01-07T11:00:00.000Z")
    past = office.agent.send(to=ANA, text="Past", send_at="2001-01-01T00:00:00Z").json
    assert (past["status"], past["send_at"]) == ("queued", "2030-01-07T10:00:00.000Z")


@pytest.mark.parametrize(
    "send_at",
    ["2030-01-07T13:00", "tomorrow", "", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", 1, "2030-02-30T10:00Z"],
)
def test_a_moment_needs_its_zone(office: Office, send_at: object) -> None:
    answer = office.agent.send(to=ANA, text="Later", send_at=send_at)
    assert list(answer.get_json(force=True)["errors"]) == ["send_at"]


def test_a_message_to_a_case_carries_its_reference(office: Office) -> None:
    case = office.record("case", name="Broken chair")
    sent = office.agent.send(to=ANA, text="We look at it.", record=case).json
    assert sent["text"] == f"We look at it. [FX-{office.reference(case)}]"
    assert (sent["case"], sent["case_reference"], sent["records"]) == (case, office.reference(case), [case])


def test_a_message_about_a_contact_stands_on_its_timeline_and_carries_nothing(office: Office) -> None:
    contact = office.record(name="Ben")
    sent = office.agent.send(to=ANA, text="Hello", record=contact).json
    assert (sent["text"], sent["records"], sent["case"]) == ("Hello", [contact], None)


def test_a_record_that_is_not_there_is_named(office: Office) -> None:
    answer = office.agent.send(to=ANA, text="Hello", record="0" * 32)
    assert list(answer.get_json(force=True)["errors"]) == ["record"]


def test_one_that_waits_is_cancelled_once(office: Office) -> None:
    sent = office.agent.send(to=ANA, text="Later", send_at=later(hours=1)).json
    assert office.agent("POST", f"/messages/{sent['id']}/cancel").json["status"] == "cancelled"
    assert office.agent("POST", f"/messages/{sent['id']}/cancel").status_code == 409


def test_nobody_cancels_what_others_send(office: Office) -> None:
    sent = office.admin.send(to=ANA, text="Later", send_at=later(hours=1), line="Closed").json
    assert office.agent("POST", f"/messages/{sent['id']}/cancel").status_code == 404
    assert office.admin.get(f"/messages/{sent['id']}").json["status"] == "scheduled"


def test_a_program_says_whether_a_text_waits_for_the_morning(office: Office) -> None:
    for key, more in (("a", {}), ("b", {"quiet_hours": "wait"}), ("c", {"quiet_hours": "ignore"})):
        assert office.agent.send(key, to=ANA, text="Your code is 123", **more).status_code == 201
    with office.app.app_context():
        rows = db.session.scalars(select(Message).order_by(Message.id)).all()
        assert [row.anyway.role if row.anyway else None for row in rows] == [None, None, "agent"]
    assert office.agent.send("c", to=ANA, text="Your code is 123").status_code == 422
    assert office.agent.send(to=ANA, text="x", quiet_hours="never").status_code == 422
