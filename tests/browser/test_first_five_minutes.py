"""The README's first five minutes, walked in a real browser over `bin/run` as it is."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.installation import PASSWORD, Installation

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
SECOND = 1_000  # milliseconds
PATIENCE = 20 * SECOND  # for machines that do other things too

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    running = Installation(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.interrupt()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def signed_in(browser: Browser, installation: Installation, width: int = 1280) -> Page:
    context = browser.new_context(base_url=installation.url, viewport={"width": width, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Email").fill("admin@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{installation.url}/inbox", timeout=PATIENCE)
    return page


def write_from_phone(page: Page, owner: str, text: str) -> None:
    phone = page.locator("section, article", has=page.get_by_role("heading", name=owner)).last
    box = phone.get_by_role("textbox").first
    box.fill(text)
    box.press("Enter")
    expect(phone.get_by_text(text, exact=True).last).to_be_visible(timeout=PATIENCE)


def test_a_text_from_a_phone_is_answered_and_followed_up(browser: Browser, installation: Installation) -> None:
    inbox = signed_in(browser, installation)
    phones = inbox.context.new_page()
    phones.goto("/simulator")

    write_from_phone(phones, "Grace Miller", "YES")

    row = inbox.locator("a[href^='/inbox/']", has_text="Grace Miller").first
    expect(row).to_contain_text("Thanks Grace, see you on", timeout=PATIENCE)
    row.click()
    expect(inbox.get_by_role("main").get_by_text("YES", exact=True)).to_be_visible(timeout=PATIENCE)
    expect(inbox.get_by_text("Confirmed", exact=True).first).to_be_visible(timeout=PATIENCE)
    expect(phones.get_by_text("Thanks Grace, see you on").first).to_be_visible(timeout=PATIENCE)
    expect(inbox.get_by_text("Delivered").last).to_be_visible(timeout=PATIENCE)

    installation.let_the_wait_end()

    expect(phones.get_by_text("Please come ten minutes early, Grace").first).to_be_visible(timeout=PATIENCE)
    expect(inbox.get_by_text("Please come ten minutes early, Grace").first).to_be_visible(timeout=PATIENCE)


def test_a_rule_that_was_changed_says_the_new_words(browser: Browser, installation: Installation) -> None:
    page = signed_in(browser, installation)
    page.get_by_role("link", name="Rules").first.click()
    page.get_by_role("link", name="appointments").first.click()
    editor = page.get_by_role("textbox").first
    sound = editor.input_value()
    editor.fill(sound.replace("ten minutes early, {{ first_name }}", "ten {{ frist_name }}"))
    expect(page.get_by_text("Did you mean {{ first_name }}?")).to_be_visible(timeout=PATIENCE)
    editor.fill(sound.replace("ten minutes early", "fifteen minutes early"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("In force").first).to_be_visible(timeout=PATIENCE)

    phones = page.context.new_page()
    phones.goto("/simulator")
    write_from_phone(phones, "Aisha Khan", "YES")
    expect(phones.get_by_text("Thanks Aisha, see you on").first).to_be_visible(timeout=PATIENCE)
    installation.let_the_wait_end()
    expect(phones.get_by_text("Please come fifteen minutes early, Aisha").first).to_be_visible(timeout=PATIENCE)
    page.goto("/runs")
    page.get_by_role("link", name="Appointment: follow-up").first.click()
    expect(page.get_by_text("Please come fifteen minutes early, Aisha").first).to_be_visible(timeout=PATIENCE)


def answer(page: Page, customer: str, words: str) -> None:
    """An agent at the inbox answers a customer, and sees it delivered."""
    page.locator("a[href^='/inbox/']", has_text=customer).first.click()
    page.get_by_label("Your words").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text(words).last).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Delivered").last).to_be_visible(timeout=PATIENCE)


def test_an_agent_answers_on_a_phones_screen(browser: Browser, installation: Installation) -> None:
    page = signed_in(browser, installation, width=360)
    answer(page, "Omar Haddad", "Yes, behind the house.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_ctrl_c_stops_everything_and_a_second_start_has_the_data(browser: Browser, installation: Installation) -> None:
    answer(signed_in(browser, installation), "Omar Haddad", "And before it, too.")
    installation.interrupt()
    assert installation.processes() == []

    installation.start()
    page = signed_in(browser, installation)
    expect(page.locator("a[href^='/inbox/']", has_text="Omar Haddad").first).to_contain_text("And before it, too.")
