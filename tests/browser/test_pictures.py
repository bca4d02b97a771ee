"""A picture and a reaction from a phone of the Simulator: seen in the inbox, and said to those who do not see."""

from playwright.sync_api import Browser, expect

from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, opened, signed_in


def test_a_picture_and_a_reaction_from_a_phone_are_seen_and_said(browser: Browser, installation: Installation) -> None:
    page = opened(signed_in(browser, installation), "Omar Haddad")
    phones = page.context.new_page()
    phones.goto("/simulator")
    phone = phones.locator("article", has_text="Omar Haddad")
    while not phone.count():  # other walks brought phones that stand before it
        phones.get_by_role("link", name="Older phones").click()
    phone.locator("[name=media]").check()
    phone.get_by_role("button", name="Send").click()
    expect(phone.locator("img.picture")).to_be_visible(timeout=PATIENCE)

    picture = page.get_by_role("img", name="Picture from Omar Haddad")
    expect(picture).to_be_visible(timeout=PATIENCE)
    page.wait_for_function("() => document.querySelector('.picture img').naturalWidth === 320")
    expect(page.locator("#announce")).to_have_text("New text: Picture from Omar Haddad")
    expect(page.locator("[data-row]", has_text="Omar Haddad").first).to_contain_text("Picture")

    phone.locator("textarea").fill("Liked “Yes, there is a big one.”")
    page.locator("#reply-text").fill("Yes, there is a big one.")
    page.locator("#reply button.is-main").click()
    expect(phone.get_by_text("Yes, there is a big one.", exact=True)).to_be_visible(timeout=PATIENCE)
    phone.get_by_role("button", name="Send").click()
    expect(page.locator(".message.is-ours .reaction").last).to_contain_text(
        "Omar Haddad reacted with 👍", timeout=PATIENCE
    )
    expect(page.locator("#thread .bubble", has_text="Liked")).to_have_count(0)
