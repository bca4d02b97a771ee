"""More than fits on a page, in the list and in a conversation, comes by scrolling: with all three hands."""

import threading

import pytest
from playwright.sync_api import expect

from flexie.inbox import PAGE
from tests.browser.customers import AREA, Customer, stranger
from tests.browser.hands import Hand
from tests.browser.installation import Installation

FAR = 6_000  # pixels: farther than it goes


@pytest.fixture(scope="module")
def talkative(installation: Installation) -> Customer:
    """Somebody who wrote more than a page of texts, and after whom more than a page of people wrote. All are closed."""
    first = stranger(installation, "News")
    first.texts(*(f"Text {number}" for number in range(PAGE + 5)))
    for _ in range(PAGE):
        stranger(installation, "News").texts("Just one text")
    for _ in range(600):
        if _worked_off(installation, "Text %") >= PAGE + 5 and _worked_off(installation, "Just one text") >= PAGE:
            break
        threading.Event().wait(0.1)
    installation.put_away(f"{AREA}%")
    return first


def _worked_off(installation: Installation, text: str) -> int:
    return installation.cell("SELECT count(*) FROM messages WHERE text LIKE ? AND stage = 'triggered'", text)


def test_a_list_and_a_conversation_go_on_where_one_scrolls(hand: Hand, talkative: Customer) -> None:
    page = hand.at_inbox()
    hand.press(page.locator("#further-choice"), near="/")
    hand.press(page.locator("#filter-closed"))
    expect(page.locator("[data-row]")).to_have_count(PAGE)
    hand.scroll(page.locator(".list-scroll"), FAR)
    hand.open(page, talkative.name)

    texts = page.locator("#thread [data-message]")
    expect(texts).to_have_count(PAGE)
    expect(texts.last).to_be_in_viewport()
    hand.scroll(page.locator(".talk-scroll"), -FAR, near="r")
    expect(texts.first).to_contain_text("Text 0")
    expect(texts.last).not_to_be_in_viewport()
    held = texts.count()
    talkative.texts("And one more")
    expect(texts.last).to_contain_text("And one more")
    assert PAGE < held <= texts.count() <= held + 1  # the oldest makes room, and comes again if one looks at its place
    assert hand.fits(page)
