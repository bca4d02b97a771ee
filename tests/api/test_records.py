"""Records by API: created, changed, and found by number or name."""

from typing import Any

import pytest

from flexie.models import Record
from tests.api.office import Office, counted_queries
from tests.moving_clock import MovingClock


def test_a_record_is_created_as_typed_with_its_numbers_beside(office: Office, moving_clock: MovingClock) -> None:
    fields = {"name": "Ana", "mobile": "(415) 555-2671", "age": 41, "plan": "plus", "allow_sms": "yes"}
    answer = office.agent("POST", "/records", json={"kind": "contact", "fields": fields})
    assert answer.status_code == 201
    made = answer.json
    assert made["fields"] == {"name": "Ana", "mobile": "(415) 555-2671", "age": "41", "plan": "Plus", "allow_sms": True}
    assert made["numbers"] == {"mobile": "+14155552671"}
    assert (made["kind"], made["title"], made["tags"], made["reference"]) == ("contact", "Ana", [], None)
    assert made["created_at"] == made["updated_at"] == "2030-01-07T10:00:00.000Z"
    assert office.agent.get(f"/records/{made['id']}").json == made


def test_a_case_gets_a_reference(office: Office) -> None:
    made = office.agent("POST", "/records", json={"kind": "case"}).json
    assert len(made["reference"]) == 8


def test_every_field_that_does_not_fit_is_named(office: Office) -> None:
    fields = {
        "name": "Ana",
        "nmae": "Ana",
        "mobile": "12",
        "age": "old",
        "plan": "Gold",
        "allow_sms": "maybe",
        "born": "soon",
    }
    answer = office.agent("POST", "/records", json={"kind": "contact", "fields": fields})
    assert answer.status_code == 422
    assert sorted(answer.get_json(force=True)["errors"]) == ["age", "allow_sms", "born", "mobile", "nmae", "plan"]
    assert office.count(Record) == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "pet", "fields": {}}, "kind"),
        ({"fields": {}}, "kind"),
        ({"kind": ["contact"]}, "kind"),
        ({"kind": "contact", "fields": []}, "fields"),
        ({"kind": "contact", "tags": []}, "tags"),
        ({"kind": "contact", "fields": {"name": {"first": "Ana"}}}, "fields.name"),
        ({"kind": "contact", "fields": {"name": "nul \0"}}, "name"),
        ({"kind": "contact", "fields": {"name": "half \ude00"}}, "name"),
        ({"kind": "contact", "fields": {"nul \0": "x"}}, "fields"),
        ({"kind": "contact", "fields": {"name": "x" * 2_001}}, "fields.name"),
        ({"kind": "contact", "fields": {"mobile": "1" * 500_000}}, "fields.mobile"),
        ({"kind": "contact", "fields": {"name": [[[[[[[[["x"]]]]]]]]]}}, "name"),
    ],
)
def test_what_is_no_record_is_refused(office: Office, body: dict[str, Any], field: str) -> None:
    answer = office.agent("POST", "/records", json=body)
    assert answer.status_code == 422
    assert list(answer.get_json(force=True)["errors"]) == [field]
    assert office.count(Record) == 0


def test_a_number_beyond_all_numbers_is_refused(office: Office) -> None:
    raw = '{"kind": "contact", "fields": {"age": 1e999}}'
    answer = office.agent("POST", "/records", data=raw, content_type="application/json")
    assert list(answer.get_json(force=True)["errors"]) == ["age"]


def test_what_is_given_is_changed_and_the_rest_stays(office: Office) -> None:
    record = office.record(name="Ana", mobile="4155552671")
    answer = office.agent("PATCH", f"/records/{record}", json={"fields": {"name": "Ana B.", "mobile": None}})
    assert answer.status_code == 200
    assert answer.json["fields"] == {"name": "Ana B.", "allow_sms": True}
    assert (answer.json["title"], answer.json["numbers"]) == ("Ana B.", {})


def test_a_change_that_does_not_fit_changes_nothing(office: Office) -> None:
    record = office.record(name="Ana")
    answer = office.agent("PATCH", f"/records/{record}", json={"fields": {"name": "Ana B.", "age": "old"}})
    assert list(answer.get_json(force=True)["errors"]) == ["age"]
    assert office.agent.get(f"/records/{record}").json["title"] == "Ana"


def test_a_record_that_is_not_there_cannot_be_changed(office: Office) -> None:
    assert office.agent("PATCH", f"/records/{'0' * 32}", json={"fields": {}}).status_code == 404


def test_records_are_found_by_kind_number_and_words(office: Office) -> None:
    ana, ben = (
        office.record(name="Ana Lima", mobile="(415) 555-2671"),
        office.record(name="Ben", mobile="+447700900123"),
    )
    case = office.record("case", name="Lima's chair")
    ids = office.agent.ids
    assert ids("/records") == [case, ben, ana]
    assert ids("/records", kind="contact") == [ben, ana]
    assert ids("/records", number="+14155552671") == ids("/records", number="4155552671") == [ana]
    assert ids("/records", q="lima") == [case, ana]
    assert ids("/records", q="lima", kind="case") == [case]
    assert ids("/records", q="+4477") == [ben]
    assert ids("/records", number="+14155550000") == ids("/records", q="%") == []


def test_pages_of_records_follow_each_other(office: Office) -> None:
    made = [office.record(name=f"N{number}") for number in range(3)]
    page = office.agent.get("/records", limit=2).json
    assert [item["id"] for item in page["items"]] == made[:0:-1]
    rest = office.agent.get("/records", limit=2, cursor=page["next"]).json
    assert ([item["id"] for item in rest["items"]], rest["next"]) == (made[:1], None)


def test_a_long_page_takes_as_many_queries_as_a_short_one(office: Office) -> None:
    for number in range(8):
        office.record(name=f"N{number}", mobile=f"+1415555267{number}")
    with counted_queries(office.app) as short:
        office.agent.get("/records", limit=1)
    with counted_queries(office.app) as long:
        assert len(office.agent.ids("/records")) == 8
    assert len(long) == len(short) <= 4
