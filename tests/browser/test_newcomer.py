"""Somebody who never was here before answers a customer: how many deeds that takes, and how long."""

import time

from playwright.sync_api import expect

from tests.browser.customers import stranger
from tests.browser.hands import Hand
from tests.browser.installation import PASSWORD


def test_an_agent_signs_in_and_answers_in_four_deeds(hand: Hand) -> None:
    customer = stranger(hand.installation, "Support")
    customer.texts("Are you there?")
    page = hand.at_the_door()
    page.goto("/")
    expect(page.get_by_label("Email")).to_be_focused()
    begun = time.monotonic()

    hand.write(page.get_by_label("Email"), "agent@example.com")
    hand.write(page.get_by_label("Password"), PASSWORD, leave="Enter")
    hand.open(page, customer.name)
    hand.write(page.locator("#reply-text"), "I am.", near="r", leave="Control+Enter" if hand.has_keys else "")
    if not hand.has_keys:
        hand.press(page.get_by_role("button", name="Send", exact=True))
    expect(page.locator(".message.is-ours .status")).to_have_text("Delivered")

    print(f"{type(hand).__name__}: {hand.deeds} deeds, {time.monotonic() - begun:.1f} seconds to the delivery")
    assert hand.deeds <= (4 if hand.has_keys else 5)  # a phone's keyboard has no Ctrl+Enter
    assert customer.got() == ["I am."]
    assert hand.fits(page)
