"""Quotes and invoices on their pages, and what a customer sees who opens a short link."""

import html
import io
import re

import pytest
from sqlalchemy import select

from flexie.db import db
from flexie.documents import links
from flexie.models import Document, Record, ShortLink
from tests.api.office import counted_queries
from tests.domain.test_documents import TYPED, a_pdf
from tests.house import ANA
from tests.web.browser import Browser, words
from tests.web.desk import Desk
from tests.web.test_escaping import PAYLOADS, check

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def record(desk: Desk) -> str:
    """Ana's record."""
    record_id = desk.house.record(first_name="Ana", mobile=ANA)
    with desk.app.app_context():
        return db.session.get_one(Record, record_id).public_id


def keep(desk: Desk, record: str, data: bytes | None = None, **typed: str) -> str:
    """A document with a PDF; returns its public id."""
    form = {**TYPED, **typed, "file": (io.BytesIO(a_pdf() if data is None else data), "../../evil.html")}
    answer = desk.mira.post(f"/records/{record}/documents", form)  # type: ignore[arg-type]
    assert answer.status_code == 303, words(answer)
    with desk.app.app_context():
        return db.session.scalars(select(Document.public_id).order_by(Document.id.desc())).first() or ""


def shared(desk: Desk, document: str) -> str:
    """The path of a new link to it."""
    made = desk.mira.post(f"/documents/{document}/attach", htmx=True)
    found = re.search(r"https://sms\.example\.test(/d/[\w-]{22})", html.unescape(made.text))
    assert found
    return found[1]


def opens(desk: Desk) -> int:
    with desk.app.app_context():
        return db.session.scalars(select(ShortLink.opens)).one()


def look(desk: Desk, path: str, agent: str = PHONE, method: str = "GET", **headers: str) -> int:
    """A stranger's look."""
    client = desk.app.test_client()
    return client.open(
        path, method=method, base_url=desk.mira.base, headers={"User-Agent": agent, **headers}
    ).status_code


def test_a_document_stands_on_its_record_and_can_be_changed_and_deleted(desk: Desk, record: str) -> None:
    kept = keep(desk, record, due_on="2026-12-24")
    page = words(desk.mira.get(f"/records/{record}"))
    assert "Invoice INV-1 US$1,180.50 · due 24 Dec 2026 Open" in page
    assert 'value="2026-12-24"' in desk.mira.get(f"/documents/{kept}").text
    assert desk.mira.post(f"/documents/{kept}", TYPED | {"state": "paid"}).status_code == 303
    assert "Paid" in words(desk.mira.get(f"/records/{record}"))
    assert "Delete Invoice INV-1 ?" in words(desk.mira.post(f"/documents/{kept}/delete"))
    assert desk.mira.post(f"/documents/{kept}/delete", {"sure": "yes"}).status_code == 303
    assert desk.mira.get(f"/documents/{kept}").status_code == 404


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(desk: Desk, record: str) -> None:
    form = {**TYPED, "amount": "much", "file": (io.BytesIO(b"<script>"), "invoice.pdf", "application/pdf")}
    assert "Write an amount" in words(desk.mira.post(f"/records/{record}/documents", form))  # type: ignore[arg-type]
    form = {**TYPED, "file": (io.BytesIO(b"<script>"), "invoice.pdf", "application/pdf")}
    answer = desk.mira.post(f"/records/{record}/documents", form)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert "not a PDF" in words(answer)
    with desk.app.app_context():
        assert db.session.scalars(select(Document)).all() == []


def test_a_pdf_may_be_larger_than_other_forms(desk: Desk, record: str) -> None:
    large = a_pdf(b"5 0 obj\n<<>>stream\n" + b"x" * 3_000_000 + b"\nendstream\nendobj\n")
    document = keep(desk, record, large)
    assert desk.mira.get(f"/documents/{document}/file").data == large


def test_the_links_page_shows_the_document_and_its_pdf_safely(desk: Desk, record: str) -> None:
    path = shared(desk, keep(desk, record, due_on="2026-12-24", number="INV 1/é"))
    customer = Browser(desk.app)
    page = customer.get(path)
    assert "Test account Invoice INV 1/é US$1,180.50 Open due 24 Dec 2026 View Download PDF" in words(page)
    assert "<script" not in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Cache-Control"] == "no-store"
    for how, disposition in (("view", "inline"), ("download", "attachment")):
        answer = customer.get(f"{path}/{how}")
        assert answer.data == a_pdf()
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'{disposition}; filename="invoice-INV-1.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert ("sandbox" in policy) == (how == "download")  # Safari shows no PDF in a sandbox


def test_only_looks_of_customers_are_counted(desk: Desk, record: str) -> None:
    path = shared(desk, keep(desk, record))
    for agent in ("", "Twitterbot/1.0", "facebookexternalhit/1.1", "WhatsApp/2.2", "Slackbot-LinkExpanding", "curl/8"):
        assert look(desk, path, agent) == 200
    assert look(desk, path, method="HEAD") == 200
    assert look(desk, path, **{"Sec-Purpose": "prefetch;prerender"}) == 200
    assert desk.mira.client.get(path, base_url=desk.mira.base, headers={"User-Agent": PHONE}).status_code == 200
    assert opens(desk) == 0
    assert look(desk, path) == look(desk, path) == 200
    assert opens(desk) == 2


def send(desk: Desk, talk: str, path: str) -> None:
    """A text with a link."""
    answer = desk.mira.post(
        f"/inbox/{talk}/reply", {"text": f"Here https://x.example{path}", "nonce": path, "kind": "reply"}
    )
    assert answer.status_code == 303


def test_a_text_with_a_link_shows_its_looks_in_the_conversation(desk: Desk, record: str) -> None:
    talk = desk.talk(ANA)
    path = shared(desk, keep(desk, record))
    send(desk, talk, path)
    assert "Invoice INV-1 · not opened yet" in words(desk.mira.get(f"/inbox/{talk}"))
    look(desk, path)
    page = words(desk.mira.get(f"/inbox/{talk}"))
    assert "Invoice INV-1 · opened once" in page
    assert "Invoice INV-1 was opened" in page


def seen(desk: Desk, talk: str) -> str:
    found = re.search(r"/thread\?seen=(\w+)", desk.mira.get(f"/inbox/{talk}").text)
    assert found
    return found[1]


def test_each_look_and_a_revoked_link_are_news_for_an_open_page(desk: Desk, record: str) -> None:
    talk, document = desk.talk(ANA), keep(desk, record)
    path = shared(desk, document)
    send(desk, talk, path)
    look(desk, path)
    once = seen(desk, talk)
    assert desk.mira.get(f"/inbox/{talk}/thread?seen={once}", htmx=True).status_code == 204
    look(desk, path)
    assert "opened 2 times" in words(desk.mira.get(f"/inbox/{talk}/thread?seen={once}", htmx=True))
    with desk.rows():
        links.revoke(db.session.scalars(select(ShortLink)).one())
    assert re.search(r"opened 2 times, \d\d:\d\d · link revoked", words(desk.mira.get(f"/inbox/{talk}")))
    with desk.rows():
        link = db.session.scalars(select(ShortLink)).one()
        link.revoked_at, link.expires_at = None, desk.clock()
    assert "link expired" in words(desk.mira.get(f"/inbox/{talk}"))


def test_links_of_a_whole_conversation_are_one_question(desk: Desk, record: str) -> None:
    talk, document = desk.talk(ANA), keep(desk, record)
    with counted_queries(desk.app) as none:
        desk.mira.get(f"/inbox/{talk}/thread")
    for _ in range(5):
        send(desk, talk, shared(desk, document))
    with counted_queries(desk.app) as five:
        assert words(desk.mira.get(f"/inbox/{talk}/thread")).count("not opened yet") == 5
    assert len(five) == len(none) <= 12


def test_a_revoked_link_opens_nothing(desk: Desk, record: str) -> None:
    document = keep(desk, record)
    path = shared(desk, document)
    page = desk.mira.get(f"/documents/{document}")
    assert path[3:] not in page.text
    revoke = re.search(r'action="(/documents/links/\w+/revoke)"', page.text)
    assert revoke
    assert desk.mira.post(revoke[1]).status_code == 303
    assert [look(desk, path + end) for end in ("", "/view", "/download")] == [410, 410, 410]
    for address in (path, f"{path}/view", f"{path}/download", f"/d/{'x' * 22}"):
        assert "This link has ended" in words(Browser(desk.app).get(address))
    assert opens(desk) == 0


def test_guesses_are_limited_and_those_who_have_a_link_are_not(desk: Desk, record: str) -> None:
    path = shared(desk, keep(desk, record))
    assert [look(desk, path) for _ in range(30)] == [200] * 30
    seen = [look(desk, f"/d/{number:022}") for number in range(30)]
    assert seen == [404] * 20 + [429] * 10
    assert look(desk, f"/d/{'x' * 22}/view") == 429


def test_documents_are_picked_for_whoever_is_written_to(desk: Desk, record: str) -> None:
    document, talk = keep(desk, record), desk.talk(ANA)
    assert f'data-pick="/documents/pick?talk={talk}"' in desk.mira.get(f"/inbox/{talk}").text
    assert "Invoice INV-1" in words(desk.mira.post(f"/documents/pick?talk={talk}", htmx=True))
    assert "Invoice INV-1" in words(desk.mira.post("/documents/pick", {"to": ANA}, htmx=True))
    assert "INV-1" not in words(desk.mira.post("/documents/pick", {"to": "+14155550123"}, htmx=True))
    page = desk.mira.post(f"/documents/{document}/attach?talk={talk}", {"text": "Hello", "nonce": "n", "kind": "reply"})
    assert re.search(r"Hello Invoice INV-1: https://sms\.example\.test/d/[\w-]{22} ", words(page))
    assert "no PDF" not in words(desk.mira.post(f"/documents/pick?talk={talk}", htmx=True))
    assert (
        desk.mira.post(f"/records/{record}/documents", {**TYPED, "kind": "quote", "state": "open"}).status_code == 303
    )
    assert "Quote INV-1 Open US$1,180.50 · no PDF" in words(desk.mira.post(f"/documents/pick?talk={talk}", htmx=True))
    hidden = desk.talk(ANA, line_id=desk.line("Board", "+14155550188", role="admin"))
    assert desk.agent().post(f"/documents/pick?talk={hidden}", htmx=True).status_code == 404


def test_where_there_is_no_document_yet_one_can_be_added(desk: Desk, record: str) -> None:
    talk = desk.talk(ANA)
    box = desk.mira.post(f"/documents/pick?talk={talk}", htmx=True)
    assert "There is no quote or invoice of Ana yet. Add one" in words(box)
    assert f'href="/records/{record}/documents/new"' in box.text
    assert "nobody on record is written to" in words(
        desk.mira.post("/documents/pick", {"to": "+14155550123"}, htmx=True)
    )


def test_numbers_stay_texts(desk: Desk, record: str) -> None:
    for payload in (each for each in PAYLOADS if len(each) <= 40):
        document = keep(desk, record, number=payload)
        for path in (f"/documents/{document}", f"/records/{record}", shared(desk, document)):
            check(desk.mira.get(path))
        check(desk.mira.post("/documents/pick", {"to": ANA}))
