"""The page in a real browser: texts appear by themselves and what is being typed stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from flexie.simulator.sending import SendRequest, send

from .conftest import LINE, PHONE


@pytest.fixture
def page(browser: Browser, api) -> Iterator[Page]:
    """The page, open; any breach of its policy or error of a script fails the test."""
    complaints: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.goto(str(api.base_url).replace("/v1/", ""))
    yield page
    page.close()
    assert complaints == []


def test_a_conversation_goes_on_while_somebody_types(page, network, courier, receiver) -> None:
    conversation, box = page.locator("#conversation-14155550101"), page.get_by_label("Text as Ana")
    box.fill("I am still wri")
    body = {"id": "out-1", "to": PHONE, "from": LINE, "text": "Hello Ana"}
    send(network, network.any_account(), SendRequest.from_json(body))
    expect(conversation).to_contain_text("Hello Ana")
    expect(box).to_have_value("I am still wri")
    expect(box).to_be_focused()
    box.press_sequentially("ting")
    box.press("Enter")
    expect(conversation).to_contain_text("I am still writing")
    expect(box).to_have_value("")
    courier.deliver_due()
    assert receiver.events[0]["text"] == "I am still writing"
    expect(conversation).to_contain_text("received")


def test_the_menu_changes_the_network_without_leaving(page, network) -> None:
    page.get_by_label("Text as Ana").fill("Half a thought")
    page.locator("summary", has_text="Network").click()
    page.get_by_label("Delivery receipts").select_option("Never come")
    page.get_by_role("button", name="Set").click()
    expect(page.locator("#treatment-14155550101")).to_have_text("Arrives. Receipts never come")
    assert network.phone(PHONE).behaviour.receipts == "never"
    expect(page.get_by_label("Text as Ana")).to_have_value("Half a thought")


def test_the_page_fits_a_small_screen(page) -> None:
    page.set_viewport_size({"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
