"""The demo's quotes and invoices, each with its PDF, and the short links that some of its texts brought."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import current_app

from flexie import clock, documents
from flexie.db import db
from flexie.demo import account, files, printing
from flexie.documents import links
from flexie.models import Document, Message, Record, User

CURRENCY = "USD"


def add(records: dict[str, Record], people: dict[str, User], now: datetime) -> dict[str, Document]:
    """All quotes and invoices of `documents.json` by their numbers. `now` is in the account's zone."""
    return {entry["number"]: _document(entry, records, people, now) for entry in files.load("documents.json")}


def _document(entry: dict[str, Any], records: dict[str, Record], people: dict[str, User], now: datetime) -> Document:
    made, due = files.moment(entry["made"], now), files.moment(entry["due"], now).date()
    amount = sum((Decimal(price) for _, price in entry["lines"]), Decimal())
    typed = documents.Typed(entry["kind"], entry["number"], str(amount), CURRENCY, entry["state"], due.isoformat())
    record = records[entry["of"]]
    with clock.injected(lambda: made):
        document = documents.create(record, typed, people[entry["by"]])
        documents.attach_file(document, _printed(document, record, made.date(), entry["lines"]))
    return document


def _printed(document: Document, record: Record, made: date, lines: Sequence[Sequence[str]]) -> bytes:
    """The document as a PDF."""
    ends = "Valid until" if document.kind == "quote" else "Due"
    about = [f"For {record.title}", f"{_day(made)}. {ends}: {_day(document.due_on or made)}"]
    rows = [(words, f"{Decimal(price):,.2f}") for words, price in lines]
    return printing.page(
        account.NAME, document.title, about, [*rows, (f"Total in {CURRENCY}", f"{Decimal(document.amount):,.2f}")]
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def share(document: Document, user: User, at: datetime) -> str:
    """The address of a new link to a document, as a colleague made it at that moment."""
    with clock.injected(lambda: at):
        return f"{current_app.config['PUBLIC_URL']}{links.PATH}{links.make(document, user)}"


def brought(message: Message, looks: Sequence[datetime]) -> None:
    """This message, in the session, brought the link that it holds, and somebody looked at it at these moments."""
    db.session.flush()
    links.sent(message)
    for link in links.of_messages([message.id]).get(message.id, []):
        for look in looks:
            with clock.injected(lambda at=look: at):  # type: ignore[misc]
                links.opened(link.id)
