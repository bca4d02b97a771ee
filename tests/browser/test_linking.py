"""Somebody whom nobody knows becomes a contact, or is found among the records: by mouse, by keys and with a finger."""

from playwright.sync_api import Page, expect

from tests.browser.customers import on_record, stranger
from tests.browser.hands import Hand


def turn_to_records(hand: Hand, page: Page) -> None:
    """On a small screen, what is known about somebody is a page of its own."""
    if hand.width < 1200:
        hand.press(page.locator(".is-details"))


def test_an_unknown_text_becomes_a_contact_in_fewer_than_five_deeds(hand: Hand) -> None:
    page = hand.at_inbox()
    unknown = stranger(hand.installation)
    unknown.texts("Do you have a place for me on Friday?")
    hand.open(page, unknown.name)
    turn_to_records(hand, page)
    hand.write(page.get_by_label("Or create a contact"), "Nora Quist", near="l")
    hand.press(page.get_by_role("button", name="Create and link"))
    expect(page.locator(".talk-name")).to_contain_text("Nora Quist")
    assert hand.deeds < 5
    assert hand.fits(page)
    expect(page.locator("[data-row]", has_text="Nora Quist").first).to_contain_text("place for me on Friday")


def test_an_unknown_text_is_linked_to_a_record_that_is_found_and_taken_from_it_again(hand: Hand) -> None:
    page = hand.at_inbox()
    known = on_record(page, hand.installation, "Ida Falk")
    unknown = stranger(hand.installation)
    unknown.texts("This is my new number.")
    hand.open(page, unknown.name)
    turn_to_records(hand, page)
    hand.write(page.get_by_label("Find a record"), known.name.split()[-1], near="l")
    hand.press(page.locator("#link-found").get_by_role("button", name=known.name))
    expect(page.locator(".talk-name")).to_contain_text(known.name)
    expect(page.locator("#thread")).to_contain_text(f"Ana Hoxha linked this to {known.name}")
    assert hand.deeds < 5

    turn_to_records(hand, page)
    hand.press(page.get_by_role("button", name=f"Unlink {known.name}"), near="l")
    expect(page.locator(".talk-name")).to_contain_text(unknown.name)
    expect(page.locator("#thread")).to_contain_text(f"Ana Hoxha unlinked this from {known.name}")
    expect(page.locator("[data-row]:has([aria-current]) .row-name")).to_have_text(unknown.name)
    assert hand.fits(page)
