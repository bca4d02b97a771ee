"""Pictures of the pages, from the demo account: `python -m tests.browser.screenshots` makes those of the documents.

With a folder, it shoots every page into it, wide and narrow, by light and in the dark; with a word behind it, only the
pages that have it in their name or address.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from flexie.db import db
from flexie.models import Document, Record
from tests import databases
from tests.browser.walking import signed_in
from tests.chromium import CHROMIUM, launched
from tests.everypage import pages
from tests.everypage.clinic import Clinic
from tests.everypage.furniture import Furniture

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SCHEMES = ("light", "dark")


def for_documents(page: Page, clinic: Clinic) -> None:
    """The six pictures that README and documents show: after Grace Miller confirmed her appointment."""
    clinic.text_from("Grace Miller", "Clinic", "YES")
    with clinic.app.app_context():
        record = db.session.scalars(select(Record.public_id).join(Document).order_by(Document.id)).first()
    page.goto("/inbox")
    page.locator("[data-row] > a", has_text="Grace Miller").first.click()
    page.locator("#reply-text").wait_for()
    talk = page.url
    for name, address in {
        "inbox": talk, "templates": "/templates", "record": f"/records/{record}", "rules": "/rules/appointments",
    }.items():  # fmt: skip
        _shoot(page, address, IMAGES / f"{name}.png")
    page.goto(talk)
    page.locator("#reply-text").fill("Dear Grace, parking is free for patients… See you on Tuesday!")
    page.locator("#reply-count").get_by_role("button").first.wait_for()
    page.screenshot(path=IMAGES / "writing.png")
    page.locator("#reply-text").fill("")
    page.set_viewport_size(PHONE)
    _shoot(page, talk, IMAGES / "phone.png")


def of_every_page(page: Page, stranger: Page, furniture: Furniture, folder: Path, only: str) -> None:
    """Each page four times."""
    for number, place in enumerate(pages.all_of(furniture)):
        if only not in f"{place.name} {place.address}":
            continue
        name = re.sub(r"\W+", "-", place.name if "." in place.name else place.address[:40]).strip("-")
        where = stranger if place.is_open else page
        where.goto(place.address)
        for width, size in (("wide", WIDE), ("narrow", {"width": 360, "height": 780})):
            where.set_viewport_size(size)
            for scheme in SCHEMES:
                where.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                where.screenshot(path=folder / f"{number:02}-{name}-{width}-{scheme}.png", full_page=True)


def _shoot(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path)


def _with(browser: Browser, folder: Path | None, only: str) -> None:
    redis_url = f"{databases.redis_server() or 'redis://127.0.0.1:6379'}/15"
    with tempfile.TemporaryDirectory(dir=databases.quick_folder()) as data:
        clinic = Clinic(Path(data), redis_url)
        with clinic.open():
            page = signed_in(browser, clinic)
            if folder is None:
                for_documents(page, clinic)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                stranger = browser.new_context(base_url=clinic.url).new_page()
                of_every_page(page, stranger, Furniture(clinic), folder, only)


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = launched(playwright, CHROMIUM)
        folder, only = [*sys.argv[1:], "", ""][:2]
        _with(chromium, Path(folder) if folder else None, only)
        chromium.close()
