"""Consent by API: the ledger, a number's history, and noting what somebody said."""

import pytest
from sqlalchemy import select

from flexie import consent
from flexie.db import db, transaction
from flexie.models import AuditEntry, Message
from tests.api.office import ANA, Office
from tests.moving_clock import MovingClock

BEN = "+14155552672"
LEDGER = "/opt-outs"
OF_ANA = "/opt-outs/%2B14155552671"


def wish(office: Office, who: str = "admin", **body: str):
    given = {"number": ANA, "to": "out", "reason": "Said so on the phone", **body}
    return getattr(office, who)("POST", LEDGER, json=given)


def stopped(office: Office, text: str = "STOP", line: str = "Main", number: str = ANA) -> str:
    """Somebody opted out by a text; returns its id."""
    message = office.incoming(text, line=line, number=number)
    with office.app.app_context(), transaction():
        row_id = db.session.scalars(select(Message.id).where(Message.public_id == message)).one()
        consent.change(number, "out", f'texted "{text}"', row_id)
    return message


def test_an_opt_out_is_noted_and_taken_back_and_its_history_tells_by_whom(
    office: Office, moving_clock: MovingClock
) -> None:
    record = office.record(name="Ana", mobile=ANA, allow_sms=True)
    made = wish(office, number="(415) 555-2671")
    assert made.status_code == 201
    assert (made.json["number"], made.json["opted_out"], made.json["can_come_back"]) == (ANA, True, True)
    assert made.json["since"] == "2030-01-07T10:00:00.000Z"
    assert office.admin.get(f"/records/{record}").json["fields"]["allow_sms"] is False
    moving_clock.move(minutes=5)
    back = wish(office, to="in", reason=" Changed \n her mind ")
    assert (back.json["opted_out"], back.json["since"]) == (False, None)
    shown = office.admin.get(OF_ANA).json
    assert shown == back.json
    told = [(each["to"], each["how"], each["reason"], each["by"], each["at"]) for each in shown["history"]]
    assert told == [
        ("in", "hand", "Changed her mind", "Admin", "2030-01-07T10:05:00.000Z"),
        ("out", "hand", "Said so on the phone", "Admin", "2030-01-07T10:00:00.000Z"),
    ]
    assert office.admin.get(f"/records/{record}").json["fields"]["allow_sms"] is True
    with office.app.app_context():
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "consent")).all()
        assert [(each.did, each.user.name if each.user else "") for each in entries] == [
            ("opted out", "Admin"),
            ("opted in", "Admin"),
        ]


def test_nobody_takes_back_what_somebody_texted(office: Office) -> None:
    message = stopped(office)
    shown = office.admin.get(OF_ANA).json
    assert (shown["opted_out"], shown["can_come_back"]) == (True, False)
    assert (shown["history"][0]["how"], shown["history"][0]["message"]) == ("text", message)
    refused = wish(office, to="in")
    assert refused.status_code == 409
    assert refused.get_json(force=True)["detail"].startswith("They opted out themselves. Only a START")
    assert office.admin.get(OF_ANA).json == shown


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"reason": " \t"}, 422, "reason"), ({"reason": "x" * 201}, 422, "reason"), ({"to": "gone"}, 422, "to"),
        ({"number": "nobody"}, 422, "number"), ({"number": "12345"}, 422, "number"), ({"to": "in"}, 409, None),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_written_down_says_why(
    office: Office, body: dict[str, str], status: int, field: str | None
) -> None:
    refused = wish(office, **body)
    assert refused.status_code == status
    assert list(refused.get_json(force=True).get("errors", {})) == ([field] if field else [])
    assert office.admin.get(OF_ANA).json["history"] == []


def test_opting_out_twice_changes_nothing(office: Office) -> None:
    assert wish(office).status_code == 201
    assert wish(office).status_code == 409
    assert len(office.admin.get(OF_ANA).json["history"]) == 1


def test_the_ledger_comes_in_pages_without_gap_or_repeat(office: Office, moving_clock: MovingClock) -> None:
    numbers = [f"+1415555267{digit}" for digit in range(7)]
    for place, number in enumerate(numbers):
        moving_clock.move(seconds=place // 3)  # some at one moment
        assert wish(office, number=number).status_code == 201
    seen, cursor = [], {}
    while True:
        page = office.admin.get(LEDGER, limit=2, **cursor).json
        seen += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
        if len(seen) == 2:
            moving_clock.move(minutes=1)
            wish(office, number="+14155552699")  # arrives meanwhile, and belongs to a page that was read
    assert seen == numbers[::-1]


def test_the_ledger_is_narrowed_to_a_number_however_it_is_written(office: Office) -> None:
    wish(office)
    stopped(office, "STOP please", number=BEN)
    (only,) = office.admin.get(LEDGER, number="415-555 2672").json["items"]
    assert (only["number"], only["how"], only["by"]) == (BEN, "text", None)
    assert only["reason"] == 'texted "STOP please"'
    assert office.admin.get(LEDGER, number="+14155550000").json["items"] == []


@pytest.mark.parametrize("held", ["WyJ4IiwieCJd", "WyIxIl0=", "WyItMSIsIngiXQ=="])
def test_a_cursor_that_no_page_gave_out_is_refused(office: Office, held: str) -> None:
    refused = office.admin.get(LEDGER, cursor=held)
    assert (refused.status_code, list(refused.get_json(force=True)["errors"])) == (422, ["cursor"])


def test_the_ledger_is_for_administrators_and_numbers_of_others_are_not_there(office: Office) -> None:
    stopped(office, line="Closed")
    for who in (office.agent, office.writer):
        assert who.get(LEDGER).status_code == 403
        assert who.get(OF_ANA).status_code == 404
    refused = wish(office, "agent", to="in")
    assert (refused.status_code, "conversations on your lines" in refused.text) == (403, True)
    assert office.admin.get("/opt-outs/nobody").status_code == 404
    assert office.admin.get("/opt-outs/%2B14155550000").json["history"] == []


def test_an_agent_notes_it_for_a_number_that_wrote_to_a_line_of_theirs(office: Office) -> None:
    office.incoming()
    made = wish(office, "agent")
    assert (made.status_code, made.json["history"][0]["by"]) == (201, "Agent")
    assert office.agent.get(OF_ANA).json == made.json


def test_the_text_that_did_it_is_not_told_to_whoever_may_not_see_its_line(office: Office) -> None:
    stopped(office, "STOP the board secrets", line="Closed")
    office.incoming()
    shown = office.agent.get(OF_ANA)
    assert (shown.json["opted_out"], shown.json["history"][0]["how"]) == (True, "text")
    assert (shown.json["history"][0]["reason"], shown.json["history"][0]["message"]) == (None, None)
    assert "board secrets" not in shown.text
    assert "board secrets" in office.admin.get(OF_ANA).text
