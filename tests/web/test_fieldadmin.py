"""The administrator's page of fields: added, called otherwise, put in order, retired."""

import re

import pytest

from flexie import customfields, fields, rulebook
from flexie.db import db
from flexie.models import FieldDefinition, Settings
from flexie.web.fieldadmin import TYPES
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


def names(desk: Desk, kind: str = "lead") -> list[str]:
    with desk.app.app_context():
        return [each.name for each in fields.in_use(kind)]


def revision(desk: Desk) -> int:
    with desk.app.app_context():
        return Settings.get().rules_revision


def test_a_field_is_added_and_used_at_once(desk: Desk) -> None:
    before = revision(desk)
    answer = desk.mira.post("/fields/lead", {"label": "Shoe size", "type": "number"})
    assert answer.location == "/fields/lead"
    assert "Shoe size" in words(desk.mira.get("/fields/lead"))
    assert names(desk)[-1] == "shoe_size"
    assert revision(desk) > before
    created = desk.mira.post("/records/lead", {"first_name": "Ana", "shoe_size": "38.5"})
    assert "38.5" in words(desk.mira.get(created.location))
    desk.house.rules(
        'version 1\n\nrule "Big":\n  for lead\n  when shoe_size changes\n  only if shoe_size > 40\n\n  add tag "big"\n'
    )


@pytest.mark.parametrize("type_", list(TYPES))
def test_every_type_can_be_chosen(desk: Desk, type_: str) -> None:
    desk.mira.post("/fields/lead", {"label": "Extra", "type": type_, "choices": "One\n Two \n\none"})
    with desk.app.app_context():
        field = customfields.named("lead", "extra")
        assert field is not None
        assert (field.type, field.choices) == (type_, ["One", "Two"] if type_ == "choice" else None)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Größe (cm)", "groe_cm"), ("Set", "lead_set"), ("If", "lead_if"), ("Not", "lead_not"), ("True", "lead_true"),
        ("Date", "lead_date"), ("2nd number", "lead_2nd_number"), ("日本", "lead_field"), ("Has", "lead_has"),
        ("First-name", "first_name_2"), ("x" * 60, "x" * 40), ("__data", "data"),
    ],
)  # fmt: skip
def test_the_name_is_one_that_rules_can_write(desk: Desk, label: str, name: str) -> None:
    assert desk.mira.post("/fields/lead", {"label": label, "type": "text"}).status_code == 303
    assert names(desk)[-1] == name
    with desk.app.app_context():
        text = f'version 1\n\nrule "R":\n  for lead\n  when {name} changes\n\n  send sms "Hi {{{{ {name} }}}}"\n'
        assert [each.message for each in rulebook.check(text) if each.code != "R205"] == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"label": " ", "type": "text"}, "Write what the field is called"),
        ({"label": "x" * 61, "type": "text"}, "61 characters"),
        ({"label": "MOBILE", "type": "text"}, "There is a field “MOBILE” already"),
        ({"label": "Size", "type": "wizardry"}, "Choose what the field holds"),
        ({"label": "Size", "type": "choice", "choices": " \n"}, "at least one choice"),
    ],
)
def test_what_cannot_be_is_said_beside_it_and_adds_nothing(desk: Desk, form: dict[str, str], said: str) -> None:
    before = names(desk)
    answer = desk.mira.post("/fields/lead", form)
    assert answer.status_code == 422
    assert said in words(answer)
    assert names(desk) == before


def test_a_field_is_called_otherwise_and_rules_do_not_notice(desk: Desk) -> None:
    ana = desk.house.record("lead", first_name="Ana", status="New")
    desk.mira.post("/fields/lead/status", {"label": "State", "choices": "New\nWon"})
    with desk.app.app_context():
        field = customfields.named("lead", "status")
        assert field is not None
        assert (field.label, field.choices) == ("State", ["New", "Won"])
    assert desk.house.fields(ana)["status"] == "New"
    answer = desk.mira.post("/fields/lead/status", {"label": "City", "choices": "New"})
    assert answer.status_code == 422
    assert 'value="City"' in answer.text
    assert desk.mira.get("/fields/lead/nothing").status_code == 404


def test_fields_change_places(desk: Desk) -> None:
    first, second, *rest = names(desk)
    part = desk.mira.post(f"/fields/lead/{second}/move", {"to": "up"}, htmx=True)
    assert re.search(r'id="fields"', part.text)
    assert names(desk) == [second, first, *rest]
    desk.mira.post(f"/fields/lead/{second}/move", {"to": "up"})
    assert names(desk) == [second, first, *rest]
    desk.mira.post(f"/fields/lead/{second}/move", {"to": "down"})
    assert names(desk) == [first, second, *rest]
    assert re.findall(r"<label for=\"field-(\w+)\"", desk.mira.get("/records/lead/new").text)[:2] == [first, second]


def test_a_retired_field_keeps_its_values_its_rules_and_its_numbers_and_comes_back(desk: Desk) -> None:
    ana = desk.house.record("lead", first_name="Ana", mobile=ANA, city="Rome")
    desk.house.rules(
        'version 1\n\nrule "Moved":\n  for lead\n  when first_name changes\n  only if city is "Rome"\n\n  add tag "r"\n'
    )
    for name in ("city", "mobile"):
        desk.mira.post(f"/fields/lead/{name}/retire", {})
    assert not {"city", "mobile"} & set(names(desk))
    page = desk.mira.get("/fields/lead")
    assert "Retired" in words(page)
    with desk.app.app_context():
        public_id = db.session.execute(db.text("SELECT public_id FROM records")).scalar_one()
    desk.mira.post(f"/records/{public_id}", {"first_name": "Anna"})
    desk.house.work()
    assert [run.state for run in desk.house.runs()] == ["done"]
    assert desk.house.fields(ana) == {"first_name": "Anna", "mobile": ANA, "city": "Rome", "allow_sms": True}
    desk.mira.post("/fields/lead/city/retire", {"back": "yes"})
    assert names(desk)[-1] == "city"
    desk.mira.post("/fields/lead", {"label": "Mobile", "type": "phone"})
    answer = desk.mira.post("/fields/lead/mobile/retire", {"back": "yes"})
    assert "There is a field “Mobile” already" in words(answer)


def test_only_administrators_see_and_change_fields(desk: Desk) -> None:
    tom = desk.agent()
    assert tom.get("/fields/lead").status_code == 403
    assert tom.get("/fields/lead/city").status_code == 403
    for path in ("/fields/lead", "/fields/lead/city", "/fields/lead/city/move", "/fields/lead/city/retire"):
        assert tom.post(path, {"label": "X", "type": "text"}).status_code == 403
    assert "Set up fields" not in words(tom.get("/records/lead"))
    with desk.app.app_context():
        assert db.session.query(FieldDefinition).filter_by(is_retired=True).count() == 0


def test_labels_and_choices_are_text_on_every_page(desk: Desk) -> None:
    evil = "<img src=x onerror=alert(1)>"
    desk.mira.post("/fields/lead", {"label": evil, "type": "choice", "choices": evil})
    name = names(desk)[-1]
    desk.mira.post("/records/lead", {"first_name": "Ana", name: evil})
    for path in ("/fields/lead", f"/fields/lead/{name}", "/records/lead/new", "/records/lead"):
        assert "<img" not in desk.mira.get(path).text
