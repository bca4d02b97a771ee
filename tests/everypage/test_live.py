"""How often an open page asks what is new: with the news in the test's hands, and the browser's clock too."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.walking import signed_in
from tests.everypage.clinic import Clinic

NEWS = """window.EventSource = class extends EventTarget {
  constructor() { super(); this.readyState = 1; window.news = this; }
};"""
COUNTED = """() => {
  window.asked = {look: 0, people: 0};
  for (const name of Object.keys(asked)) document.body.addEventListener(name, () => asked[name]++);
}"""
ANEW = "() => { asked.look = asked.people = 0; }"


def test_many_changes_at_once_are_few_looks(browser: Browser, clinic: Clinic) -> None:
    page = _listening(browser, clinic)
    told, asked = _told(page), {"look": 1, "people": 0}
    for _ in range(20):
        told("look")
    page.clock.run_for(50)
    assert page.evaluate("asked") == asked
    told("look")
    page.clock.run_for(100)
    assert page.evaluate("asked") == asked
    page.clock.run_for(150)
    assert page.evaluate("asked") == asked | {"look": 2}
    page.clock.run_for(5_000)
    assert page.evaluate("asked") == asked | {"look": 2}


def test_who_is_here_is_asked_when_somebody_came_and_sometimes_besides(browser: Browser, clinic: Clinic) -> None:
    page = _listening(browser, clinic)
    told = _told(page)
    page.locator("[data-row] > a").first.click()
    talk = page.locator("#people").get_attribute("data-conversation")
    for _ in range(3):  # it is opened, looked at, marked as read
        expect(page.locator(".htmx-request")).to_have_count(0)
        page.clock.run_for(1_000)
    page.evaluate(ANEW)
    told("people", "0" * 32)
    assert page.evaluate("asked.people") == 0
    told("people", talk or "")
    assert page.evaluate("asked") == {"look": 0, "people": 1}
    page.clock.run_for(11_000)
    told("look")
    page.clock.run_for(50)
    assert page.evaluate("asked") == {"look": 1, "people": 2}


def test_without_news_a_page_looks_at_everything_once_a_second(browser: Browser, clinic: Clinic) -> None:
    page = _listening(browser, clinic)
    _told(page)("error")
    page.evaluate(ANEW)
    page.clock.run_for(5_000)
    assert page.evaluate("asked") == {"look": 5, "people": 5}


def _listening(browser: Browser, clinic: Clinic) -> Page:
    """The inbox with news that are told by `_told`, some time after it was opened; what it asks for is counted."""
    page = signed_in(browser, clinic)
    page.add_init_script(NEWS)
    page.clock.install(time=0)
    page.goto("/inbox")
    page.wait_for_function("window.news")
    _told(page)("open")
    page.clock.pause_at(60)  # seconds
    page.clock.run_for(1_000)  # milliseconds
    page.evaluate(COUNTED)
    return page


def _told(page: Page) -> Callable[..., None]:
    return lambda kind, data="": page.evaluate(
        "([kind, data]) => news.dispatchEvent(new MessageEvent(kind, {data}))", [kind, data]
    )
