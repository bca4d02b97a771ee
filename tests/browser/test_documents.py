"""An invoice from the record to the customer's phone and back: made, sent, opened, counted, revoked."""

import re
import secrets

from playwright.sync_api import Browser, Page, expect

from tests.browser.customers import Customer, on_record
from tests.browser.hands import Hand
from tests.browser.walking import opened_browser
from tests.domain.test_documents import a_pdf

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
PHONE = {"has_touch": True, "is_mobile": True, "user_agent": IPHONE}


def invoice_for(hand: Hand, page: Page, customer: Customer) -> str:
    """From the conversation to the record, and there a new invoice with a PDF. Returns its number."""
    number = f"INV-{secrets.token_hex(3)}"
    hand.open(page, customer.name)
    hand.press(page.locator(".talk-name a"))
    hand.press(page.get_by_role("link", name="New document"))
    hand.write(page.get_by_label("Number"), number)
    hand.write(page.get_by_label("Amount"), "1,180.5")
    page.get_by_label("PDF").set_input_files({"name": "x.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    hand.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("region", name="Documents")).to_contain_text(f"Invoice {number}")
    expect(page.get_by_role("region", name="Documents")).to_contain_text("$1,180.50")
    assert hand.fits(page)
    return number


def sent(hand: Hand, page: Page, customer: Customer, number: str) -> str:
    """Back in the conversation, the invoice goes out as a link. Returns its address, as the phone got it."""
    hand.press(page.locator(".timeline a[href^='/inbox/']").first)
    hand.press(page.locator("#reply [data-pick*='documents']"), near="r")
    hand.press(page.locator("#picker .pick", has_text=number))
    expect(page.locator("#reply-text")).to_have_value(re.compile(rf"Invoice {number}: http\S+/d/\S{{22}}"))
    hand.press(page.locator("#reply .is-send"), key="Control+Enter")
    expect(page.locator(".message.is-ours")).to_contain_text(re.compile("Sent|Delivered"))
    expect(page.locator(".message.is-ours")).to_contain_text("not opened yet")
    link = re.search(r"http\S+", customer.got()[-1])
    assert link
    return link[0]


def looked_at(browser: Browser, hand: Hand, link: str, number: str) -> Page:
    """The customer opens the link, and has a look at the PDF."""
    phone = opened_browser(browser, hand.installation, 360, **PHONE)
    phone.goto(link)
    expect(phone.get_by_role("heading")).to_have_text(f"Invoice {number}")
    expect(phone.get_by_role("main")).to_contain_text("$1,180.50")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Download PDF").tap()
    assert download.value.suggested_filename == f"invoice-{number}.pdf"
    assert download.value.path().read_bytes() == a_pdf()
    phone.get_by_role("link", name="View").tap()
    phone.wait_for_url(f"{link}/view")
    assert phone.evaluate("document.contentType") == "application/pdf"
    return phone


def test_an_invoice_is_made_sent_opened_counted_and_revoked(hand: Hand, whole_browser: Browser) -> None:
    page = hand.at_inbox()
    customer = on_record(page, hand.installation, "Dora Lund", "Billing")
    customer.texts("What do I owe you?")
    number = invoice_for(hand, page, customer)
    link = sent(hand, page, customer, number)
    assert hand.deeds == 10
    phone = looked_at(whole_browser, hand, link, number)
    page.reload()
    expect(page.locator(".message.is-ours")).to_contain_text("opened once")
    expect(page.locator("#thread")).to_contain_text(f"Invoice {number} was opened")
    assert hand.fits(page)

    hand.press(page.locator(".message.is-ours").get_by_role("link", name=f"Invoice {number}"))
    hand.press(page.get_by_role("button", name="Revoke"))
    expect(page.get_by_role("region", name="Links")).to_contain_text("Revoked")
    for address in (link, f"{link}/view"):
        answer = phone.goto(address)
        assert answer
        assert answer.status == 410
        expect(phone.get_by_role("main")).to_contain_text("This link has ended")
    assert hand.fits(page)
