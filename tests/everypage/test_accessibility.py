"""Every page, on a wide and a narrow screen, by light and in the dark: axe finds nothing that keeps people out.

And nothing sticks out of a page at its side, nor an inbox below, where it scrolls inside of itself.
"""

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.walking import signed_in
from tests.everypage import pages
from tests.everypage.furniture import Furniture

AXE = Path(__file__).parents[1] / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = 1280, 360
BETWEEN = (1024, 760)
LOOKED_AT = """async ([asked, exclude]) => {
  const found = await axe.run({exclude}, {...asked, resultTypes: ["violations"], preload: false});
  const told = (rule, node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`;
  return found.violations.flatMap((rule) => rule.nodes.map((node) => told(rule, node)));
}"""
EVERYTHING = {"runOnly": {"type": "tag", "values": TAGS}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ONCE = [".bar", ".list-pane"]
"""Parts that are the same on many pages; they are looked at in the inbox."""
STICKS_OUT = """() => {
  const {scrollWidth, scrollHeight} = document.documentElement;
  const isLonger = document.querySelector(".inbox") && scrollHeight > innerHeight;
  return scrollWidth > innerWidth ? `${scrollWidth} px wide` : isLonger ? `${scrollHeight} px high` : "";
}"""
SHOWN = """async () => {
  await document.fonts.ready;
  return document.readyState === "complete"
    && [...document.querySelectorAll("link[rel=stylesheet]")].every((link) => link.sheet && link.sheet.cssRules.length);
}"""


def test_it_is_known_what_every_address_shows(places: list[pages.Place]) -> None:
    """Otherwise put into furniture.py what it is about, or say in pages.py why nobody need look at it."""
    assert [place.name for place in places if not place.address] == []


def test_axe_finds_nothing_on_any_page(browser: Browser, furniture: Furniture, places: list[pages.Place]) -> None:
    ana = signed_in(browser, furniture.clinic)
    stranger = browser.new_context(base_url=furniture.clinic.url).new_page()
    found = []
    for place in places:
        page = stranger if place.is_open else ana
        found += [f"{place.address} {each}" for each in _looked_at(page, place.address)]
    assert found == [], "\n\n".join(found)


def _looked_at(page: Page, address: str) -> list[str]:
    """What axe finds; in the dark only colours are others."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # colours change at once
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.goto(address)
    page.wait_for_function(SHOWN)
    page.evaluate(AXE.read_text("utf-8"))
    found = []
    for width in (WIDE, *BETWEEN, NARROW):
        page.set_viewport_size({"width": width, "height": 800})
        if out := page.evaluate(STICKS_OUT):
            found.append(f"({width} px) it is {out}")
        if width in BETWEEN:
            continue
        for scheme, asked in (("light", EVERYTHING), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            seen = page.evaluate(LOOKED_AT, [asked, [] if address == "/inbox" else ONCE])
            found += [f"({width} px, {scheme}) {each}" for each in seen]
    return found
