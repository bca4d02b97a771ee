"""Quotes and invoices: kept with a number of their own, real PDFs only, and links that end."""

import zlib

import pytest
from sqlalchemy import select

from flexie import clock, documents, outbox
from flexie.db import db, transaction
from flexie.documents import links, pdf
from flexie.models import AuditEntry, Conversation, Document, DocumentFile, Record, ShortLink, User
from tests.house import ANA, House
from tests.moving_clock import MovingClock

TYPED = {"kind": "invoice", "number": "INV-1", "amount": "1,180.5", "currency": "usd", "state": "open", "due_on": ""}


def a_pdf(objects: bytes = b"", version: bytes = b"1.7") -> bytes:
    """The smallest PDF that is one."""
    body = b"%PDF-" + version + b"\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n" + objects
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R>>\n"
    return body + table + b"startxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


def packed(words: bytes) -> bytes:
    return b"3 0 obj\n<</Type/ObjStm/N 1/First 4>>stream\n" + zlib.compress(words) + b"\nendstream\nendobj\n"


@pytest.mark.parametrize(
    "data", [a_pdf(), a_pdf(version=b"2.0"), a_pdf(packed(b"<</Type/Page>>")), a_pdf(b"stream\n/JS\nendstream\n")]
)
def test_real_pdfs_are_taken(data: bytes) -> None:
    pdf.check(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a PDF"),
        (b"<html><script>alert(1)</script>", "not a PDF"),
        (b"<!--" + a_pdf(), "not a PDF"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "not a PDF"),
        (b"%PDF-1.7\n/Root\nstartxref\n9\n%%EOF", "damaged"),
        (b"%PDF-9.9\n" + a_pdf()[9:], "not a PDF"),
        (a_pdf().replace(b"xref\n0 1", b"<svg onload="), "damaged"),
        (b"MZ" + a_pdf()[2:], "not a PDF"),
        (a_pdf()[:-20], "not a PDF"),
        (a_pdf(b"2 0 obj <</S/JavaScript/JS(app.alert(1))>> endobj\n"), "script"),
        (a_pdf(b"2 0 obj <</S/J#61vaScript>> endobj\n"), "script"),
        (a_pdf(b"2 0 obj <</S/Launch/F(cmd.exe)>> endobj\n"), "script"),
        (a_pdf(packed(b"<</OpenAction<</S/JavaScript>>>>")), "script"),
        (a_pdf(b"<</Type/ObjStm>>stream\nnot packed\nendstream\n"), "damaged"),
        (a_pdf(packed(b" " * (pdf.MOST_UNPACKED + 1))), "too complicated"),
        (a_pdf(b" " * pdf.LARGEST), "larger than 5 MB"),
    ],
)
def test_everything_else_is_refused_with_a_reason(data: bytes, why: str) -> None:
    with pytest.raises(documents.NotPdf, match=why):
        pdf.check(data)


@pytest.fixture
def made(house: House) -> int:
    """An invoice of Ana's."""
    ana = house.record(first_name="Ana", mobile=ANA)
    with house.app.app_context(), transaction():
        user = User(email="m@example.com", name="Mira", role="admin", password_hash="", created_at=clock.now())
        db.session.add(user)
        db.session.flush()
        return documents.create(db.session.get_one(Record, ana), documents.Typed(**TYPED), user).id


def test_a_document_is_kept_as_it_is_meant(house: House, made: int) -> None:
    with house.app.app_context():
        document = db.session.get_one(Document, made)
        assert (document.title, document.amount, document.currency) == ("Invoice INV-1", "1180.50", "USD")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("number", "inv-1"), ("number", " "), ("number", "x" * 41), ("amount", "-1"), ("amount", "1.234"),
        ("amount", "NaN"), ("amount", "1e30"), ("amount", ""), ("amount", "180,50"), ("amount", "1,2,3"),
        ("currency", "$"), ("state", "accepted"),
        ("due_on", "soon"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_by_field(house: House, made: int, field: str, typed: str) -> None:
    with house.app.app_context():
        record, user = db.session.get_one(Document, made).record, db.session.scalars(select(User)).one()
        with pytest.raises(documents.CannotKeep) as problem:
            documents.create(record, documents.Typed(**TYPED | {"number": "INV-2", field: typed}), user)
    assert list(problem.value.errors) == [field]


def link(house: House, made: int) -> str:
    with house.app.app_context(), transaction():
        return links.make(db.session.get_one(Document, made), db.session.scalars(select(User)).one())


def test_the_token_has_128_bits_and_is_kept_nowhere(house: House, made: int) -> None:
    token = link(house, made)
    assert len(token) == 22
    with house.app.app_context():
        assert token not in db.session.scalars(select(ShortLink.digest)).one()
        found = links.find(token)
        assert found is not None
        assert found.document.id == made
        assert links.find(token[:-1]) is None


def test_a_link_ends_by_itself_or_when_it_is_revoked(house: House, made: int, moving_clock: MovingClock) -> None:
    first, second = link(house, made), link(house, made)
    with house.app.app_context():
        kept, other = links.find(first), links.find(second)
        assert kept is not None
        assert other is not None
        links.revoke(other)
        assert (links.is_open(kept), links.is_open(other)) == (True, False)
        moving_clock.move(days=90)
        assert not links.is_open(kept)


def test_looks_are_counted_beside_the_text_and_the_first_is_told_in_the_conversation(house: House, made: int) -> None:
    token = link(house, made)
    house.text("Send it please")
    with house.app.app_context(), transaction():
        line = db.session.scalars(select(Conversation)).one().line
        message = outbox.queue(outbox.Draft(line, ANA, f"Here: https://sms.example.test/d/{token}.", "form:1"))
        again = outbox.queue(outbox.Draft(line, ANA, f"Again https://sms.example.test/d/{token}", "form:2"))
        (found,) = links.of_messages([message.id, again.id])[message.id]
        links.opened(found.id)
        links.opened(found.id)
    with house.app.app_context():
        assert db.session.scalars(select(ShortLink.opens)).one() == 2
        entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "conversation")).all()
        assert [(entry.did, entry.changes) for entry in entries] == [("opened", {"document": [None, "Invoice INV-1"]})]


def test_with_a_document_its_pdf_and_links_are_gone(house: House, made: int) -> None:
    link(house, made)
    with house.app.app_context(), transaction():
        document = db.session.get_one(Document, made)
        documents.attach_file(document, a_pdf())
        documents.attach_file(document, a_pdf(version=b"1.4"))
    with house.app.app_context(), transaction():
        kept = documents.file_of(db.session.get_one(Document, made))
        assert kept is not None
        assert kept.data == a_pdf(version=b"1.4")
        documents.delete(db.session.get_one(Document, made))
    with house.app.app_context():
        assert db.session.scalars(select(ShortLink)).all() == []
        assert db.session.scalars(select(DocumentFile)).all() == []
