"""Lists as CSV files: nothing in them is calculated, and what is written can be read in again."""

import csv
import io

from sqlalchemy import select

from flexie import clock, exporting, importing, records
from flexie.db import db, transaction
from flexie.listing import View
from flexie.models import Record, Settings, User
from tests.house import ANA, House


def exported(view: View) -> list[dict[str, str]]:
    text = "".join(exporting.lines(view))
    assert text.startswith("\ufeff")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_values_are_written_for_people_and_spreadsheets(house: House) -> None:
    with house.app.app_context(), transaction():
        Settings.get().time_zone = "America/New_York"
        record = records.create("contact", {
            "first_name": '=HYPERLINK("http://evil","x")', "last_name": "@SUM(A1)", "mobile": ANA, "score": "-5",
            "allow_sms": "no", "appointment_at": "2030-01-09T20:00:00+00:00", "birthday": "1990-05-01",
            "city": 'a "quoted", city\r\nline', "nickname": "-x",
        })  # fmt: skip
        for tag in ("vip", "=1"):
            records.add_tag(record, tag)
    with house.app.app_context():
        (row,) = exported(View("contact"))
    assert row["First name"] == '\'=HYPERLINK("http://evil","x")'
    assert (row["Last name"], row["Nickname"]) == ("'@SUM(A1)", "'-x")
    assert (row["Mobile"], row["Score"], row["Allow sms"]) == (f"'{ANA}", "-5", "no")
    assert (row["Appointment at"], row["Birthday"]) == ("2030-01-09 15:00", "1990-05-01")
    assert row["City"] == 'a "quoted", city\r\nline'
    assert row["Tags"] == "'=1, vip"


def test_what_was_exported_can_be_imported_as_it_was(house: House) -> None:
    given = [
        {"first_name": "+Ana", "mobile": "+44 7700 900123", "email": "a@example.com", "score": "-1.50", "plan": "Pro",
         "appointment_at": "2030-01-09T20:00:30+00:00", "allow_sms": False, "invoices": ["x y", "-z"]},
        {"first_name": "'=quoted", "mobile": "(415) 555-2671", "allow_sms": True, "birthday": "1990-05-01"},
        {"first_name": "Zoë 👍", "last_name": "a;b\tc\nd", "allow_sms": True},
    ]  # fmt: skip
    for each in given[::-1]:
        house.record(**each)
    with house.app.app_context():
        before = [row.fields for row in db.session.scalars(select(Record).order_by(Record.id.desc()))]
        data = "".join(exporting.lines(View("contact"))).encode()
        user = User(email="m@example.com", name="Mira", role="admin", password_hash="x", created_at=clock.now())
        db.session.add(user)
        db.session.commit()
        last = db.session.scalars(select(Record.id).order_by(Record.id.desc())).first()
        one = importing.store(user, "contact", "contacts.csv", io.BytesIO(data))
        importing.choose(one, one.columns, "", None, starts_rules=False)
        importing.start(one)
        db.session.commit()
        while importing.drain().more:
            pass
        after = db.session.scalars(select(Record).where(Record.id > last).order_by(Record.id))
        assert [row.fields for row in after] == before


def test_a_long_list_is_read_piece_by_piece_and_holds_every_record_once(house: House) -> None:
    with house.app.app_context(), transaction():
        for number in range(exporting.BATCH + 20):
            records.create("lead", {"first_name": f"L{number}"})
        records.create("contact", {"first_name": "Another kind"})
    with house.app.app_context():
        pieces = list(exporting.lines(View("lead")))
        assert len(pieces) == 3
        rows = exported(View("lead"))
    assert [row["First name"] for row in rows] == [f"L{number}" for number in reversed(range(exporting.BATCH + 20))]


def test_filters_and_search_hold_and_retired_fields_stay_at_home(house: House) -> None:
    house.record(first_name="Ana", city="Rome")
    house.record(first_name="Ben", city="Rome")
    with house.app.app_context(), transaction():
        field = next(each for each in records.fields.definitions("contact") if each.name == "city")
        field.is_retired = True
    with house.app.app_context():
        (row,) = exported(View("contact", q="an"))
    assert row["First name"] == "Ana"
    assert "City" not in row
