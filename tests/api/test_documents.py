"""Quotes and invoices by API, and short links to them."""

import base64

import pytest
from werkzeug.test import TestResponse

from flexie.models import Document
from tests.api.office import ANA, Office, counted_queries
from tests.domain.test_documents import a_pdf
from tests.moving_clock import MovingClock

INVOICE = {"kind": "invoice", "number": "INV-1", "amount": "1,180.5", "currency": "usd", "due_on": "2030-12-24"}


@pytest.fixture
def record(office: Office) -> str:
    return office.record(name="Ana", mobile=ANA)


def create(office: Office, record: str, /, **more: str) -> TestResponse:
    return office.agent("POST", "/documents", json={**INVOICE, "record": record, **more})


def test_an_invoice_is_created_and_read(office: Office, record: str, moving_clock: MovingClock) -> None:
    made = create(office, record)
    assert made.status_code == 201
    shown = made.json
    assert office.agent.get(f"/documents/{shown['id']}").json == shown
    assert office.agent.get("/documents").json["items"] == [shown]
    assert shown == {
        "id": shown["id"], "record": record, "kind": "invoice", "number": "INV-1", "amount": "1180.50",
        "currency": "USD", "state": "open", "due_on": "2030-12-24", "has_pdf": False,
        "created_at": "2030-01-07T10:00:00.000Z", "updated_at": "2030-01-07T10:00:00.000Z",
    }  # fmt: skip


def test_what_is_left_out_is_as_the_form_begins(office: Office, record: str) -> None:
    create(office, record, currency="EUR")
    body = {"record": record, "kind": "quote", "number": "Q-1", "amount": "90"}
    made = office.agent("POST", "/documents", json=body).json
    assert (made["currency"], made["state"], made["due_on"]) == ("EUR", "open", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "letter"}, "kind"), ({"number": " "}, "number"), ({"number": "x" * 41}, "number"),
        ({"amount": "180,50"}, "amount"), ({"amount": "-1"}, "amount"), ({"currency": "dollars"}, "currency"),
        ({"state": "accepted"}, "state"), ({"due_on": "tomorrow"}, "due_on"), ({"record": "0" * 32}, "record"),
        ({"pdf": "no base64!"}, "pdf"), ({"pdf": "é"}, "pdf"), ({"pdf": base64.b64encode(b"no PDF").decode()}, "pdf"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_and_nothing_is_kept(
    office: Office, record: str, change: dict[str, str], field: str
) -> None:
    refused = create(office, record, **change)
    assert (refused.status_code, list(refused.get_json(force=True)["errors"])) == (422, [field])
    assert office.count(Document) == 0


def test_a_number_is_there_once(office: Office, record: str) -> None:
    assert create(office, record).status_code == 201
    refused = create(office, record, number="inv-1")
    assert refused.get_json(force=True)["errors"] == {"number": "There is already an invoice inv-1."}
    assert create(office, record, kind="quote").status_code == 201


def test_a_pdf_may_come_along_and_a_link_opens_it(office: Office, record: str, moving_clock: MovingClock) -> None:
    made = create(office, record, pdf=base64.b64encode(a_pdf()).decode()).json
    assert made["has_pdf"] is True
    link = office.agent("POST", f"/documents/{made['id']}/link")
    assert (link.status_code, link.json["expires_at"]) == (201, "2030-04-07T10:00:00.000Z")
    customer = office.app.test_client()
    path = link.json["url"].removeprefix("https://sms.example.test")
    assert "INV-1" in customer.get(path).text
    assert customer.get(f"{path}/view").data == a_pdf()
    moving_clock.move(days=90)
    assert "INV-1" not in customer.get(path).text


def test_a_link_to_what_is_not_there_is_not_made(office: Office) -> None:
    assert office.agent("POST", f"/documents/{'0' * 32}/link").status_code == 404
    assert office.agent.get(f"/documents/{'0' * 32}").status_code == 404


def test_they_are_found_by_record_and_kind_in_pages_without_gap_or_repeat(office: Office, record: str) -> None:
    made = [create(office, record, number=f"INV-{number}").json["id"] for number in range(5)][::-1]
    quote = create(office, office.record(name="Ben"), kind="quote").json["id"]
    assert office.agent.ids("/documents", kind="quote") == [quote]
    assert office.agent.ids("/documents", record="0" * 32) == []
    page = office.agent.get("/documents", record=record, limit=3).json
    create(office, record, number="INV-9")
    rest = office.agent.get("/documents", record=record, limit=3, cursor=page["next"]).json
    assert [each["id"] for each in page["items"] + rest["items"]] == made
    assert rest["next"] is None


def test_a_long_page_takes_as_many_queries_as_a_short_one(office: Office, record: str) -> None:
    for number in range(4):
        create(office, record, number=f"INV-{number}")
    with counted_queries(office.app) as short:
        office.agent.get("/documents", limit=1)
    with counted_queries(office.app) as long:
        assert len(office.agent.ids("/documents")) == 4
    assert len(long) == len(short) <= 3
