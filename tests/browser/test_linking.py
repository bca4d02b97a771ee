"""Somebody whom nobody knows becomes a contact, or is found among the records: by mouse, by keys and with a finger."""

from playwright.sync_api import expect

from tests.browser.customers import stranger
from tests.browser.hands import Hand
from tests.browser.walking import PATIENCE


def test_an_unknown_text_becomes_a_contact_in_fewer_than_five_deeds(hand: Hand) -> None:
    page = hand.at_inbox()
    unknown = stranger(hand.installation)
    unknown.texts("Do you have a place for me on Friday?")
    hand.open(page, unknown.name)
    if hand.width < 1000:
        hand.press(page.get_by_role("link", name="Link"))
    hand.write(page.get_by_label("Or create a contact"), "Nora Quist", key="l")
    hand.press(page.get_by_role("button", name="Create and link"))
    expect(page.get_by_role("heading", name="Nora Quist").first).to_be_visible(timeout=PATIENCE)
    assert hand.deeds < 5
    assert hand.fits(page)
