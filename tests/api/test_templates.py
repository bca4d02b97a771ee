"""The library of templates by API, and sending one filled in."""

import pytest
from sqlalchemy import select

from flexie import library
from flexie.db import db, transaction
from flexie.models import Message, TextTemplate
from tests.api.office import ANA, Office

HELLO = "Hello {{ name }}, your plan is {{ plan }}."


def used(office: Office) -> int:
    with office.app.app_context():
        return db.session.scalars(select(TextTemplate.used)).one()


def refused(office: Office, **body: str) -> dict[str, str]:
    """What is wrong with a message that is not sent."""
    answer = office.agent.send(to=ANA, **body)
    assert answer.status_code == 422
    assert office.count(Message) == 0
    return answer.get_json(force=True)["errors"]


def test_everybody_reads_the_library(office: Office) -> None:
    made = office.template(HELLO, folder="Plans")
    shown = office.agent.get(f"/templates/{made}").json
    assert (shown["id"], shown["name"], shown["folder"], shown["text"]) == (made, "Hours", "Plans", HELLO)
    assert office.agent.get("/templates").json["items"] == [shown]
    assert office.agent.get(f"/templates/{'0' * 32}").status_code == 404


def test_templates_are_found_by_words_and_folder(office: Office) -> None:
    first = office.template("We open at 9.", name="Open", folder="Visits")
    second = office.template("We close at 5.", name="Close")
    assert office.agent.ids("/templates", q="we OPEN") == [first]
    assert office.agent.ids("/templates", folder="Visits") == [first]
    assert office.agent.ids("/templates", q="visits 5") == []
    assert office.agent.ids("/templates") == [second, first]


def test_pages_have_no_gap_and_no_repeat(office: Office) -> None:
    made = [office.template("Hi", name=f"T{number}") for number in range(5)][::-1]
    page = office.agent.get("/templates", limit=3).json
    office.template("Hi", name="New")
    rest = office.agent.get("/templates", limit=3, cursor=page["next"]).json
    assert [each["id"] for each in page["items"] + rest["items"]] == made
    assert rest["next"] is None


def test_a_template_is_filled_in_for_whoever_has_the_number(office: Office) -> None:
    record = office.record(name="Ana", mobile="(415) 555-2671", plan="Plus")
    sent = office.agent.send(to=ANA, template=office.template(HELLO)).json
    assert (sent["text"], sent["status"], sent["records"]) == ("Hello Ana, your plan is Plus.", "queued", [record])
    assert used(office) == 1


def test_a_template_is_filled_in_for_the_record_that_is_named(office: Office) -> None:
    office.record(name="Ana", mobile=ANA, plan="Plus")
    ben = office.record(name="Ben", plan="Basic")
    sent = office.agent.send(to=ANA, template=office.template(HELLO), record=ben).json
    assert sent["text"] == "Hello Ben, your plan is Basic."


def test_in_a_conversation_it_is_for_whom_the_inbox_shows(office: Office) -> None:
    office.incoming()
    template = office.template("We write to {{ number }}{% if name %}, {{ name }}{% endif %}.")
    assert office.agent.send(to=ANA, template=template).json["text"] == f"We write to {ANA}."
    office.record(name="Ana", mobile=ANA)
    assert office.agent.send(to=ANA, template=template).json["text"] == f"We write to {ANA}, Ana."


@pytest.mark.parametrize("fields", [{}, {"name": "Ana", "mobile": ANA}, {"mobile": ANA, "plan": "Plus"}])
def test_nothing_is_sent_where_something_is_empty(office: Office, fields: dict[str, str]) -> None:
    office.record(**fields)
    errors = refused(office, template=office.template(HELLO))
    missing = [name for name in ("name", "plan") if name not in fields or not fields.get("mobile")]
    assert errors == {"template": f"Empty for whoever gets this: {', '.join(missing)}. Fill that in, or send a text."}
    assert used(office) == 0


def test_a_template_that_fails_for_this_recipient_says_how(office: Office) -> None:
    office.record(name="Ana", mobile=ANA)
    template = office.template("Hi {{ name }}")
    office.change(TextTemplate, template, text="Hi {{ name | date_plus('x') }}")
    assert list(refused(office, template=template)) == ["template"]


def test_a_message_has_a_text_or_a_template(office: Office) -> None:
    template = office.template("We open at 9.")
    assert list(refused(office)) == ["text"]
    assert list(refused(office, text="Hi", template=template)) == ["text"]
    assert refused(office, template="0" * 32) == {"template": "There is no template with this id."}
    assert list(refused(office, template="hours")) == ["template"]


def test_a_key_used_again_is_the_same_message_although_the_record_changed(office: Office) -> None:
    record = office.record(name="Ana", mobile=ANA, plan="Plus")
    template, other = office.template(HELLO), office.template("Hi", name="Other")
    first = office.agent.send("k-1", to=ANA, template=template)
    office.admin("PATCH", f"/records/{record}", json={"fields": {"plan": None}})
    again = office.agent.send("k-1", to=ANA, template=template)
    assert (first.status_code, again.status_code, again.json["id"]) == (201, 200, first.json["id"])
    with office.app.app_context(), transaction():
        counted = library.load(template)
        assert counted is not None
        assert counted.used == 1
        library.delete(counted)
    assert office.agent.send("k-1", to=ANA, template=template).json["text"] == "Hello Ana, your plan is Plus."
    for body in ({"template": other}, {"text": "Hello Ana, your plan is Plus."}):
        assert list(office.agent.send("k-1", to=ANA, **body).json["errors"]) == ["Idempotency-Key"]
    assert office.count(Message) == 1
