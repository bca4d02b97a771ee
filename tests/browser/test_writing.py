"""Writing texts as people do: the count, plain writing, later, and picking whom to write to, by mouse and by keys."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, opened, signed_in


def test_what_makes_a_text_dear_is_named_and_replaced(browser: Browser, installation: Installation) -> None:
    page = opened(signed_in(browser, installation), "Grace Miller")
    box, count = page.locator("#reply-text"), page.locator("#reply-count")
    box.press_sequentially("It’s done… ok")
    expect(count).to_contain_text("13 Unicode characters · 1 text")
    expect(count).to_contain_text("’ (right single quotation mark) and … (horizontal ellipsis)")
    count.get_by_role("button", name="Replace them").click()
    expect(box).to_have_value("It's done... ok")
    expect(box).to_be_focused()
    expect(count).to_contain_text("15 standard characters · 1 text")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("It’s done… ok")
    page.context.close()


def test_an_answer_is_scheduled_changed_and_sent_now(browser: Browser, installation: Installation) -> None:
    page = opened(signed_in(browser, installation, width=360), "Grace Miller")
    page.locator("#reply-text").fill("We open at eight.")
    page.locator("#reply .is-later summary").click()
    page.locator("#reply").get_by_label("Cancel it if they reply first").check()
    page.locator("#reply").get_by_role("button", name="Tomorrow morning").click()
    waiting = page.locator(".message.is-waiting")
    expect(waiting).to_contain_text("We open at eight.")
    expect(waiting).to_contain_text("unless they reply")
    expect(page.locator("#reply-text")).to_have_value("")

    waiting.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("heading", name="Change a text")).to_be_visible()
    page.get_by_label("Message").fill("We open at nine.")
    page.get_by_role("button", name="Save").click()
    expect(waiting).to_contain_text("We open at nine.")
    waiting.get_by_role("button", name="Send now").click()
    sent = page.locator(".message.is-ours", has_text="We open at nine.")
    expect(sent).to_contain_text(re.compile("Sent|Delivered"), timeout=PATIENCE)
    expect(page.locator(".message.is-waiting")).to_have_count(0)
    page.context.close()


def test_enter_in_the_box_for_a_moment_schedules_and_escape_closes_the_menu(
    browser: Browser, installation: Installation
) -> None:
    page = opened(signed_in(browser, installation), "Emma Clarke")
    page.locator("#reply-text").fill("Happy New Year!")
    menu = page.locator("#reply .is-later")
    menu.locator("summary").press("Enter")
    page.keyboard.press("Escape")
    expect(menu.get_by_label("Another time")).to_be_hidden()
    menu.locator("summary").press("Enter")
    menu.get_by_label("Another time").fill("2099-01-01T09:00")
    menu.get_by_label("Another time").press("Enter")
    waiting = page.locator(".message.is-waiting", has_text="Happy New Year!")
    expect(waiting).to_contain_text("Scheduled 1 Jan 2099, 09:00")
    waiting.get_by_role("button", name="Cancel").click()
    expect(page.locator(".message", has_text="Happy New Year!")).to_contain_text("Cancelled by Ana Hoxha.")
    page.context.close()


def test_whom_to_write_to_is_picked_by_the_keys(browser: Browser, installation: Installation) -> None:
    page = signed_in(browser, installation)
    page.goto("/inbox/new")
    to = page.get_by_label("To", exact=True)
    to.press_sequentially("silv")
    expect(page.locator("#recipients [role=option]")).to_have_count(1)
    expect(to).to_have_attribute("aria-expanded", "true")
    to.press("ArrowDown")
    expect(page.locator("#recipients [role=option]")).to_have_attribute("aria-selected", "true")
    to.press("Enter")
    expect(to).to_have_value(re.compile("555"))
    expect(page.get_by_label("Message")).to_be_focused()
    page.keyboard.type("Hello")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.is-ours", has_text="Hello").last).to_be_visible(timeout=PATIENCE)
    page.context.close()


def test_without_scripts_one_can_count_replace_and_schedule(browser: Browser, installation: Installation) -> None:
    signed_in(browser, installation).context.close()
    remembered = installation.signed_in["admin@example.com"]
    context = browser.new_context(base_url=installation.url, storage_state=remembered, java_script_enabled=False)
    page = context.new_page()
    page.goto("/inbox/new")
    page.get_by_label("To", exact=True).fill("silv")
    page.get_by_label("Message").fill("It’s done")
    page.get_by_role("button", name="Count it").click()
    page.get_by_role("button", name="Write ' instead").click()
    expect(page.get_by_label("Message")).to_have_value("It's done")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("option", name="Silva").click()
    page.locator("summary[aria-label='Send later']").click()
    page.get_by_role("button", name="In an hour").click()
    expect(page.locator(".message.is-waiting")).to_contain_text("It's done")
    page.locator(".message.is-waiting").get_by_role("button", name="Cancel").click()
    expect(page.locator(".message", has_text="It's done")).to_contain_text("Cancelled by Ana Hoxha.")
    context.close()
