"""The README's first five minutes, walked in a real browser over `bin/run` as it is."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, signed_in


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
