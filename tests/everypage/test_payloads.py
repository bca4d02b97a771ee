"""Texts that would like to be more than texts, in Chromium, on every page: none runs, and none calls anybody."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.walking import signed_in
from tests.everypage import hostile, pages
from tests.everypage.furniture import Furniture
from tests.everypage.watch import Watch
from tests.security.payloads import HOST, PAYLOADS

SOME_TEXTS = frozenset({
    "connections.name", "documents.currency", "documents.number", "groups.name", "import_faults.reason",
    "imports.filename", "lines.name", "messages.error", "not_started.words", "notices.text", "rule_files.name",
    "rule_files.text", "rules.name", "runs.error", "text_templates.folder", "text_templates.name",
    "text_templates.text", "users.email", "users.name", "phone", "records.fields", "run_log.words",
})  # fmt: skip
ALL_TEXTS = frozenset({
    "conversations.last_text", "field_definitions.label", "file", "messages.text", "notes.text", "records.title",
    "settings.name",
})  # fmt: skip
"""Where payloads must have been seen: some of the texts that hold them, or each of them."""

BOXES = ("text", "search", "email", "tel")

SEND = """([at, text]) => {
  const form = document.forms[at];
  for (const one of form.elements) if (one.matches("textarea, [type=text], [type=search], [type=email], [type=tel],"
    + "input:not([type])")) one.value = text;
  form.submit();
}"""
"""Writes a text into every box of a form, however long it may be, and sends it off."""


class Forms(HTMLParser):
    """The forms of a page: where each leads, if it has a box to write in and is sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.leads: list[str | None] = []
        self._posts = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Forms, and the boxes in them."""
        given = dict(attrs)
        if tag == "form":
            self._posts = given.get("action") or "" if given.get("method") == "post" else ""
            self.leads.append(None)
        elif self._posts and (tag == "textarea" or (tag == "input" and given.get("type", "text") in BOXES)):
            self.leads[-1] = re.sub(r"\w{32}|\+\d+|\?.*", "…", self._posts)

    def handle_endtag(self, tag: str) -> None:
        """A box after a form belongs to none."""
        self._posts = "" if tag == "form" else self._posts


@dataclass(frozen=True)
class Account:
    """An account in which every text is a payload, Ana and a stranger who look at it, and its pages."""

    watch: Watch
    stranger: Watch
    places: list[pages.Place]


@pytest.fixture(scope="module")
def account(browser: Browser, furniture: Furniture, places: list[pages.Place]) -> Iterator[Account]:
    page = signed_in(browser, furniture.clinic)
    watch = Watch(page, furniture.clinic.url)
    watch.go("/records/contact/import")
    with furniture.clinic.as_it_was():
        page.get_by_label("CSV file").set_input_files(hostile.file())
        page.get_by_role("button", name="Upload").click()
        page.wait_for_url("**/imports/*")
        watch.look()
        hostile_ones = [page.url, *hostile.write_everywhere(furniture)]
        stranger = Watch(browser.new_context(base_url=furniture.clinic.url).new_page(), furniture.clinic.url)
        yield Account(watch, stranger, places + [pages.Place("hostile", one) for one in hostile_ones])
        for one in (watch, stranger):
            one.page.context.close()


def test_there_are_two_hundred() -> None:
    assert len(set(PAYLOADS)) >= 200


def test_none_in_the_account_does_anything_on_any_page(account: Account) -> None:
    seen: set[tuple[str, str]] = set()
    for place in account.places:
        watch = account.stranger if place.is_open else account.watch
        watch.go(place.address)
        seen |= set(re.findall(r"\(([\w.]+) (\d+)\)", html.unescape(watch.page.content())))
    faults = account.watch.faults + account.stranger.faults
    assert faults == [], "\n".join(faults)
    assert {seat for seat, _ in seen} >= SOME_TEXTS | ALL_TEXTS
    texts = {number for number, _ in enumerate(hostile.chunks("any"))}
    assert [seat for seat in ALL_TEXTS if {int(number) for one, number in seen if one == seat} != texts] == []


def test_none_that_is_typed_comes_back_as_more(account: Account, furniture: Furniture) -> None:
    """In every form that has a box to write in; each form once, on the first page that has it."""
    watch, everything, known, came_back = account.watch, " ".join(PAYLOADS), {None}, []
    for place in account.places:
        for number, leads in enumerate(Forms(furniture.ana.get(place.address).text).leads):
            if leads not in known:
                known.add(leads)
                watch.page.goto(place.address)
                with watch.page.expect_navigation():
                    watch.page.evaluate(SEND, [number, everything])
                watch.look()
                came_back += [leads] if HOST in watch.page.content() else []
    assert watch.faults == [], "\n".join(watch.faults)
    assert len(came_back) > 10


def test_none_does_anything_in_what_is_fetched_later(account: Account, furniture: Furniture) -> None:
    """Dialogs, what is found while one types, what a check says, and a text that comes in meanwhile."""
    watch, page = account.watch, account.watch.page
    talk, everything = furniture.talks["Grace Miller"], " ".join(PAYLOADS)
    without_fields = " ".join(text for text in PAYLOADS if "{" not in text)[:1_400]
    everything_open = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
    page.goto(f"/inbox/{talk}")
    for what in ("Template", "Document"):
        page.locator("#reply").get_by_role("button", name=what).click()
        _look_at(watch, "#picker")
        page.keyboard.press("Escape")
    hostile.text_from_phone(furniture, "+12025552999", PAYLOADS[0], f"A text for now. {everything[:1_400]}")
    furniture.clinic.work()
    expect(page.locator("#list [data-row]").first).to_contain_text("A text for now.")
    watch.look()
    for address, box, words, shown in (
        ("/inbox/new", "#to", "zq9", "#recipients"),
        (f"/inbox/{talk}", "#link-q", "zq9", "#link-found"),
        ("/inbox", "#seek", "zq9", "#list mark"),
        ("/templates/new", "#template-text", without_fields, "#preview"),
        ("/templates/new", "#who", "zq9", "#who-found"),
        ("/rules/new", "textarea", everything, "#findings"),
    ):
        page.goto(address)
        page.evaluate(everything_open)
        page.locator(box).first.fill(words)
        _look_at(watch, shown)
    for what in ("Test", "Try", "Back-test"):
        page.get_by_role("button", name=what, exact=True).click()
        expect(page.locator("#tried")).not_to_be_empty()
        watch.look()
    assert watch.faults == [], "\n".join(watch.faults)


def _look_at(watch: Watch, part: str) -> None:
    """Once a payload stands in a part of the page."""
    expect(watch.page.locator(part).first).to_contain_text("zq9")
    watch.look()
