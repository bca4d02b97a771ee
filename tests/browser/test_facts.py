"""What stands beside a conversation keeps itself current, but not under the hands of whoever types there."""

from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, opened, signed_in


def test_a_rule_that_waits_comes_and_goes_by_itself_and_takes_no_word_away(
    browser: Browser, installation: Installation
) -> None:
    ana = opened(signed_in(browser, installation), "Lucía Fernández")
    phones = ana.context.new_page()
    phones.goto("/simulator")
    phone = phones.locator("article", has_text="Lucía Fernández")
    phone.locator("textarea").fill("YES")
    phone.get_by_role("button", name="Send").click()
    waiting = ana.locator("#facts .waiting-run", has_text="waits until")
    expect(waiting).to_be_visible(timeout=PATIENCE)
    phones.close()

    ana.locator(".link-more summary").click()
    ana.locator("#link-q").fill("silv")
    ben = opened(signed_in(browser, installation, email="agent@example.com"), "Lucía Fernández")
    ben.on("dialog", lambda dialog: dialog.accept())
    ben.locator("#facts .waiting-run").get_by_role("button", name="Cancel").click()
    expect(ben.locator("#facts-said")).to_contain_text("was cancelled")
    expect(ana.locator(".deed", has_text="Ben Smith cancelled")).to_be_visible(timeout=PATIENCE)
    expect(ana.locator("#link-q")).to_have_value("silv")
    expect(waiting).to_be_visible()

    ana.locator("#link-q").fill("")
    ana.locator(".link-more summary").click()
    expect(waiting).to_have_count(0, timeout=PATIENCE)
