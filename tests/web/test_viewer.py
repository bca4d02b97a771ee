"""Times on a person's own clock, numbers as at home; and what is the account's stays on its clock and says so."""

import re

import pytest

from flexie.db import db
from flexie.models import Record, Settings, SignIn, User
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk

NEW_YORK, TOKYO, TORONTO = "America/New_York", "Asia/Tokyo", "America/Toronto"


@pytest.fixture
def at_home(desk: Desk) -> Desk:
    """An account in New York. Now it is Monday, 05:00 there, and Monday, 19:00 in Tokyo."""
    with desk.rows():
        Settings.get().time_zone = NEW_YORK
    return desk


def look(desk: Desk, *, chosen: str | None = None, told: str | None = None, locale: str | None = None) -> None:
    """What Mira chose, and what her browser told."""
    with desk.rows():
        mira = db.session.get_one(User, desk.mira_id)
        mira.time_zone, mira.locale = chosen, locale
        db.session.query(SignIn).one().time_zone = told


def record_page(desk: Desk, **values: object) -> str:
    record = desk.house.record(first_name="Ana", mobile=ANA, **values)
    with desk.app.app_context():
        address = f"/records/{db.session.get_one(Record, record).public_id}"
    return words(desk.mira.get(address))


@pytest.mark.parametrize(
    ("chosen", "told", "seen"),
    [
        (None, None, "05:00"),
        (None, TOKYO, "19:00"),
        (None, "Atlantis/Poseidonis", "05:00"),
        ("Europe/Berlin", TOKYO, "11:00"),
        ("Gone/From_the_list", TOKYO, "19:00"),
    ],
)
def test_the_zone_is_the_chosen_one_else_the_browsers_else_the_accounts(
    at_home: Desk, chosen: str | None, told: str | None, seen: str
) -> None:
    look(at_home, chosen=chosen, told=told)
    talk = at_home.talk(ANA)
    assert f" {seen} " in words(at_home.mira.get("/inbox"))
    thread = at_home.mira.get(f"/inbox/{talk}")
    assert f" {seen} " in words(thread)
    assert '<time datetime="2030-01-07T10:00:00+00:00"' in thread.text


def test_days_begin_at_the_persons_own_midnight(at_home: Desk) -> None:
    talk = at_home.talk(ANA)
    at_home.clock.move(hours=6)  # Monday, 11:00; Tuesday, 01:00 in Tokyo
    assert " Today " in words(at_home.mira.get(f"/inbox/{talk}"))
    look(at_home, told=TOKYO)
    assert " Yesterday " in words(at_home.mira.get(f"/inbox/{talk}"))
    at_home.clock.move(days=9)
    assert " Monday 7 January " in words(at_home.mira.get(f"/inbox/{talk}"))


@pytest.mark.parametrize(
    ("languages", "locale", "time"),
    [
        ("en-US,en;q=0.9", None, "10:00 AM"),
        ("en-US,en;q=0.9", "fi_FI", "10.00"),
        ("fr-CA", None, "10 h 00"),
        ("en-US", "xx_XX", "10:00 AM"),
    ],
)
def test_the_format_is_the_chosen_one_else_the_browsers(
    desk: Desk, languages: str, locale: str | None, time: str
) -> None:
    look(desk, locale=locale)
    desk.mira.headers["Accept-Language"] = languages
    talk = desk.talk(ANA)
    assert f" {time} " in words(desk.mira.get("/inbox"))
    desk.clock.move(days=1)
    assert f"since Yesterday {time}" in words(desk.mira.get("/you"))
    assert f" {time} " in words(desk.mira.get(f"/inbox/{talk}"))


def test_money_is_grouped_and_plain_numbers_are_not(desk: Desk) -> None:
    desk.mira.headers["Accept-Language"] = "de-DE"
    page = record_page(desk, score="2026", lifetime_value="12345.5", invoice_total="5", birthday="2001-05-04")
    assert "Score 2026" in page
    assert "Lifetime value 12.345,50" in page
    assert "Invoice total 5 " in page
    assert "Birthday 4 May 2001" in page


def test_moments_in_fields_are_on_the_accounts_clock_and_say_so_where_the_clocks_differ(at_home: Desk) -> None:
    values = {"appointment_at": "2030-03-08T10:30", "signed_at": "2030-03-11T10:30"}
    assert "Appointment at 8 Mar 2030, 10:30 Signed at" in record_page(at_home, **values)
    look(at_home, told=TORONTO)  # the same clock by another name
    assert "New York" not in record_page(at_home, **values)
    look(at_home, told=TOKYO)
    assert "Appointment at 8 Mar 2030, 10:30 (New York time)" in record_page(at_home, **values)
    look(at_home, told="America/Bogota")  # where clocks are not put forward on 10 March
    page = record_page(at_home, **values)
    assert "Appointment at 8 Mar 2030, 10:30 Signed at" in page
    assert "Signed at 11 Mar 2030, 10:30 (New York time)" in page


def test_the_ends_of_the_calendar_are_shown_too(at_home: Desk) -> None:
    look(at_home, told=TOKYO)
    page = record_page(at_home, appointment_at="0001-01-01T00:00:00+00:00", signed_at="9999-12-31T23:59:00+00:00")
    assert "Appointment at 1 Jan 1, 00:00 (UTC)" in page
    assert "Signed at 31 Dec 9999, 23:59 (UTC)" in page


def test_a_form_takes_moments_on_the_accounts_clock_and_names_it(at_home: Desk) -> None:
    look(at_home, told=TOKYO)
    record = at_home.house.record(first_name="Ana", appointment_at="2030-03-08T10:30")
    with at_home.app.app_context():
        address = f"/records/{db.session.get_one(Record, record).public_id}"
    form = at_home.mira.get(f"{address}/edit")
    assert 'value="2030-03-08T10:30"' in form.text
    assert "New York time" in words(form)
    at_home.mira.post(address, {"appointment_at": "2030-03-08T11:00"})
    assert at_home.house.fields(record)["appointment_at"] == "2030-03-08T16:00:00+00:00"


def test_moments_to_pick_are_the_accounts_with_ones_own_beside_them(at_home: Desk) -> None:
    look(at_home, told=TOKYO)
    talk = at_home.talk(ANA)
    page = at_home.mira.get(f"/inbox/{talk}")
    assert "Send later, New York time" in words(page)
    assert "Tomorrow morning Tue 8 Jan, 09:00 23:00 for you" in words(page)
    assert 'value="2030-01-08T09:00"' in page.text
    look(at_home, told="Pacific/Auckland")
    assert "Tue 8 Jan, 09:00 Wed 03:00 for you" in words(at_home.mira.get(f"/inbox/{talk}"))
    look(at_home, told=TORONTO)
    assert "for you" not in words(at_home.mira.get(f"/inbox/{talk}"))


def test_a_text_that_waits_is_seen_on_ones_own_clock_and_changed_on_the_accounts(at_home: Desk) -> None:
    look(at_home, told=TOKYO)
    talk = at_home.talk(ANA)
    form = {"text": "See you", "nonce": "n", "later": "at", "send_at": "2030-01-09T09:00"}
    at_home.mira.post(f"/inbox/{talk}/reply", form)
    (message,) = at_home.house.messages("out")
    assert message.due_at
    assert message.due_at.isoformat() == "2030-01-09T14:00:00+00:00"
    assert "Scheduled Wed 9 Jan, 23:00" in words(at_home.mira.get(f"/inbox/{talk}"))
    page = at_home.mira.get(f"/inbox/{talk}/messages/{message.public_id}/edit")
    assert "waiting until Wed 9 Jan, 09:00 (New York time)" in words(page)
    assert 'value="2030-01-09T09:00"' in page.text


def test_a_run_is_timed_on_ones_own_clock_and_says_whose_its_sentences_are(at_home: Desk) -> None:
    at_home.house.rules('version 1\n\nrule "Hi":\n  for contact\n  when created\n\n  wait 10 minutes\n  add tag "x"\n')
    at_home.house.record(first_name="Ana", mobile=ANA)
    at_home.house.work()
    look(at_home, told=TOKYO)
    (run,) = at_home.house.runs()
    page = words(at_home.mira.get(f"/runs/{run.public_id}"))
    assert "waiting until 19:10" in page
    assert "started Monday, 7 January 2030, 19:00" in page
    assert "Times within its sentences are New York time." in page
    look(at_home)
    assert "Times within" not in words(at_home.mira.get(f"/runs/{run.public_id}"))


def test_a_page_asks_the_browser_for_its_zone_and_no_answer_to_a_form_does(at_home: Desk) -> None:
    look(at_home, told=TOKYO)
    assert f'data-zone="{TOKYO}"' in at_home.mira.get("/inbox").text
    wrong = at_home.mira.post("/you", {"name": ""})
    assert wrong.status_code == 422
    assert not re.search(r"<body[^>]*data-zone", wrong.text)
