"""Quotes and invoices: kept on a record, each with a number of its own, and a PDF if there is one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from flexie import clock
from flexie.db import db
from flexie.documents import pdf
from flexie.documents.errors import CannotKeep
from flexie.models import STATES, Document, DocumentFile, Record, User

LONGEST_NUMBER = 40  # characters
MOST_SHOWN = 50  # documents that a list shows
MOST = Decimal(10) ** 12
AMOUNT = re.compile(r"(?:[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,2})?")


@dataclass(frozen=True)
class Typed:
    """A document as a form has it."""

    kind: str
    number: str
    amount: str
    currency: str
    state: str
    due_on: str


def create(record: Record, typed: Typed, user: User) -> Document:
    """A new document of a record, in the session.

    Raises:
        CannotKeep: what was typed does not fit, or its number is taken.
    """
    made = Document(record=record, author_id=user.id, created_at=clock.now())
    db.session.add(made)
    return change(made, typed)


def change(document: Document, typed: Typed) -> Document:
    """Give a document what a form says.

    Raises:
        CannotKeep: what was typed does not fit, or its number is taken.
    """
    with db.session.no_autoflush:
        values = _read(document, typed)
    for name, value in values.items():
        setattr(document, name, value)
    document.updated_at = clock.now()
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise CannotKeep({"number": _taken(typed.kind, typed.number)}) from None
    return document


def _read(document: Document, typed: Typed) -> dict[str, object]:
    errors: dict[str, str] = {}
    number = " ".join(typed.number.split())
    key = f"{typed.kind}\n{number}".casefold()
    other = db.session.scalar(select(Document.id).where(Document.key == key))
    if not number or len(number) > LONGEST_NUMBER:
        errors["number"] = f"Write a number of up to {LONGEST_NUMBER} characters, such as INV-2041."
    elif other is not None and other != document.id:
        errors["number"] = _taken(typed.kind, number)
    amount, due_on = _amount(typed.amount, errors), _day(typed.due_on, errors)
    currency = typed.currency.strip().upper()
    if not re.fullmatch("[A-Z]{3}", currency):
        errors["currency"] = "Three letters, such as USD."
    if typed.state not in STATES.get(typed.kind, ()):
        errors["state"] = f"Choose one of: {', '.join(STATES.get(typed.kind, ()))}."
    if errors:
        raise CannotKeep(errors)
    values: dict[str, object] = {"kind": typed.kind, "number": number, "key": key, "amount": amount}
    return values | {"currency": currency, "state": typed.state, "due_on": due_on}


def _taken(kind: str, number: str) -> str:
    return f"There is already {'an' if kind == 'invoice' else 'a'} {kind} {number}."


def _amount(typed: str, errors: dict[str, str]) -> str:
    """Commas are taken between thousands only: "180,50" is not 18,050."""
    written = typed.strip()
    amount = Decimal(written.replace(",", "")) if AMOUNT.fullmatch(written) else MOST
    if amount >= MOST:
        errors["amount"] = "Write an amount such as 180 or 180.50, with a point."
        return ""
    return f"{amount:.2f}"


def _day(typed: str, errors: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        errors["due_on"] = "Write a date as 2026-12-24."
        return None


def usual_currency() -> str:
    """The currency of the newest document, for the next one."""
    return db.session.scalar(select(Document.currency).order_by(Document.id.desc()).limit(1)) or "USD"


def attach_file(document: Document, data: bytes) -> None:
    """Give a document its PDF, in place of the one that it had.

    Raises:
        NotPdf: it is none, or one that cannot be handed out.
    """
    pdf.check(data)
    kept = db.session.get(DocumentFile, document.id) or DocumentFile(document_id=document.id)
    kept.data, kept.size, kept.uploaded_at = data, len(data), clock.now()
    db.session.add(kept)


def file_of(document: Document) -> DocumentFile | None:
    """The PDF of a document, if it has one."""
    return db.session.get(DocumentFile, document.id)


def with_files(found: Iterable[Document]) -> set[int]:
    """Ids of those of these documents that have a PDF."""
    ids = [document.id for document in found]
    query = select(DocumentFile.document_id).where(DocumentFile.document_id.in_(ids))
    return set(db.session.scalars(query)) if ids else set()


def load(public_id: str) -> Document | None:
    """The document of a public id."""
    return db.session.scalar(select(Document).where(Document.public_id == public_id))


def of_records(ids: Iterable[int], limit: int = MOST_SHOWN) -> Sequence[Document]:
    """The newest documents of these records."""
    query = select(Document).where(Document.id.in_(ids_of_records(ids, limit)))
    return db.session.scalars(query.order_by(Document.id.desc())).all()


def ids_of_records(ids: Iterable[int], limit: int = MOST_SHOWN) -> Select[Any]:
    """Their row ids, to be gathered with other things that a page shows."""
    return select(Document.id).where(Document.record_id.in_(list(ids))).order_by(Document.id.desc()).limit(limit)


def delete(document: Document) -> None:
    """Take a document away, with its PDF and its links: those show nothing from now on."""
    db.session.delete(document)
