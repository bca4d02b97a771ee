"""Pictures and files in a conversation and on a record's page: shown, handed out safely, and only to those who may."""

import re

import pytest
from sqlalchemy import select

from flexie.db import db
from flexie.models import Conversation, Line, LineAccess, MediaFile, Record
from flexie.simulator.picture import sample_png
from tests.fetchers import Fetchers
from tests.web.browser import words
from tests.web.desk import Desk


@pytest.fixture
def provider(desk: Desk) -> dict[str, bytes | int | str]:
    """What the provider has; a worker fetches it."""
    desk.app.extensions["fetchers"] = Fetchers()
    desk.house.standin.files.clear()
    desk.house.standin.files |= {"/m/1": sample_png()}
    return desk.house.standin.files


def sent(desk: Desk, *paths: str, body: str = "") -> str:
    """Ana sends files; returns the conversation's public id."""
    desk.house.picture(*paths, body=body)
    desk.house.work()
    with desk.app.app_context():
        return db.session.scalars(select(Conversation.public_id)).one()


def address(page: str) -> str:
    """The address of the one file on a page."""
    found = re.search(r'href="(/inbox/\w+/media/\w+)"', page)
    assert found, page
    return found[1]


def test_a_picture_is_shown_with_words_that_say_whom_it_is_from(
    desk: Desk, provider: dict[str, bytes | int | str]
) -> None:
    desk.house.record(first_name="Ana", last_name="Lima", mobile="+14155552671")
    page = desk.mira.get(f"/inbox/{sent(desk, '/m/1')}").text
    place = address(page)
    assert f'<img src="{place}" alt="Picture from Ana Lima" width="320" height="240"' in page
    assert 'data-said="Picture from Ana Lima"' in page
    assert '<div class="bubble' not in page
    shown = desk.mira.get(place)
    assert (shown.status_code, shown.content_type, shown.data) == (200, "image/png", sample_png())


def test_a_file_is_handed_out_so_that_no_browser_runs_it(desk: Desk, provider: dict[str, bytes | int | str]) -> None:
    provider["/m/2"] = b"<html><script>alert(1)</script>"
    page = desk.mira.get(f"/inbox/{sent(desk, '/m/2', body='See this')}").text
    assert "<img" not in page
    assert "See this" in page
    shown = desk.mira.get(address(page))
    assert shown.content_type == "application/octet-stream"
    assert shown.headers["Content-Disposition"] == 'attachment; filename="file-2030-01-07-1.bin"'
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"


def test_a_browser_may_keep_a_picture_but_asks_each_time_whether_it_still_may(
    desk: Desk, provider: dict[str, bytes | int | str]
) -> None:
    place = address(desk.mira.get(f"/inbox/{sent(desk, '/m/1')}").text)
    first = desk.mira.get(place)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = desk.mira.client.get(place, base_url=desk.mira.base, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_nobody_sees_pictures_on_lines_of_others(desk: Desk, provider: dict[str, bytes | int | str]) -> None:
    talk = sent(desk, "/m/1")
    place = address(desk.mira.get(f"/inbox/{talk}").text)
    tom = desk.agent()
    assert tom.get(place).status_code == 200
    other = desk.talk("+14155559999")
    assert desk.mira.get(place.replace(talk, other)).status_code == 404
    with desk.rows():
        line = db.session.scalars(select(Line)).one()
        line.open_to_all, line.access = False, [LineAccess(role="admin")]
    assert tom.get(place).status_code == 404
    assert tom.post(f"{place}/again").status_code == 404


def test_until_it_is_here_the_page_says_what_is_on_its_way_and_changes_when_it_came(
    desk: Desk, provider: dict[str, bytes | int | str]
) -> None:
    provider["/m/1"] = 503
    talk = sent(desk, "/m/1")
    page = desk.mira.get(f"/inbox/{talk}")
    said = "Picture not here yet. The provider did not give it out (HTTP 503). We try again at 10:00."
    assert said in words(page)
    look = re.search(r'hx-get="(/inbox/\w+/thread\?seen=\w+)"', page.text)
    assert look
    assert desk.mira.get(look[1], htmx=True).status_code == 204
    provider["/m/1"] = sample_png()
    desk.clock.move(seconds=15)
    desk.house.work()
    assert "<img" in desk.mira.get(look[1], htmx=True).text


def test_what_is_gone_is_said_and_can_be_asked_for_again(desk: Desk, provider: dict[str, bytes | int | str]) -> None:
    provider["/m/1"] = 410
    talk = sent(desk, "/m/1")
    page = desk.mira.get(f"/inbox/{talk}")
    assert "Picture could not be fetched. The provider does not have it any more." in words(page)
    again = re.search(r'action="(/inbox/\w+/media/\w+/again)"', page.text)
    assert again
    assert "Picture on its way" in words(desk.mira.post(again[1], htmx=True))
    provider["/m/1"] = sample_png()
    desk.house.work()
    assert "<img" in desk.mira.get(f"/inbox/{talk}").text
    assert desk.mira.post(again[1]).status_code == 303
    assert "This is there already." in words(desk.mira.get(f"/inbox/{talk}"))


def test_the_inbox_and_the_record_show_it_too(desk: Desk, provider: dict[str, bytes | int | str]) -> None:
    record_id = desk.house.record(first_name="Ana", mobile="+14155552671")
    sent(desk, "/m/1")
    assert "Picture" in words(desk.mira.get("/inbox/list", htmx=True))
    with desk.app.app_context():
        record = db.session.get_one(Record, record_id).public_id
    page = desk.mira.get(f"/records/{record}").text
    assert f'<img src="{address(page)}" alt="Picture from (415) 555-2671"' in page


def test_names_of_people_stay_names(desk: Desk, provider: dict[str, bytes | int | str]) -> None:
    desk.house.record(first_name='"><script>alert(1)</script>', mobile="+14155552671")
    assert "<script>alert" not in desk.mira.get(f"/inbox/{sent(desk, '/m/1')}").text


def test_what_is_not_fetched_yet_is_not_there(desk: Desk, provider: dict[str, bytes | int | str]) -> None:
    provider["/m/1"] = 503
    talk = sent(desk, "/m/1")
    with desk.app.app_context():
        file = db.session.scalars(select(MediaFile.public_id)).one()
    assert desk.mira.get(f"/inbox/{talk}/media/{file}").status_code == 404
