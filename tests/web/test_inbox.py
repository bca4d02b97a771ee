"""The list of conversations: what stands in it, in which order, and when it says that something is new."""

import re
from datetime import timedelta

import pytest

from flexie.db import db
from flexie.models import Conversation, Settings
from tests.house import ANA
from tests.web.browser import words
from tests.web.desk import Desk


def listed(page: str) -> list[str]:
    """Public ids of the rows of a page, in order."""
    return re.findall(r'id="row-(\w+)"', page)


def test_an_empty_inbox_says_what_will_be_here(desk: Desk) -> None:
    assert "No texts yet" in words(desk.mira.get("/inbox"))


def test_a_row_has_the_name_the_text_the_time_and_the_count(desk: Desk) -> None:
    desk.house.record(first_name="Ana", last_name="Hoxha", mobile="(415) 555-2671")
    desk.talk(ANA, "Can I come later?", unread=3)
    seen = words(desk.mira.get("/inbox"))
    assert "Ana Hoxha 10:00 Can I come later? 3 unread" in seen


def test_a_number_that_nobody_has_is_shown_as_people_here_write_it(desk: Desk) -> None:
    desk.talk(ANA)
    assert "(415) 555-2671" in words(desk.mira.get("/inbox"))


def test_times_are_in_the_zone_of_the_account(desk: Desk) -> None:
    with desk.rows():
        Settings.get().time_zone = "America/New_York"
    desk.talk(ANA)
    assert " 05:00 " in words(desk.mira.get("/inbox"))


def test_the_latest_stands_first(desk: Desk) -> None:
    made = desk.many(4)
    assert listed(desk.mira.get("/inbox").text) == made[::-1]


def test_filters_hold_what_they_say_and_count_it(desk: Desk) -> None:
    desk.house.record(first_name="Ana", mobile=ANA)
    read, unread = desk.talk(ANA, unread=0), desk.talk("+14155553333", unread=1)
    with desk.rows():
        db.session.query(Conversation).filter_by(public_id=read).one().linked = True
    page = desk.mira.get("/inbox?show=unread")
    assert listed(page.text) == [unread]
    assert "Unread 1 Mine" in words(page)
    assert "Not linked 1" in words(page)
    assert listed(desk.mira.get("/inbox?show=not-linked").text) == [unread]
    assert set(listed(desk.mira.get("/inbox").text)) == {read, unread}


def test_the_lines_can_be_looked_at_one_by_one(desk: Desk) -> None:
    line_id = desk.line("Billing", "+14155550188")
    main, billing = desk.talk(ANA), desk.talk("+14155553333", line_id=line_id)
    everything = desk.mira.get("/inbox")
    assert "Billing ·" in words(everything)
    address = re.search(r'href="(/inbox\?line=\w+)"[^>]*>\s*<span class="cut">Billing', everything.text)
    assert address
    assert listed(desk.mira.get(address.group(1)).text) == [billing]
    assert set(listed(everything.text)) == {main, billing}


def test_paging_shows_every_conversation_once(desk: Desk) -> None:
    made = desk.many(95)
    seen: list[str] = []
    page = desk.mira.get("/inbox")
    while True:
        seen += listed(page.text)
        more = re.search(r'hx-get="(/inbox\?before=[^"]+)"', page.text)
        if not more:
            break
        page = desk.mira.get(more.group(1), htmx=True)
        assert "<html" not in page.text
    assert seen == made[::-1]


def test_conversations_of_one_moment_are_not_lost_between_pages(desk: Desk) -> None:
    made = {desk.talk(f"+1415555{4000 + number}") for number in range(45)}
    first = desk.mira.get("/inbox")
    more = re.search(r'hx-get="(/inbox\?before=[^"]+)"', first.text)
    assert more
    seen = listed(first.text) + listed(desk.mira.get(more.group(1), htmx=True).text)
    assert len(seen) == 45
    assert set(seen) == made


@pytest.mark.parametrize("before", ["x", "-", "99999999999999999999-x", "-5-x", "1-" + "a" * 32, "%00"])
def test_a_cursor_that_we_never_made_does_no_harm(desk: Desk, before: str) -> None:
    desk.talk(ANA)
    assert desk.mira.get(f"/inbox?before={before}").status_code == 200


def looks(desk: Desk, address: str) -> int:
    return desk.mira.get(address, htmx=True).status_code


def address_of_list(page: str) -> str:
    found = re.search(r'hx-get="(/inbox/list\?[^"]+)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def test_a_look_at_a_list_that_is_as_before_brings_nothing(desk: Desk) -> None:
    talk = desk.talk(ANA)
    for path in ("/inbox", "/inbox?show=unread", f"/inbox/{talk}"):
        assert looks(desk, address_of_list(desk.mira.get(path).text)) == 204, path


@pytest.mark.parametrize("change", ["text", "read", "link", "failed"])
def test_a_look_brings_the_list_when_something_changed(desk: Desk, change: str) -> None:
    talk = desk.talk(ANA)
    message = desk.message(talk, "ours", "queued") if change == "failed" else ""
    address = address_of_list(desk.mira.get("/inbox").text)
    assert looks(desk, address) == 204
    if change == "text":
        desk.message(talk, "something new")
    elif change == "read":
        desk.mira.post(f"/inbox/{talk}/read")
    elif change == "link":
        desk.house.record(first_name="Ana", mobile=ANA)
    else:
        with desk.rows():
            desk.row(message).status = "failed"
    assert looks(desk, address) == 200


def test_a_list_that_grew_is_looked_at_as_a_whole(desk: Desk) -> None:
    desk.many(60)
    page = desk.mira.get("/inbox/list?rows=60", htmx=True)
    assert len(listed(page.text)) == 60
    assert looks(desk, address_of_list(page.text) + "&rows=60") == 204


def test_the_open_conversation_keeps_its_place_although_it_was_read(desk: Desk) -> None:
    first, second = desk.talk(ANA), desk.talk("+14155553333")
    desk.mira.post(f"/inbox/{first}/read")
    assert listed(desk.mira.get("/inbox?show=unread").text) == [second]
    assert set(listed(desk.mira.get(f"/inbox/list?show=unread&open={first}", htmx=True).text)) == {first, second}


def test_a_text_that_did_not_arrive_is_marked(desk: Desk) -> None:
    desk.message(desk.talk(ANA), "ours", "undelivered")
    assert "Not sent" in words(desk.mira.get("/inbox"))


def test_the_title_counts_unread_conversations(desk: Desk) -> None:
    desk.talk(ANA)
    assert "<title>(1) Inbox" in desk.mira.get("/inbox").text


def test_pages_and_fragments_are_kept_apart_by_caches(desk: Desk) -> None:
    page = desk.mira.get("/inbox")
    assert "HX-Request" in page.headers["Vary"]
    assert page.headers["Cache-Control"] == "no-store"


def test_texts_to_come_and_texts_that_failed_have_filters(desk: Desk) -> None:
    later, sooner, failed, mended = (desk.talk(f"+1415555330{number}", unread=0) for number in range(4))
    soon = desk.clock.moment + timedelta(hours=1)
    desk.message(later, "Later", "scheduled", due_at=soon + timedelta(days=1))
    desk.message(sooner, "Sooner", "scheduled", due_at=soon)
    desk.message(failed, "Lost", "undelivered")
    desk.message(mended, "Lost", "failed")
    desk.message(mended, "Again", "delivered")

    assert listed(desk.mira.get("/inbox?show=scheduled").text) == [sooner, later]
    page = desk.mira.get("/inbox?show=failed")
    assert listed(page.text) == [failed]
    assert "Scheduled 2" in words(page)
    assert "Failed 1" in words(page)
