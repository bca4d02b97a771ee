"""How documents read to whoever looks: amounts and days."""

from decimal import Decimal

from flexie.models import Document
from flexie.web.viewer import viewer


def money(document: Document) -> str:
    """What a document asks for: $1,250.00"""
    return viewer().format.money(Decimal(document.amount), document.currency)


def due(document: Document) -> str:
    """Until when an open document waits: due 24 Dec 2026, or valid until it. Nothing once it is settled."""
    if document.due_on is None or document.state != "open":
        return ""
    day = viewer().format.dated(document.due_on)
    return f"valid until {day}" if document.kind == "quote" else f"due {day}"
