"""Customers with phones of their own: a number that no other test knows, on the Simulator's network."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote

import httpx
from playwright.sync_api import Page

from tests.browser.installation import Installation

AREA = "+1415"
"""How the numbers of made-up customers begin; the demo has none of these."""


@dataclass(frozen=True)
class Customer:
    """Somebody with a phone who texts one line. `name` is what the list shows; strangers are shown by their number."""

    installation: Installation
    number: str
    name: str
    line: str

    def texts(self, *words: str) -> None:
        """Send texts from the phone to the line, one after the other."""
        line = self.installation.cell("SELECT number FROM lines WHERE name = ?", self.line)
        for each in words:
            self._ask("POST", "texts", {"to": line, "text": each})

    def has_trouble(self, **behaviour: object) -> None:
        """What the network does with texts to this phone from now on: `outcome`, `error_code`, `receipts`."""
        self._ask("PUT", "behaviour", behaviour)

    def got(self) -> list[str]:
        """The texts that arrived on the phone."""
        return [text["text"] for text in self._ask("GET", "texts")["texts"]]

    def _ask(self, method: str, what: str, body: object = None) -> dict:
        address = f"{self.installation.url}/simulator/v1/phones/{quote(self.number)}/{what}"
        key = self.installation.cell("SELECT key FROM accounts ORDER BY id LIMIT 1", file="simulator.db")
        headers = {"Authorization": f"Bearer {key}"}
        answer = httpx.request(method, address, headers=headers, json=body, timeout=60, trust_env=False)
        answer.raise_for_status()
        return answer.json()


def stranger(installation: Installation, line: str = "Clinic") -> Customer:
    """Somebody whom no record knows. On Main and Sales the demo's rules answer them; on the other lines nobody does."""
    number = _fresh_number()
    return Customer(installation, number, f"({number[2:5]}) {number[5:8]}-{number[8:]}", line)


def on_record(page: Page, installation: Installation, name: str, line: str = "Clinic") -> Customer:
    """Somebody who is a contact already; `page` belongs to somebody who is signed in. The last name is made unique."""
    first, _, last = f"{name} {secrets.choice('BCDFG')}{secrets.token_hex(3)}".partition(" ")
    number = _fresh_number()
    ask = page.context.request
    form = ask.get("/records/contact/new").text()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token, form
    filled = {"csrf_token": token[1], "first_name": first, "last_name": last, "mobile": number, "allow_sms": "yes"}
    made = ask.post("/records/contact", form=filled, headers={"Referer": f"{installation.url}/records/contact/new"})
    assert made.ok, made.text()
    assert "/new" not in made.url, made.text()
    return Customer(installation, number, f"{first} {last}", line)


def leave(*pages: Page) -> None:
    """Close the browsers of pages: open ones go on listening, and take time from the walks after them."""
    for page in pages:
        page.context.close()


def _fresh_number() -> str:
    return f"{AREA}{secrets.choice('23456789')}{secrets.randbelow(10**6):06d}"
