"""Records in a real browser: lists that follow what one asks for, a file that comes in and goes out, fields."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.customers import stranger
from tests.browser.hands import Hand
from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, signed_in

ROWS = 'Name;Mobile;E-mail;Shoe size\r\nVera Import;"(415) 555-0142";vera@example.com;38\r\nBad Import;12;;=2+3\r\n'


@pytest.mark.parametrize("width", [1280, 360])
def test_a_list_follows_what_is_asked_for(browser: Browser, installation: Installation, width: int) -> None:
    page = signed_in(browser, installation, width)
    page.goto("/records/contact")
    first = page.locator("#rows > li").first
    page.get_by_role("searchbox").press_sequentially("grace")
    expect(page.locator("#rows > li")).to_have_count(1, timeout=PATIENCE)
    expect(first).to_contain_text("Grace Miller")
    expect(page).to_have_url(re.compile(r"q=grace"), timeout=PATIENCE)
    page.reload()
    expect(first).to_contain_text("Grace Miller")
    page.get_by_role("searchbox").fill("")
    page.get_by_label("Order").select_option("By name")
    expect(page).to_have_url(re.compile(r"sort=name"), timeout=PATIENCE)
    names = page.locator("#rows .row-name")
    expect(names.nth(1)).to_be_visible()
    seen = [name.casefold() for name in names.all_inner_texts()]
    assert seen == sorted(seen)
    page.get_by_label("Can be texted").check()
    page.get_by_label("Owner").select_option("No owner")
    expect(page).to_have_url(re.compile(r"owner=nobody.*texted=yes"), timeout=PATIENCE)
    page.get_by_text("More", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export this list").click()
    assert download.value.suggested_filename == "contacts.csv"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_file_comes_in_and_its_bad_rows_go_out(
    browser: Browser, installation: Installation, width: int, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(ROWS.encode("cp1252"))
    page = signed_in(browser, installation, width)
    page.goto("/records/contact")
    page.get_by_text("More", exact=True).first.click()
    page.get_by_role("link", name="Import from a file").click()
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("vera@example.com")
    page.get_by_label("Shoe size").select_option("Nickname")
    expect(preview).to_contain_text("38", timeout=PATIENCE)
    page.get_by_label("same phone number").check()
    expect(preview).to_contain_text("Updates Vera Import" if width == 360 else "New", timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#import")).to_contain_text("1 left out")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rows left out").click()
    assert ",Bad Import,12,,'=2+3" in download.value.path().read_text("utf-8-sig")
    page.get_by_role("link", name="See contacts").click()
    expect(page.locator("#rows")).to_contain_text("Vera Import")


def test_a_field_is_set_up_and_moved_with_the_keyboard(browser: Browser, installation: Installation) -> None:
    page = signed_in(browser, installation)
    page.goto("/fields/deal")
    expect(page.get_by_label("Choices")).to_be_hidden()
    page.get_by_label("Label").fill("Mood of the day")
    page.get_by_label("What it holds").select_option("One of several choices")
    page.get_by_label("Choices").fill("Good\nBad")
    page.get_by_role("button", name="Add field").click()
    up = page.get_by_role("button", name="Move Mood of the day up")
    before = page.locator("#fields > li").count()
    expect(page.locator("#fields > li").nth(before - 1)).to_contain_text("Mood of the day")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fields > li").nth(before - 2)).to_contain_text("Mood of the day", timeout=PATIENCE)
    expect(up).to_be_focused()
    page.goto("/records/deal/new")
    page.get_by_label("Mood of the day").select_option("Bad")


def test_a_record_is_made_changed_searched_filtered_and_texted(hand: Hand) -> None:
    page = hand.at_inbox()
    customer, name = stranger(hand.installation), f"Vang{secrets.token_hex(3)}"
    hand.press(page.get_by_role("link", name="Records", exact=True))
    hand.press(page.get_by_role("link", name="New contact"))
    hand.write(page.get_by_label("Last name"), name)
    hand.write(page.get_by_label("Mobile"), customer.number)
    hand.press(page.get_by_role("button", name="Create contact"), key="Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    fields = page.get_by_role("region", name="Fields")
    expect(fields.locator("dt")).to_have_text(["Last name", "Mobile", "Allow SMS"])
    assert hand.fits(page)

    hand.press(page.get_by_role("link", name="Edit", exact=True))
    hand.write(page.get_by_label("City"), "Rome")
    hand.press(page.get_by_role("button", name="Save"), key="Enter")
    expect(fields).to_contain_text("Rome")

    hand.press(page.get_by_role("link", name="Contacts", exact=True))
    hand.write(page.get_by_role("searchbox"), name, near="/")
    rows = page.locator("#rows > li")
    expect(rows).to_have_count(1)
    hand.press(page.get_by_label("Can be texted"))
    expect(page).to_have_url(re.compile("texted=yes"))
    hand.choose(page.get_by_label("Owner"), "No owner")
    expect(rows).to_contain_text(f"Nothing fits “{name}” and these filters.")
    hand.choose(page.get_by_label("Owner"), "Mine")
    expect(rows).to_contain_text(name)
    assert hand.fits(page)
    hand.press(rows.get_by_role("link"))

    hand.press(page.get_by_role("link", name="Send SMS"))
    hand.write(page.get_by_label("Message"), "Welcome!")
    hand.press(page.get_by_role("button", name="Send", exact=True), key="Control+Enter")
    expect(page.locator(".message.is-ours")).to_contain_text("Welcome!")
    expect(page.locator(".talk-name")).to_contain_text(name)
    page.goto(f"/records/contact?q={name}")
    hand.press(page.locator("#rows").get_by_role("link"))
    expect(page.locator(".timeline")).to_contain_text("Welcome!")
