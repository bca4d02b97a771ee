"""Records in the browser: lists, pages, forms, timelines."""

import re

import pytest

from flexie import records
from flexie.db import db
from flexie.models import AuditEntry, Conversation, ConversationLink, Message, MessageLink, Note, Record
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk
from tests.web.test_plans import statements


def public_id(desk: Desk, row_id: int) -> str:
    with desk.app.app_context():
        return db.session.get_one(Record, row_id).public_id


def test_a_record_is_created_from_its_form(desk: Desk) -> None:
    assert "First name" in words(desk.mira.get("/records/contact/new"))
    answer = desk.mira.post("/records/contact", {"first_name": "Ana", "last_name": "Hoxha", "mobile": "(415) 555-2671"})
    assert answer.status_code == 303
    with desk.app.app_context():
        record = db.session.query(Record).one()
        assert (record.title, record.owner_id) == ("Ana Hoxha", desk.mira_id)
        assert [key.e164 for key in record.phone_keys] == [ANA]
    assert "Ana Hoxha" in words(desk.mira.get(answer.location))


def test_a_value_that_does_not_fit_has_its_sentence_beside_it(desk: Desk) -> None:
    form = {"first_name": "Ana", "mobile": "12", "birthday": "soon", "plan": "Gold"}
    answer = desk.mira.post("/records/contact", form)
    assert answer.status_code == 422
    for name in ("mobile", "birthday", "plan"):
        assert re.search(rf'id="field-{name}-error">[^<]+<', answer.text), name
    assert 'value="Ana"' in answer.text
    assert 'value="12"' in answer.text
    with desk.app.app_context():
        assert db.session.query(Record).count() == 0


def test_a_record_is_changed_and_nothing_else_of_it(desk: Desk) -> None:
    record_id = desk.house.record(first_name="Ana", mobile=ANA, invoices=[{"name": "INV-1"}])
    address = f"/records/{public_id(desk, record_id)}"
    form = desk.mira.get(f"{address}/edit")
    assert f'value="{ANA}"' in form.text
    assert 'name="invoices"' not in form.text
    answer = desk.mira.post(address, {"first_name": "Anna", "appointment_at": "2030-01-09T15:00", "allow_sms": "no"})
    assert answer.location == address
    fields = desk.house.fields(record_id)
    assert fields["first_name"] == "Anna"
    assert fields["invoices"] == [{"name": "INV-1"}]
    assert fields["mobile"] == ANA
    assert fields["allow_sms"] is False
    assert 'value="2030-01-09T15:00"' in desk.mira.get(f"{address}/edit").text


def test_a_change_with_one_mistake_changes_nothing(desk: Desk) -> None:
    record_id = desk.house.record(first_name="Ana", mobile=ANA)
    answer = desk.mira.post(f"/records/{public_id(desk, record_id)}", {"first_name": "Anna", "score": "many"})
    assert answer.status_code == 422
    assert 'value="Anna"' in answer.text
    assert desk.house.fields(record_id)["first_name"] == "Ana"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hox", ["Ana Hoxha"]),
        ("ANA", ["Ana Hoxha"]),
        ("415 555 2671", ["Ana Hoxha"]),
        ("(415) 555", ["Ana Hoxha"]),
        ("+1415555", ["Ana Hoxha"]),
        ("+44 7700", ["Ben %_ Whit"]),
        ("%", []),
        ("_", ["Ben %_ Whit"]),
        ("nobody", []),
        ("999999", []),
    ],
)
def test_records_are_found_by_a_part_of_the_name_or_the_start_of_a_number(
    desk: Desk, typed: str, found: list[str]
) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile="(415) 555-2671")
    desk.house.record(first_name="Ben", last_name="%_ Whit", mobile="+44 7700 900123")
    page = desk.mira.client.get("/records/contact", query_string={"q": typed}, base_url=desk.mira.base)
    assert re.findall(r'row-name cut" hx-disable>([^<]+)<', page.text) == found
    assert ("Nothing fits" in words(page)) is (not found)


def test_a_long_list_shows_every_record_once(desk: Desk) -> None:
    with desk.rows():
        for number in range(120):
            records.create("lead", {"first_name": f"Lead {number}"})
    seen: list[str] = []
    page = desk.mira.get("/records/lead")
    while True:
        seen += re.findall(r'row-name cut" hx-disable>([^<]+)<', page.text)
        more = re.search(r'hx-get="(/records/lead\?before=\w+)"', page.text)
        if not more:
            break
        page = desk.mira.get(more.group(1), htmx=True)
    assert seen == [f"Lead {number}" for number in reversed(range(120))]


def test_the_timeline_holds_every_text_once_page_by_page(desk: Desk) -> None:
    record_id = desk.house.record(first_name="Ana", mobile=ANA)
    talk = desk.talk(ANA, "text 0.")
    for number in range(1, 70):
        desk.message(talk, f"text {number}.")
    with desk.rows():
        for message_id in db.session.scalars(db.select(Message.id)):
            db.session.add(MessageLink(message_id=message_id, record_id=record_id))
    seen: list[str] = []
    page = desk.mira.get(f"/records/{public_id(desk, record_id)}")
    while True:
        seen += re.findall(r">(text \d+\.)<", page.text)
        more = re.search(r'hx-get="(/records/\w+\?before=[\w-]+)"', page.text)
        if not more:
            break
        page = desk.mira.get(more.group(1), htmx=True)
    assert seen == [f"text {number}." for number in reversed(range(70))]


def test_a_case_is_about_somebody_and_is_written_to_there(desk: Desk) -> None:
    ana = public_id(desk, desk.house.record(first_name="Ana", mobile=ANA))
    assert "about Ana" in words(desk.mira.get(f"/records/case/new?about={ana}"))
    answer = desk.mira.post("/records/case", {"name": "Broken", "about": ana})
    seen = desk.mira.get(answer.location)
    assert "about Ana" in words(seen)
    assert re.search(r"/inbox/new\?record=\w+&amp;to=%2B14155552671", seen.text)
    assert "Broken" in words(desk.mira.get(f"/records/{ana}"))


def test_there_are_five_kinds_and_no_others(desk: Desk) -> None:
    for kind in ("contact", "lead", "account", "deal", "case"):
        assert desk.mira.get(f"/records/{kind}").status_code == 200
        assert desk.mira.get(f"/records/{kind}/new").status_code == 200
    assert desk.mira.get("/records/wizard").status_code == 404
    assert desk.mira.get("/records/" + "0" * 32).status_code == 404


def test_a_list_is_asked_for_by_owner_tag_order_and_who_can_be_texted(desk: Desk) -> None:
    ana = desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.record(first_name="Ben")
    with desk.rows():
        record = db.session.get_one(Record, ana)
        record.owner_id = desk.mira_id
        records.add_tag(record, "vip")
    page = desk.mira.get("/records/contact")
    assert "<option>vip</option>" in page.text
    assert "Mine" in words(page)
    mira = re.search(r'value="(\w{32})">Mine', page.text).group(1)
    for asked in ("tag=vip", "owner=me", f"owner={mira}", "texted=yes", "q=ana", "tag=vip&texted=yes&sort=name"):
        seen = desk.mira.get(f"/records/contact?{asked}", htmx=True)
        assert re.findall(r'row-name cut" hx-disable>([^<]+)<', seen.text) == ["Ana"], asked
    assert "Ben" in words(desk.mira.get("/records/contact?owner=nobody", htmx=True))
    assert "No contacts fit these filters." in words(desk.mira.get("/records/contact?tag=none"))
    assert desk.mira.get("/records/contact?sort=wizardry&owner=x&before=nothing").status_code == 200


def test_further_rows_keep_what_was_asked_for(desk: Desk) -> None:
    with desk.rows():
        for number in range(120):
            records.add_tag(records.create("lead", {"first_name": f"Lead {number:03}"}), "vip")
    seen: list[str] = []
    page = desk.mira.get("/records/lead?sort=name&tag=vip")
    while True:
        seen += re.findall(r'row-name cut" hx-disable>([^<]+)<', page.text)
        more = re.search(r'hx-get="(/records/lead\?before=[^"]+)"', page.text)
        if not more:
            break
        page = desk.mira.get(more.group(1).replace("&amp;", "&"), htmx=True)
    assert seen == [f"Lead {number:03}" for number in range(120)]


def test_a_list_is_exported_as_it_is_asked_for_and_that_is_written_down(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.record(first_name="Ben")
    form = desk.mira.get("/records/contact?q=ana")
    assert '<input type="hidden" name="q" value="ana">' in form.text
    answer = desk.mira.post("/records/contact/export", {"q": "ana"})
    assert answer.mimetype == "text/csv"
    assert 'filename="contacts.csv"' in answer.headers["Content-Disposition"]
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert f"'{ANA}" in lines[1]
    with desk.app.app_context():
        entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.did == "exported")).one()
        assert (entry.user_id, entry.changes) == (desk.mira_id, {"kind": [None, "contact"], "search": [None, "ana"]})


def test_agents_export_nothing(desk: Desk) -> None:
    desk.house.record(first_name="Ana")
    tom = desk.agent()
    assert tom.post("/records/contact/export", {}).status_code == 403
    assert "More" not in words(tom.get("/records/contact"))
    with desk.app.app_context():
        assert db.session.query(AuditEntry).filter_by(did="exported").count() == 0


def test_a_list_asks_the_same_number_of_questions_however_long_it_is(desk: Desk) -> None:
    counts = []
    for count in (3, 40):
        for number in range(count):
            desk.house.record(first_name=f"P{number}", mobile=f"+141555{52000 + number + count * 100:05}")
        with desk.app.app_context(), statements() as seen:
            desk.mira.get("/records/contact")
        counts.append(len([each for each in seen if each[0].startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1] <= 12


def test_a_record_names_the_others_with_its_number(desk: Desk) -> None:
    ana = desk.house.record(first_name="Ana", mobile=ANA)
    desk.house.record("lead", first_name="Ana the <b>lead</b>", mobile="(415) 555-2671")
    desk.house.record(first_name="Ben", mobile="+14155550101")
    page = desk.mira.get(f"/records/{public_id(desk, ana)}")
    assert "is also Ana the <b>lead</b> (lead)" in words(page).replace("  ", " ")
    assert "<b>lead" not in page.text
    assert "Ben" not in words(page)


def test_a_retired_field_is_on_no_page_and_keeps_its_value(desk: Desk) -> None:
    ana = desk.house.record(first_name="Ana", city="Rome")
    with desk.rows():
        field = next(each for each in records.fields.definitions("contact") if each.name == "city")
        field.is_retired = True
    address = f"/records/{public_id(desk, ana)}"
    assert "Rome" not in words(desk.mira.get(address))
    assert 'name="city"' not in desk.mira.get(f"{address}/edit").text
    desk.mira.post(address, {"first_name": "Anna"})
    assert desk.house.fields(ana)["city"] == "Rome"


def note(desk: Desk, talk: str, text: str) -> None:
    with desk.rows():
        row = db.session.scalars(db.select(Conversation).where(Conversation.public_id == talk)).one()
        told = Note(conversation=row, user_id=desk.mira_id, text=text, intent=text, created_at=desk.clock())
        db.session.add(told)
    desk.clock.move(seconds=1)


def test_notes_stand_on_the_timeline_and_those_of_other_lines_stay_hidden(desk: Desk) -> None:
    ana = desk.house.record(first_name="Ana", mobile="(415) 555-2671")
    note(desk, desk.talk(ANA), "Ask about <b>tea</b>")
    note(desk, desk.talk(ANA, line_id=desk.line("Board", "+14155550188", role="admin")), "A secret")
    linked = desk.talk("+14155550101")
    with desk.rows():
        row = db.session.scalars(db.select(Conversation).where(Conversation.public_id == linked)).one()
        db.session.add(ConversationLink(conversation_id=row.id, record_id=ana, created_at=desk.clock()))
    for number in range(40):
        note(desk, linked, f"note {number}.")
    address = f"/records/{public_id(desk, ana)}"
    told = [f"note {number}." for number in reversed(range(40))]
    for browser, rest in ((desk.mira, ["A secret"]), (desk.agent(), [])):
        seen: list[str] = []
        page = browser.get(address)
        while True:
            seen += re.findall(r">(note \d+\.|Ask about[^\n]*|A secret)</p>", page.text)
            more = re.search(r'hx-get="(/records/\w+\?before=[\w-]+)"', page.text)
            if not more:
                break
            page = browser.get(more.group(1), htmx=True)
        assert seen == [*told, *rest, "Ask about &lt;b&gt;tea&lt;/b&gt;"]


def test_a_records_page_shows_what_is_filled_in_and_names_the_rest_behind_a_disclosure(desk: Desk) -> None:
    ana = public_id(desk, desk.house.record(first_name="Ana", mobile=ANA, city="Rome"))
    page = desk.mira.get(f"/records/{ana}").text
    fields, _, empty = page.partition('<details class="empty-fields')
    assert "<dt>City</dt>" in fields
    assert "Birthday" not in fields
    assert "Birthday" in empty.partition("</details>")[0]
    assert "City" not in empty.partition("</details>")[0]
    assert "Birthday" in words(desk.mira.get(f"/records/{ana}/edit"))


def test_beside_a_conversation_no_field_repeats_what_its_record_is_called(desk: Desk) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile=ANA, city="Rome")
    desk.house.record("account", name="Hoxha Ltd", first_name="Ana", mobile=ANA)
    facts = desk.mira.get(f"/inbox/{desk.talk(ANA)}").text.partition('id="facts"')[2]
    person, _, company = facts.partition("Hoxha Ltd")
    assert set(re.findall(r"<dt>([^<]+)</dt>", person)) == {"Mobile", "Allow sms", "City"}
    assert set(re.findall(r"<dt>([^<]+)</dt>", company)) == {"First name", "Mobile"}


def test_numbers_stand_alike_in_a_list_and_as_typed_where_they_are_written_to(desk: Desk) -> None:
    form = {"first_name": "Ana", "last_name": "Hoxha", "mobile": "415.555.2671"}
    ana = desk.mira.post("/records/contact", form).location.rpartition("/")[2]
    desk.mira.post("/records/contact", {"first_name": "Ben", "mobile": "+1 (415)555 2672"})
    listed = words(desk.mira.get("/records/contact"))
    assert "Ana Hoxha (415) 555-2671" in listed
    assert "Ben (415) 555-2672" in listed
    assert 'value="415.555.2671"' in desk.mira.get(f"/inbox/new?record={ana}").text
