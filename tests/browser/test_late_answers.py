"""Slow networks: what is answered late, or never, neither shows what is old nor takes or doubles what was written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, opened, signed_in

A_LOOK = re.compile(r"/thread\?")

WATCH = """words => {
  const isThere = () => [...document.querySelectorAll(".bubble")].some((each) => each.textContent.includes(words));
  window.wasGone = false;
  new MutationObserver(() => { window.wasGone ||= !isThere(); }).observe(document, {childList: true, subtree: true});
}"""


@contextmanager
def held(page: Page, address: str | re.Pattern[str]) -> Iterator[list[tuple[Route, APIResponse]]]:
    """The first answer from an address that tells something is kept back."""
    kept: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        answer = route.fetch()
        if kept or answer.status == 204:
            route.fulfill(response=answer)
        else:
            kept.append((route, answer))

    page.route(address, hold)
    yield kept
    page.unroute_all(behavior="ignoreErrors")


def until_held(page: Page, kept: list[tuple[Route, APIResponse]]) -> tuple[Route, APIResponse]:
    for _ in range(PATIENCE // 50):
        if kept:
            return kept[0]
        page.wait_for_timeout(50)
    raise AssertionError("Nothing was asked.")


@contextmanager
def sent_slowly(page: Page, words: str) -> Iterator[tuple[Route, APIResponse]]:
    """A text is sent, and the answer to that kept back."""
    box = page.locator("#reply-text")
    with held(page, "**/reply") as kept:
        box.fill(words)
        box.press("Control+Enter")
        yield until_held(page, kept)


def go_to(page: Page, customer: str) -> None:
    opened(page, customer)
    expect(page.locator("#opened h1, #opened h2").first).to_contain_text(customer)


def test_an_answer_that_comes_when_another_conversation_is_open_changes_nothing_there(
    browser: Browser, installation: Installation
) -> None:
    page = signed_in(browser, installation)
    go_to(page, "Emma Clarke")
    box = page.locator("#reply-text")
    with sent_slowly(page, "Sent, but slowly.") as (route, answer):
        go_to(page, "Omar Haddad")
        box.press_sequentially("For Omar")
        there = page.locator("#thread").get_attribute("data-conversation")
        route.fulfill(response=answer)
    expect(page.locator("#thread")).to_have_attribute("data-conversation", str(there))
    expect(box).to_have_value("For Omar")
    expect(page.locator(".bubble", has_text="Sent, but slowly.")).to_have_count(0)
    go_to(page, "Emma Clarke")
    expect(page.locator(".bubble", has_text="Sent, but slowly.")).to_have_count(1)
    expect(box).to_have_value("")
    page.context.close()


def test_a_conversation_opened_again_does_not_offer_what_is_on_its_way(
    browser: Browser, installation: Installation
) -> None:
    page = signed_in(browser, installation)
    go_to(page, "Daniel Okafor")
    box = page.locator("#reply-text")
    with sent_slowly(page, "On its way.") as (route, answer):
        go_to(page, "Omar Haddad")
        go_to(page, "Daniel Okafor")
        expect(box).to_have_value("")
        box.press_sequentially("And more")
        route.fulfill(response=answer)
    expect(box).to_have_value("And more")
    page.reload()
    expect(box).to_have_value("And more")
    page.context.close()


def test_a_note_that_did_not_arrive_comes_back_as_a_note_and_is_kept_once(
    browser: Browser, installation: Installation
) -> None:
    page = signed_in(browser, installation)
    go_to(page, "Chloe Martin")
    box = page.locator("#reply-text")
    page.locator("#reply").get_by_text("Note", exact=True).click()
    with sent_slowly(page, "She prefers mornings.") as (route, _answer):
        go_to(page, "Omar Haddad")
        go_to(page, "Chloe Martin")
        route.abort()
    expect(box).to_have_value("She prefers mornings.")
    expect(page.locator("#reply").get_by_label("Note", exact=True)).to_be_checked()
    box.press("Control+Enter")
    expect(box).to_have_value("")
    expect(page.get_by_text("She prefers mornings.")).to_have_count(1)
    page.context.close()


def test_an_unfinished_note_is_found_again_as_a_note(browser: Browser, installation: Installation) -> None:
    page = signed_in(browser, installation)
    go_to(page, "Omar Haddad")
    page.locator("#reply").get_by_text("Note", exact=True).click()
    page.locator("#reply-text").fill("Between us")
    go_to(page, "Emma Clarke")
    expect(page.locator("#reply").get_by_label("Answer", exact=True)).to_be_checked()
    go_to(page, "Omar Haddad")
    expect(page.locator("#reply-text")).to_have_value("Between us")
    expect(page.locator("#reply").get_by_label("Note", exact=True)).to_be_checked()
    page.context.close()


def test_a_late_look_does_not_bring_back_what_was(browser: Browser, installation: Installation) -> None:
    ana = signed_in(browser, installation)
    ben = signed_in(browser, installation, email="agent@example.com")
    go_to(ana, "Grace Miller")
    go_to(ben, "Grace Miller")
    with held(ana, A_LOOK) as kept:
        ben.locator("#reply-text").fill("From Ben.")
        ben.locator("#reply-text").press("Control+Enter")
        route, answer = until_held(ana, kept)
        ana.locator("#reply-text").fill("From Ana.")
        ana.locator("#reply-text").press("Control+Enter")
        expect(ana.locator(".bubble", has_text="From Ana.")).to_be_visible()
        ana.evaluate(WATCH, "From Ana.")
        with ana.expect_response(route.request.url):
            route.fulfill(response=answer)
        ana.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert not ana.evaluate("window.wasGone")
    expect(ana.locator(".bubble", has_text="From Ben.")).to_be_visible()
    ana.context.close()
    ben.context.close()


def test_who_left_the_box_while_a_text_was_sent_is_not_brought_back_to_it(
    browser: Browser, installation: Installation
) -> None:
    page = signed_in(browser, installation)
    go_to(page, "Emma Clarke")
    box = page.locator("#reply-text")
    for leave, has_left in (("Escape", True), ("/", True), ("", False)):  # "/" leads to the search
        words = f"Left by {leave or 'nothing'}."
        with sent_slowly(page, words) as (route, answer):
            for key in ["Escape", leave, "j"] if leave else []:
                page.keyboard.press(key)
            route.fulfill(response=answer)
            expect(page.locator(".bubble", has_text=words)).to_have_count(1)
        expect(page.locator("#reply.htmx-request")).to_have_count(0)
        assert box.input_value() == ""
        assert box.evaluate("box => box !== document.activeElement") is has_left
    page.context.close()
