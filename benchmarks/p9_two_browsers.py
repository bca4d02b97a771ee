"""P9: how soon one of two browsers shows what somebody does in the other, with the whole system running.

From the key or the click in the one until it stands in the page of the other: a real Chromium, `bin/run` with its
demo, SQLite and the embedded Valkey. Both browsers have the same conversation open, except for what is read.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.reporting import Result, show
from tests.browser import customers
from tests.browser.hands import ROWS
from tests.browser.installation import Installation
from tests.browser.walking import signed_in
from tests.chromium import CHROMIUM, launched

GOAL = 1.0  # seconds
NOW = "Date.now()"
SEE = """([where, words]) => {
  const isSeen = () => [...document.querySelectorAll(where)].some((each) => each.textContent.includes(words));
  window.seen = new Promise((seen, never) => {
    setTimeout(() => never(new Error(`${words} was never seen in ${where}`)), 30_000);
    const watcher = new MutationObserver(() => { if (isSeen()) { watcher.disconnect(); seen(Date.now()); } });
    watcher.observe(document, {childList: true, subtree: true, characterData: true});
  });
}"""


class Pair:
    """Two colleagues. `ana` does things, `ben` sees them; `stranger` texts."""

    def __init__(self, installation: Installation, ana: Page, ben: Page) -> None:
        self.ana, self.ben = ana, ben
        self.stranger = customers.stranger(installation, "Support")
        self.stranger.texts("Is anybody there?")
        for page in (ana, ben):
            self.go_to(page)

    def go_to(self, page: Page) -> None:
        """Open the stranger's conversation."""
        page.goto("/inbox")
        page.locator(ROWS, has_text=self.stranger.name).first.click()
        page.locator("#opened .talk-name", has_text=self.stranger.name).wait_for()

    def seconds(self, where: str, words: str, deed: Callable[[], object]) -> float:
        """From the deed until Ben's page shows the words in an element."""
        self.ben.evaluate(SEE, [where, words])
        began = self.ana.evaluate(NOW)
        deed()
        passed = self.ben.evaluate("window.seen") - began
        self.ana.locator("form.htmx-request").wait_for(state="detached")
        return passed / 1_000

    def write(self, words: str, kind: str) -> Callable[[], None]:
        """Have it written, and return what sends it."""
        box = self.ana.locator("#reply-text")
        self.ana.locator("#reply").get_by_text(kind, exact=True).click()
        box.fill(words)
        return lambda: box.press("Control+Enter")


def texting(pair: Pair, turn: int) -> float:
    """Ana sends a text."""
    return pair.seconds("#thread .bubble", f"Text {turn:03d}.", pair.write(f"Text {turn:03d}.", "Answer"))


def noting(pair: Pair, turn: int) -> float:
    """Ana adds a note."""
    return pair.seconds("#thread", f"Note {turn:03d}.", pair.write(f"Note {turn:03d}.", "Note"))


def typing(pair: Pair, _turn: int) -> float:
    """Ana begins to write, and takes it back."""
    pair.ben.locator("#people", has_text="is reading").wait_for()
    box = pair.ana.locator("#reply-text")
    passed = pair.seconds("#people", "is writing", lambda: box.press("x"))
    box.fill("")
    return passed


def reading(pair: Pair, turn: int) -> float:
    """Ana opens what came in while she was elsewhere; Ben sees at the list that nobody need read it any more."""
    for page in (pair.ana, pair.ben):
        page.locator(ROWS).last.click()
        page.locator("#opened .talk-name", has_not_text=pair.stranger.name).wait_for()
    pair.stranger.texts(f"Question {turn:03d}?")
    row = pair.ben.locator("[data-row].is-unread", has_text=pair.stranger.name)
    row.wait_for()
    name = row.get_attribute("id")
    theirs = pair.ana.locator(f"#{name} > a")
    pair.ana.locator(f"#{name}.is-unread").wait_for()
    passed = pair.seconds(f"#{name}:not(.is-unread)", "", lambda: theirs.click())
    pair.go_to(pair.ben)
    return passed


def coming_in(pair: Pair, turn: int) -> float:
    """A text comes from a phone: from the phone's key to Ben's page."""
    words = f"Hello {turn:03d}."
    return pair.seconds("#thread .bubble", words, lambda: pair.stranger.texts(words))


DEEDS: Mapping[str, Callable[[Pair, int], float]] = {
    "a text": texting,
    "a note": noting,
    "typing": typing,
    "reading": reading,
    "a customer's text": coming_in,
}


def measure(rounds: int) -> list[Result]:
    """Each deed so many times, in turn."""
    data = Path(tempfile.mkdtemp(prefix="flexie-benchmark-"))
    installation = Installation(data)
    try:
        installation.start()
        with sync_playwright() as playwright:
            browser = launched(playwright, CHROMIUM)
            ben = signed_in(browser, installation, email="agent@example.com")
            pair = Pair(installation, signed_in(browser, installation), ben)
            taken: dict[str, list[float]] = {name: [] for name in DEEDS}
            for turn in range(-1, rounds):
                for name, deed in DEEDS.items():
                    passed = deed(pair, turn + 1)
                    if turn >= 0:  # the first time, nothing is warm yet
                        taken[name].append(passed)
            browser.close()
    finally:
        installation.interrupt()
        shutil.rmtree(data, ignore_errors=True)
    return [
        Result(
            f"P9 {name} is seen, slowest", max(each), GOAL, "lower", "s", {"median, s": median(each), "times": rounds}
        )
        for name, each in taken.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How soon one browser shows what is done in another.")
    parser.add_argument("--json", action="store_true", help="print one JSON array and nothing else")
    parser.add_argument("--rounds", type=int, default=10, help="how many times each thing is done")
    given = parser.parse_args()
    show(measure(given.rounds), given.json)


if __name__ == "__main__":
    main()
