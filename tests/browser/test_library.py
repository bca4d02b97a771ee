"""A template as its author and its users have it: written, tried on somebody, picked, sent, counted."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.customers import on_record
from tests.browser.hands import Hand


def go_to_templates(hand: Hand, page: Page) -> None:
    """On a small screen they are in the menu."""
    if hand.width < 760:
        hand.press(page.locator(".bar summary"))
    hand.press(page.get_by_role("link", name="Templates", exact=True).locator("visible=true"))


def test_a_template_is_written_tried_and_sent(hand: Hand) -> None:
    page = hand.at_inbox()
    customer = on_record(page, hand.installation, "Emil Vang", "Billing")
    customer.texts("One question, please")
    name = f"Hours {secrets.token_hex(3)}"

    go_to_templates(hand, page)
    hand.press(page.get_by_role("link", name="New template", exact=True))
    hand.write(page.get_by_label("Name"), name)
    hand.write(page.get_by_label("Folder"), "Everyday")
    hand.write(page.get_by_label("Text"), "We open at nine, ")
    hand.choose(page.get_by_label("A field of the record"), "First name")
    hand.press(page.get_by_role("button", name="Insert field"))
    expect(page.get_by_label("Text")).to_have_value("We open at nine, {{ first_name }}")
    hand.write(page.get_by_label("Preview for"), customer.name)
    hand.press(page.locator("#who-found button"))
    expect(page.locator("#preview")).to_contain_text("We open at nine, Emil")
    expect(page.locator("#preview")).to_contain_text("21 standard characters · 1 text")
    assert hand.fits(page)
    hand.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("region", name="Everyday")).to_contain_text(name)
    assert hand.fits(page)

    hand.press(page.locator("[data-go=inbox]"))
    hand.open(page, customer.name)
    hand.press(page.locator("#reply [data-pick*='templates']"), near="r")
    hand.write(page.get_by_label("Search templates"), name)
    pick = page.locator("#picker .pick")
    expect(pick).to_have_count(1)
    expect(pick).to_contain_text("We open at nine, Emil")
    hand.press(pick)
    expect(page.locator("#reply-text")).to_have_value("We open at nine, Emil")
    hand.press(page.locator("#reply .is-send"), key="Control+Enter")
    expect(page.locator(".message.is-ours")).to_contain_text(re.compile("Sent|Delivered"))
    assert customer.got() == ["We open at nine, Emil"]
    page.goto("/templates")
    expect(page.get_by_role("link", name=name)).to_contain_text("used once")
