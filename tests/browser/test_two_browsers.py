"""Two colleagues in one conversation: each sees at once what the other does, and afterwards what was missed."""

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.installation import Installation
from tests.browser.walking import PATIENCE, SECOND, opened, signed_in

SOON = 5 * SECOND  # far below the two minutes after which an open page looks by itself; within one on a machine at rest


def both(browser: Browser, installation: Installation, customer: str) -> tuple[Page, Page]:
    ana = opened(signed_in(browser, installation), customer)
    ben = opened(signed_in(browser, installation, email="agent@example.com"), customer)
    expect(ana.locator("#people")).to_contain_text("Ben Smith is reading this", timeout=PATIENCE)
    return ana, ben


def write(page: Page, words: str, kind: str = "Answer") -> None:
    page.locator("#reply").get_by_text(kind, exact=True).click()
    page.locator("#reply-text").fill(words)
    page.locator("#reply button.is-main").click()


def test_each_sees_the_others_text_note_reading_and_typing(browser: Browser, installation: Installation) -> None:
    ana, ben = both(browser, installation, "Emma Clarke")
    ana.locator("#reply-text").press_sequentially("One mom")
    expect(ben.locator("#people")).to_contain_text("Ana Hoxha is writing", timeout=SOON)
    write(ana, "One moment, please.")
    expect(ben.locator(".bubble", has_text="One moment, please.")).to_be_visible(timeout=SOON)
    expect(ben.locator("#people")).to_have_text("Ana Hoxha is reading this", timeout=SOON)
    write(ben, "She called, too.", kind="Note")
    expect(ana.get_by_text("She called, too.")).to_be_visible(timeout=SOON)
    ben.goto("/inbox")
    expect(ana.locator("#people")).to_have_text("", timeout=SOON)


def test_what_one_reads_is_read_for_the_other(browser: Browser, installation: Installation) -> None:
    ana, ben = signed_in(browser, installation), signed_in(browser, installation, email="agent@example.com")
    row = ben.locator("[data-row]", has_text="Ruth Adler").first
    expect(row.locator(".badge")).to_be_visible()
    opened(ana, "Ruth Adler")
    expect(row.locator(".badge")).to_have_count(0, timeout=SOON)


def test_a_browser_that_was_cut_off_shows_by_itself_what_it_missed(
    browser: Browser, installation: Installation
) -> None:
    ana, ben = both(browser, installation, "Daniel Okafor")
    ben.context.set_offline(True)
    write(ana, "We look into it.")
    write(ana, "It was our mistake.")
    expect(ana.locator(".bubble", has_text="It was our mistake.")).to_be_visible()
    expect(ben.locator("#trouble")).to_contain_text("No connection", timeout=PATIENCE)
    ben.context.set_offline(False)
    expect(ben.locator(".bubble", has_text="We look into it.")).to_be_visible(timeout=PATIENCE)
    expect(ben.locator(".bubble", has_text="It was our mistake.")).to_be_visible(timeout=PATIENCE)


def test_an_open_page_asks_for_nothing_while_nothing_happens(browser: Browser, installation: Installation) -> None:
    ana, _ben = both(browser, installation, "Chloe Martin")
    asked: list[str] = []
    ana.wait_for_timeout(2 * SECOND)  # what opening brought about
    ana.on("request", lambda request: asked.append(request.url))
    ana.wait_for_timeout(5 * SECOND)
    assert asked == []


def test_tabs_of_one_browser_share_one_stream(browser: Browser, installation: Installation) -> None:
    first = signed_in(browser, installation)
    streams: list[str] = []
    second = first.context.new_page()
    second.on("request", lambda request: streams.append(request.url) if request.url.endswith("/live") else None)
    second.goto("/inbox")
    ben = opened(signed_in(browser, installation, email="agent@example.com"), "Emma Clarke")
    write(ben, "Tomorrow, then.")
    expect(second.locator("[data-row]", has_text="Tomorrow, then.")).to_be_visible(timeout=SOON)
    assert streams == []
    first.close()
    write(ben, "At nine.")
    expect(second.locator("[data-row]", has_text="At nine.")).to_be_visible(timeout=PATIENCE)
    assert len(streams) == 1


def test_what_is_being_written_outlives_its_page(browser: Browser, installation: Installation) -> None:
    ana = opened(signed_in(browser, installation), "Omar Haddad")
    ana.locator("#reply-text").fill("Yes, there is a")
    ana.reload()
    expect(ana.locator("#reply-text")).to_have_value("Yes, there is a")
    opened(ana, "Emma Clarke")
    expect(ana.locator("#reply-text")).to_have_value("")
    opened(ana, "Omar Haddad")
    expect(ana.locator("#reply-text")).to_have_value("Yes, there is a")
    write(ana, "Yes, there is a whole yard.")
    expect(ana.locator(".bubble", has_text="a whole yard.")).to_be_visible(timeout=PATIENCE)
    ana.reload()
    expect(ana.locator("#reply-text")).to_have_value("")


def test_one_may_write_on_while_a_text_is_sent_and_what_did_not_go_comes_back(
    browser: Browser, installation: Installation
) -> None:
    ana = opened(signed_in(browser, installation), "Emma Clarke")
    box = ana.locator("#reply-text")
    box.fill("First")
    box.press("Control+Enter")
    box.press_sequentially("Second half", delay=40)  # all the while that the box is exchanged
    expect(ana.locator(".bubble", has_text="First")).to_be_visible(timeout=PATIENCE)
    expect(box).to_have_value("Second half")
    ana.context.set_offline(True)
    box.press("Control+Enter")
    expect(ana.locator("#trouble")).to_contain_text("cannot be reached")
    expect(box).to_have_value("Second half")
    ana.context.set_offline(False)


def test_a_text_whose_answer_was_lost_comes_back_and_is_not_sent_twice(
    browser: Browser, installation: Installation
) -> None:
    ana = opened(signed_in(browser, installation), "Ruth Adler")
    box = ana.locator("#reply-text")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    ana.route("**/reply", lose, times=1)
    box.fill("No need to fast.")
    box.press("Control+Enter")
    expect(ana.locator(".bubble", has_text="No need to fast.")).to_be_visible(timeout=PATIENCE)
    expect(box).to_have_value("No need to fast.")
    box.press("Control+Enter")
    expect(box).to_have_value("", timeout=PATIENCE)
    ana.reload()
    expect(ana.locator(".bubble", has_text="No need to fast.")).to_have_count(1)


def test_keys_alone_find_open_answer_and_close(browser: Browser, installation: Installation) -> None:
    page = signed_in(browser, installation)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next conversation")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("parking")
    expect(page.locator("mark").first).to_have_text("parking")
    page.keyboard.press("Escape")
    page.locator("#seek").blur()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page.locator("#reply-text")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.type("Closing this now")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".bubble", has_text="Closing this now")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible(timeout=PATIENCE)
