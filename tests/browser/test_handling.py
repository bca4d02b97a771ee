"""What is done with a conversation among colleagues, by mouse, by keys and with a finger."""

from playwright.sync_api import Page, expect

from tests.browser.customers import stranger
from tests.browser.hands import Hand


def number_of(page: Page, filter_name: str) -> int:
    """How many conversations a filter says that it holds."""
    shown = page.locator(f"#filter-{filter_name} .number")
    return int(shown.text_content() or 0) if shown.count() else 0


def back_to_the_list(hand: Hand, page: Page) -> None:
    """On a small screen the conversation covers the list."""
    if hand.width < 760:
        hand.press(page.get_by_label("Back to the list"))


def send(hand: Hand, page: Page, words: str) -> None:
    hand.write(page.locator("#reply-text"), words, near="r")
    hand.press(page.locator("#reply .is-send"), key="Control+Enter")


def test_a_conversation_is_taken_on_given_away_closed_and_opened_again(hand: Hand) -> None:
    page = hand.at_inbox()
    customer = stranger(hand.installation)
    customer.texts("Who will help me?")
    mine = number_of(page, "mine")
    hand.open(page, customer.name)
    menu, thread = page.locator("#assign-menu"), page.locator("#thread")

    hand.press(menu.locator("summary"), key="a")
    hand.press(menu.get_by_role("button", name="Me", exact=True))
    expect(thread).to_contain_text("Ana Hoxha took this on")
    expect(menu.locator("summary")).to_contain_text("You")
    expect(page.locator("#filter-mine .number")).to_have_text(str(mine + 1))
    hand.press(menu.locator("summary"), key="a")
    hand.press(menu.get_by_role("button", name="Duty", exact=True))
    expect(thread).to_contain_text("Ana Hoxha assigned this to Duty")
    expect(menu.locator("summary")).to_contain_text("Duty")
    expect(page.locator("#filter-mine .number")).to_have_text(str(mine))

    hand.press(page.get_by_role("button", name="Close", exact=True), key="e")
    expect(thread).to_contain_text("Ana Hoxha closed this")
    hand.press(page.get_by_role("button", name="Reopen"), key="e")
    expect(thread).to_contain_text("Ana Hoxha opened this again")
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_visible()
    assert hand.deeds == 7
    assert hand.fits(page)


def test_a_note_is_for_colleagues_and_an_answer_for_the_customer(hand: Hand) -> None:
    page = hand.at_inbox()
    customer = stranger(hand.installation)
    customer.texts("May I bring my dog?")
    hand.open(page, customer.name)
    hand.press(page.locator("#reply").get_by_text("Note", exact=True), key="n")
    hand.write(page.locator("#reply-text"), "It bit somebody.")
    hand.press(page.get_by_role("button", name="Add note"), key="Control+Enter")
    expect(page.locator(".is-note .bubble")).to_contain_text("It bit somebody.")
    expect(page.locator("#reply-text")).to_have_value("")
    hand.press(page.locator("#reply").get_by_text("Answer", exact=True), key="r")
    send(hand, page, "Only small ones.")
    expect(page.locator(".message.is-ours .status")).to_have_text("Delivered")
    assert customer.got() == ["Only small ones."]


def test_a_text_that_fails_says_so_in_words_and_is_found_under_failed(hand: Hand) -> None:
    page = hand.at_inbox()
    customer = stranger(hand.installation)
    customer.texts("Can you hear me?")
    customer.has_trouble(outcome="fail")
    failed = number_of(page, "failed")
    hand.open(page, customer.name)
    send(hand, page, "Loud and clear.")
    message = page.locator(".message.is-ours.is-bad")
    expect(message.locator(".status")).to_have_text("Failed")
    expect(message.locator(".meta.is-bad")).to_contain_text("could not deliver it (error 30003). The pretend")
    back_to_the_list(hand, page)
    row = page.locator("[data-row]", has_text=customer.name)
    expect(row.locator(".chip.is-bad")).to_have_text("Not sent")
    hand.press(page.locator("#further-choice"), near="/")
    hand.press(page.locator("#filter-failed"))
    expect(page.locator("#further-choice")).to_contain_text("Failed")
    expect(row).to_be_visible()
    assert number_of(page, "failed") == failed + 1
    assert hand.fits(page)


def test_a_line_is_chosen_and_the_filters_hold_what_is_on_it(hand: Hand) -> None:
    page = hand.at_inbox()
    on_news, on_clinic = stranger(hand.installation, "News"), stranger(hand.installation, "Clinic")
    on_news.texts("What is new?")
    on_clinic.texts("Is it serious?")
    expect(page.locator("[data-row]", has_text=on_news.name)).to_be_visible()
    hand.press(page.locator("#line-choice"), near="/")
    hand.press(page.locator("#line-menu").get_by_role("link", name="News"))
    expect(page.locator("#line-choice")).to_have_text("News")
    expect(page.locator("[data-row]", has_text=on_news.name)).to_be_visible()
    expect(page.locator("[data-row]", has_text=on_clinic.name)).to_have_count(0)
    hand.press(page.locator("#filter-unread"), near="/")
    expect(page.locator("#filter-unread")).to_have_attribute("aria-current", "true")
    expect(page.locator("#line-choice")).to_have_text("News")
    expect(page.locator("[data-row]")).to_have_count(number_of(page, "unread"))
    hand.open(page, on_news.name)
    back_to_the_list(hand, page)
    expect(page.locator("#line-choice")).to_have_text("News")
    assert hand.fits(page)


def test_a_search_leads_to_the_message_which_stays_marked(hand: Hand) -> None:
    page = hand.at_inbox()
    customer = stranger(hand.installation)
    customer.texts("The zither is out of tune", *(f"Text {number} of many" for number in range(1, 25)))
    expect(page.locator("[data-row]", has_text="Text 24 of many")).to_be_visible()
    hand.write(page.locator("#seek"), "zither", near="/")
    found = page.locator("[data-row] > a", has_text=customer.name)
    expect(found.locator("mark")).to_have_text("zither")
    hand.press(found)
    message = page.locator(".message.is-sought")
    expect(message).to_contain_text("The zither is out of tune")
    expect(message).to_be_in_viewport()
    customer.texts("Now it is in tune")
    expect(page.locator("#thread")).to_contain_text("Now it is in tune")
    expect(message).to_contain_text("The zither is out of tune")
    expect(message).to_be_in_viewport()
    assert hand.deeds == 2
    assert hand.fits(page)
