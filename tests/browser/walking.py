"""What walks have in common."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import PASSWORD, Installation

SECOND = 1_000  # milliseconds
AT_HOME = {"locale": "en-GB", "timezone_id": "America/New_York"}  # the demo account's own clock
PATIENCE = 30 * SECOND  # for machines that do other things too

expect.set_options(timeout=PATIENCE)


def opened_browser(browser: Browser, installation: Installation, width: int = 1280, **more: Any) -> Page:
    """A browser of its own, where nobody has signed in and no page is open yet."""
    screen = {"viewport": {"width": width, "height": 800}, **AT_HOME, **more}
    context = browser.new_context(base_url=installation.url, **screen)
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def signed_in(
    browser: Browser, installation: Installation, width: int = 1280, email: str = "admin@example.com", **more: Any
) -> Page:
    """A browser of its own, at the inbox. Who signed in before is remembered: guesses of passwords are few a minute."""
    remembered = installation.signed_in.get(email)
    page = opened_browser(browser, installation, width, storage_state=remembered, **more)
    page.goto("/")
    if remembered:
        return page
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{installation.url}/inbox")
    installation.signed_in[email] = page.context.storage_state()
    return page


def opened(page: Page, customer: str) -> Page:
    """The conversation with a customer, from the list; further down, where other walks have brought many texts."""
    row = page.locator("a[href^='/inbox/']", has_text=customer).first
    page.locator("[data-row]").first.wait_for()
    if not row.count():
        page.locator("#older").scroll_into_view_if_needed()
    row.click()
    expect(page.locator("#reply-text")).to_be_visible()
    return page
