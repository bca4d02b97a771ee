"""Times and numbers of somebody far from the account's clock, and of somebody who travels."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from tests.browser.installation import PASSWORD, Installation
from tests.browser.walking import opened, opened_browser

ABROAD = {"locale": "de-DE", "timezone_id": "Asia/Tokyo"}


def on_the_clock(moment: str, zone: str) -> str:
    """Monday, 7 January 2030, 14:05"""
    at = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    return f"{at:%A}, {at.day} {at:%B %Y}, {at:%H:%M}"


def test_somebody_abroad_reads_times_at_home_and_travels(browser: Browser, installation: Installation) -> None:
    page = opened_browser(browser, installation, **ABROAD)
    page.goto("/signin")
    page.get_by_label("Email").fill("agent@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("body")).to_have_attribute("data-zone", "Asia/Tokyo")
    opened(page, "Grace Miller")
    time = page.locator(".message time").first
    moment = time.get_attribute("datetime") or ""
    expect(time).to_have_attribute("title", on_the_clock(moment, "Asia/Tokyo"))
    expect(page.locator("#facts")).to_contain_text("(New York time)")
    page.locator("#reply .is-later summary").click()
    expect(page.locator("#reply .is-later")).to_contain_text("Send later, New York time")
    expect(page.locator("#reply .is-later")).to_contain_text("for you")

    page.goto("/you")
    example = page.locator("#example")
    expect(example).to_contain_text("12.345,67")
    page.get_by_label("Dates and numbers as in").select_option(label="United States")
    expect(example).to_contain_text("12,345.67")
    expect(example).to_contain_text(re.compile("[AP]M"))

    later = opened_browser(
        browser, installation, locale="de-DE", timezone_id="Europe/Berlin", storage_state=page.context.storage_state()
    )
    later.goto("/you")
    expect(later.locator("body")).to_have_attribute("data-zone", "Europe/Berlin")
    expect(later.locator("#zone option").first).to_have_text("As this browser: Berlin")
    later.goto("/inbox")
    opened(later, "Grace Miller")
    expect(later.locator(".message time").first).to_have_attribute("title", on_the_clock(moment, "Europe/Berlin"))
