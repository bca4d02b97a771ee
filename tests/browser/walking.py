"""What walks have in common."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import PASSWORD, Installation

SECOND = 1_000  # milliseconds
PATIENCE = 20 * SECOND  # for machines that do other things too


def signed_in(
    browser: Browser, installation: Installation, width: int = 1280, email: str = "admin@example.com"
) -> Page:
    """A browser of its own, at the inbox. Who signed in before is remembered: guesses of passwords are few a minute."""
    remembered = installation.signed_in.get(email)
    context = browser.new_context(
        base_url=installation.url, viewport={"width": width, "height": 800}, storage_state=remembered
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/")
    if remembered:
        return page
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{installation.url}/inbox", timeout=PATIENCE)
    installation.signed_in[email] = context.storage_state()
    return page


def opened(page: Page, customer: str) -> Page:
    """The conversation with a customer, from the list."""
    page.locator("a[href^='/inbox/']", has_text=customer).first.click()
    expect(page.locator("#reply-text")).to_be_visible()
    return page
