"""Importing in the browser: from the file to the rows that were left out."""

import io
import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from flexie import jobs
from flexie.db import db
from flexie.models import Import, ImportFault, Record
from flexie.web import imports
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk

PEOPLE = "First name;Mobile;Shoe size\r\nAna;(415) 555-2671;38\r\nBen;12;=2+3\r\nZoë;;41\r\n"


def upload(browser: Browser, data: str | bytes, kind: str = "contact") -> TestResponse:
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    form = {"file": (file, "people.csv"), "csrf_token": browser.token()}
    return browser.client.post(
        f"/records/{kind}/import", data=form, base_url=browser.base, content_type="multipart/form-data"
    )


def begun(desk: Desk, data: str = PEOPLE, **form: str) -> str:
    """The address of an import that was started with these choices."""
    address = upload(desk.mira, data).location
    chosen = {"column-0": "first_name", "column-1": "mobile", "do": "start", **form}
    assert desk.mira.post(address, chosen).location == address
    return address


def work(desk: Desk) -> None:
    for _ in range(3):
        with desk.app.app_context():
            jobs.look("imports")


def test_from_the_file_to_the_rows_left_out(desk: Desk) -> None:
    form = words(desk.mira.get("/records/contact/import"))
    assert "Up to 50 MB" in form
    address = upload(desk.mira, PEOPLE).location
    page = desk.mira.get(address)
    assert "3 rows, 3 columns · UTF-8, separated by semicolons" in words(page)
    assert re.search(r'<option value="mobile" selected>', page.text)
    assert "Left out. Mobile:" in words(page)
    answer = desk.mira.post(address, {"column-0": "first_name", "column-1": "mobile", "do": "start"})
    assert answer.location == address
    assert 'hx-trigger="every 1s"' in desk.mira.get(address).text
    work(desk)
    done = desk.mira.get(address, htmx=True)
    assert "every 1s" not in done.text
    assert "2 new 1 left out" in words(done)
    assert "Line 3" in words(done)
    file = desk.mira.get(f"{address}/left-out.csv")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    lines = file.data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Line,Reason,First name,Mobile,Shoe size"
    assert lines[1].startswith("3,")
    assert lines[1].endswith(",Ben,12,'=2+3")
    with desk.app.app_context():
        assert [each.title for each in db.session.scalars(select(Record).order_by(Record.id))] == ["Ana", "Zoë"]


def test_the_corrected_file_can_be_imported_as_it_is(desk: Desk) -> None:
    address = begun(desk)
    work(desk)
    corrected = desk.mira.get(f"{address}/left-out.csv").data.replace(b",12,", f",'{ANA},".encode())
    page = desk.mira.get(upload(desk.mira, corrected).location)
    assert "Left out" not in words(page)
    assert ANA in words(page)


def test_the_preview_follows_what_is_chosen_and_keeps_nothing(desk: Desk) -> None:
    address = upload(desk.mira, PEOPLE).location
    seen = desk.mira.post(f"{address}/preview", {"column-0": "last_name"}, htmx=True)
    assert "Last name" in words(seen)
    assert "Mobile" not in words(seen)
    assert "at least one column" in words(desk.mira.post(f"{address}/preview", {}, htmx=True))
    with desk.app.app_context():
        assert db.session.scalars(select(Import)).one().columns == ["first_name", "mobile", ""]


def test_a_choice_that_cannot_be_is_said_and_nothing_begins(desk: Desk) -> None:
    address = upload(desk.mira, PEOPLE).location
    answer = desk.mira.post(address, {"column-0": "first_name", "match": "number", "do": "start"})
    assert answer.status_code == 422
    assert "choose a phone field" in words(answer)
    with desk.app.app_context():
        assert db.session.scalars(select(Import)).one().state == "mapping"


@pytest.mark.parametrize(
    ("data", "said"), [("", "Choose a file"), ("a,b\r\n", "only a heading"), ("PK\x03\x04", "work")]
)
def test_a_file_that_cannot_be_used_is_said_beside_it(desk: Desk, data: str, said: str) -> None:
    answer = upload(desk.mira, data) if data else desk.mira.post("/records/contact/import", {})
    assert answer.status_code == 422
    assert said in words(answer)


def test_only_uploads_may_be_larger_than_a_megabyte_and_not_without_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = "First name\r\n" + "x" * 60 + "\r\n"
    big += ("y" * 60 + "\r\n") * 20_000
    assert len(big) > 1024 * 1024
    assert upload(desk.mira, big).status_code == 303
    stranger = Browser(desk.app)
    assert upload(stranger, big).status_code == 413
    assert desk.mira.post("/records/contact", {"first_name": big}).status_code == 413
    monkeypatch.setattr(imports, "LARGEST_FILE", 1024 * 1024)
    assert upload(desk.mira, big).status_code == 413


def test_agents_import_nothing_and_nobody_sees_the_file_of_another(desk: Desk) -> None:
    address = begun(desk)
    tom = desk.agent()
    writer = Browser(desk.app, desk.person("w@example.com", "Wes", "rule writer"))
    for path in (address, f"{address}/left-out.csv"):
        assert tom.get(path).status_code == 403
        assert writer.get(path).status_code == 404
        assert desk.mira.get(path).status_code == 200
    for path in (address, f"{address}/stop", f"{address}/preview"):
        assert tom.post(path, {}).status_code == 403
        assert writer.post(path, {}).status_code == 404
    assert tom.get("/records/contact/import").status_code == 403
    assert "Import" not in words(tom.get("/records/contact"))
    assert upload(tom, PEOPLE).status_code == 403


def test_an_import_can_be_stopped_and_an_upload_thrown_away(desk: Desk) -> None:
    address = begun(desk)
    assert desk.mira.post(f"{address}/stop", {}).location == address
    work(desk)
    assert "Stopped" in words(desk.mira.get(address))
    with desk.app.app_context():
        assert db.session.query(Record).count() == 0
    other = upload(desk.mira, PEOPLE).location
    assert desk.mira.post(f"{other}/stop", {}).location == "/records/contact/import"


def test_what_people_wrote_into_files_is_text_on_every_page(desk: Desk) -> None:
    evil = "<img src=x onerror=alert(1)>"
    address = begun(desk, f"{evil},Mobile\r\n{evil},{evil}\r\n{evil},\r\n")
    upload(desk.mira, f"{evil},Mobile\r\n{evil},{evil}\r\n")
    work(desk)
    for path in (address, "/records/contact", "/records/contact/import"):
        assert "<img" not in desk.mira.get(path).text
    with desk.app.app_context():
        assert db.session.query(ImportFault).count() == 1
