"""What people write is text: in no place does it become a tag, an attribute or a script."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from flexie.db import db
from flexie.models import Line, MessageLink, Record, RuleFile, Settings, User
from tests.house import ANA
from tests.web.browser import Browser
from tests.web.desk import Desk

MARK = "zq9"
PAYLOADS = [
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg onload={MARK}()>",
    f'" autofocus onfocus="{MARK}()',
    f"' onmouseover='{MARK}()",
    f"</textarea><script>{MARK}()</script>",
    f"</title><script>{MARK}()</script>",
    f'<a href="javascript:{MARK}()">x</a>',
    f"<div hx-get=/signout hx-trigger=load data-{MARK}>x</div>",
    f"{{{{ {MARK}.__class__ }}}}",
    f"<!--{MARK}--><iframe srcdoc='{MARK}'>",
    f"&lt;script&gt;{MARK}()&lt;/script&gt;",
]


class _Finder(HTMLParser):
    """Finds marks that ended up anywhere but in text and in values that are only shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        for name, value in attrs:
            is_value = name in ("value", "href", "hx-get", "data-fill-name", "data-fill-to", "aria-label", "title")
            runs = (value or "").lower().lstrip().startswith("javascript:")
            if MARK in name or (MARK in (value or "") and (not is_value or runs)):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.found.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        if self._script and MARK in data:
            self.found.append(data)


def check(page: Any) -> None:
    assert page.status_code in (200, 422), page.request.path
    finder = _Finder()
    finder.feed(page.text)
    assert not finder.found, (page.request.path, finder.found)


def _write_everywhere(desk: Desk, payload: str, number: str) -> tuple[str, str]:
    """A record and a conversation in which every text is the payload. Returns the public ids of both."""
    desk.house.record(first_name=payload, last_name=payload, mobile=number, city=payload, email=payload)
    talk = desk.talk(number, payload)
    message = desk.message(talk, payload, "failed", error=payload, user_id=desk.mira_id)
    with desk.rows():
        record = db.session.scalars(select(Record).order_by(Record.id.desc())).first()
        assert record
        db.session.add(MessageLink(message_id=desk.row(message).id, record_id=record.id))
        db.session.get_one(User, desk.mira_id).name = payload
        db.session.scalars(select(Line)).one().name = payload
        Settings.get().name = payload
        return record.public_id, talk


def test_texts_and_names_stay_texts(desk: Desk) -> None:
    for number, payload in enumerate(PAYLOADS):
        record, talk = _write_everywhere(desk, payload, f"+1415555{2600 + number}")
        for path in (f"/inbox/{talk}", f"/records/{record}", f"/records/{record}/edit", f"/inbox/new?record={record}"):
            page = desk.mira.get(path)
            check(page)
            assert MARK in page.text
        for path in (f"/inbox/{talk}", f"/inbox/{talk}/thread", f"/records/{record}"):
            check(desk.mira.get(path, htmx=True))
    for path in ("/inbox", "/records/contact"):
        check(desk.mira.get(path))
        check(desk.mira.get(path, htmx=True))


def test_what_is_typed_comes_back_as_it_was_typed(desk: Desk) -> None:
    talk = desk.talk(ANA)
    for payload in PAYLOADS:
        check(desk.mira.post(f"/inbox/{talk}/reply", {"text": payload + "x" * 1_600, "nonce": payload}))
        check(desk.mira.post("/inbox/new", {"to": payload, "text": payload, "nonce": payload, "send_at": payload}))
        check(desk.mira.post(f"/inbox/{talk}/link/search", {"q": payload}))
        check(desk.mira.post("/records/contact", {"first_name": payload, "mobile": payload, "birthday": payload}))
        check(desk.mira.post("/rules/check", {"text": payload, "name": payload}))
        check(desk.mira.post("/inbox/segments", {"text": payload + "“"}))
        check(desk.mira.client.get("/records/contact", query_string={"q": payload}, base_url=desk.mira.base))
        check(Browser(desk.app).client.get("/signin", query_string={"next": payload}, base_url=desk.mira.base))


def test_rules_stay_texts(desk: Desk) -> None:
    for payload in PAYLOADS:
        name = payload.replace("/", "")
        desk.mira.post("/rules", {"name": name, "text": f"version 1\n\nrule {payload}:\n"})
        with desk.app.test_request_context():
            address = url_for("rulefiles.edit", name=name)
        page = desk.mira.get(address)
        check(page)
        assert MARK in page.text
    with desk.app.app_context():
        assert db.session.query(RuleFile).count() == len(PAYLOADS)
    check(desk.mira.get("/rules"))


@pytest.mark.parametrize(
    "payload", [payload for payload in PAYLOADS if payload[0] == "<" and "textarea" not in payload]
)
def test_the_finder_would_find_them_where_they_are_not_escaped(payload: str) -> None:
    finder = _Finder()
    finder.feed(f"<p>{payload}</p>")
    assert finder.found
