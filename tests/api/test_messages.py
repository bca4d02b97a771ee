"""Messages by API: what one sees of them, by which filters, and whose."""

import pytest
from sqlalchemy import select

from flexie import reactions
from flexie.db import db, transaction
from flexie.media import fetching
from flexie.models import Line, LineAccess, Message
from flexie.providers import adapter
from tests.api.office import ANA, Office, counted_queries
from tests.moving_clock import MovingClock

BEN = "+14155552672"


def test_a_text_that_came_in_is_shown_as_it_came(office: Office, moving_clock: MovingClock) -> None:
    came = office.agent.get(f"/messages/{office.incoming('Hi')}").json
    assert (came["direction"], came["status"], came["text"]) == ("inbound", "received", "Hi")
    assert (came["sender_number"], came["to_number"]) == (ANA, "+14155550100")
    assert came["received_at"] == came["created_at"] == "2030-01-07T10:00:00.000Z"
    assert came["send_at"] is None
    (file,) = came["media"]
    assert file["url"] == f"https://sms.example.test/api/v1/messages/{came['id']}/media/{file['id']}"
    assert (file["state"], file["content_type"], file["size"], file["error"]) == ("waiting", None, None, None)


def test_a_file_is_handed_out_once_it_is_kept_and_only_to_those_who_see_its_text(office: Office) -> None:
    message = office.incoming("")
    file = office.agent.get(f"/messages/{message}").json["media"][0]["id"]
    address = f"/messages/{message}/media/{file}"
    assert office.agent.get(address).status_code == 404
    keep(office, b"\x89PNG of a cat")
    shown = office.agent.get(address)
    assert (shown.status_code, shown.data) == (200, b"\x89PNG of a cat")
    assert (shown.content_type, shown.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert office.agent.get(f"/messages/{message}").json["media"][0]["size"] == 13
    assert office.agent.get(f"/messages/{office.incoming('')}/media/{file}").status_code == 404
    with office.app.app_context(), transaction():
        line = db.session.scalars(select(Line)).first()
        assert line
        line.open_to_all, line.access = False, [LineAccess(role="admin")]
    assert office.agent.get(address).status_code == 404
    assert office.admin.get(address).status_code == 200


def test_a_reaction_names_the_message_that_it_is_about(office: Office) -> None:
    ours, came = office.message("See you at nine"), office.incoming("Removed a like from “See you at nine”")
    assert office.agent.get(f"/messages/{came}").json["reaction"] is None
    office.change(Message, came, reaction="-👍")
    reaction = {"emoji": "👍", "taken_back": True, "message": None}
    assert office.agent.get(f"/messages/{came}").json["reaction"] == reaction
    office.change(Message, ours, status="delivered")
    with office.app.app_context(), transaction():
        reactions.place(db.session.scalars(select(Message).where(Message.public_id == came)).one())
    assert office.agent.get(f"/messages/{came}").json["reaction"] == {**reaction, "message": ours}


def keep(office: Office, data: bytes) -> None:
    """A worker has fetched what was to be fetched."""
    with office.app.app_context():
        claimed = fetching.claim()
        assert claimed
        fetching.finish(claimed, fetching.Fetched(data))


def test_what_went_wrong_is_told_with_what_to_do_about_it(office: Office) -> None:
    message = office.message(status="failed")
    office.change(Message, message, error_code="30003", error="The phone is off.")
    shown = office.agent.get(f"/messages/{message}").json
    assert shown["error"] == {"code": "30003", "message": f"The phone is off. {adapter('twilio').advice('30003')}"}


def test_the_newest_come_first_and_pages_follow_without_gap_or_repeat(office: Office) -> None:
    made = [office.message(f"Text {number}") for number in range(7)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = office.agent.get("/messages", limit=3, **cursor).json
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        office.message("One that arrives meanwhile")
        cursor = {"cursor": page["next"]}
    assert seen == made[::-1]


def test_filters_narrow_the_list(office: Office) -> None:
    contact = office.record(name="Ana", mobile="(415) 555-2671")
    sent, came = office.message("Hello"), office.incoming("Hi")
    other = office.message("To Ben", number=BEN, status="failed")
    ids = office.agent.ids
    assert ids("/messages") == [other, came, sent]
    assert ids("/messages", direction="in") == ids("/messages", direction="inbound") == [came]
    assert ids("/messages", direction="out") == ids("/messages", direction="outbound") == [other, sent]
    assert ids("/messages", status="failed") == [other]
    assert ids("/messages", number=ANA) == ids("/messages", number="415-555-2671") == [came, sent]
    assert ids("/messages", record=contact) == [sent]
    assert ids("/messages", conversation=office.conversation(other)) == [other]
    assert ids("/messages", record="0" * 32) == ids("/messages", conversation="0" * 32) == []


def test_a_plus_that_was_not_escaped_is_meant_all_the_same(office: Office) -> None:
    came = office.incoming(number="+447700900123")
    answer = office.agent("GET", "/messages?number=+447700900123")
    assert [item["id"] for item in answer.json["items"]] == [came]


@pytest.mark.parametrize("sender", ["24365", "MYBANK"])
def test_senders_that_are_no_phone_are_found_too(office: Office, sender: str) -> None:
    came = office.incoming(number=sender)
    assert office.agent.ids("/messages", number=sender) == [came]


def test_messages_on_lines_of_others_do_not_exist(office: Office) -> None:
    hidden, seen = office.message(line="Closed"), office.message()
    assert office.agent.ids("/messages") == [seen]
    assert office.agent.get(f"/messages/{hidden}").status_code == 404
    assert office.agent.ids("/messages", conversation=office.conversation(hidden)) == []
    assert office.admin.ids("/messages") == [seen, hidden]


def test_a_grant_shows_a_line_and_its_messages(office: Office) -> None:
    hidden = office.message(line="Closed")
    with office.app.app_context(), transaction():
        line = db.session.scalars(select(Line).where(Line.name == "Closed")).one()
        line.access.append(LineAccess(role="agent"))
    assert office.agent.ids("/messages") == [hidden]
    assert [line["name"] for line in office.agent.get("/lines").json["items"]] == ["Closed", "Main"]


def test_lines_show_no_secret(office: Office) -> None:
    (line,) = office.agent.get("/lines").json["items"]
    assert sorted(line) == ["id", "name", "number", "provider"]
    assert (line["name"], line["number"], line["provider"]) == ("Main", "+14155550100", "twilio")


def test_a_long_page_takes_as_many_queries_as_a_short_one(office: Office) -> None:
    contact = office.record(name="Ana", mobile=ANA)
    for number in range(6):
        office.message(f"Text {number}")
        office.message(f"To Ben {number}", number=BEN)
    with counted_queries(office.app) as short:
        office.agent.get("/messages", limit=1)
    with counted_queries(office.app) as long:
        page = office.agent.get("/messages").json["items"]
    assert len(page) == 12
    assert [item["records"] for item in page[:2]] == [[], [contact]]
    assert len(long) == len(short) <= 5


def test_what_went_wrong_on_many_lines_takes_as_many_queries_as_on_one(office: Office) -> None:
    for line in ("Main", "Closed"):
        office.change(Message, office.message("No.", line, status="failed"), error_code="30003", error="Off.")
    with counted_queries(office.app) as short:
        office.admin.get("/messages", limit=1)
    with counted_queries(office.app) as long:
        shown = office.admin.get("/messages").json["items"]
    assert [item["error"]["code"] for item in shown] == ["30003", "30003"]
    assert len(long) == len(short) <= 4
