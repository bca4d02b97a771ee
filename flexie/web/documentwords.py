"""How documents read to people: amounts and days."""

from flexie.models import Document

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def money(document: Document) -> str:
    """An amount as people read it: $1,250.00, or 1,250.00 CHF."""
    whole, _, cents = document.amount.partition(".")
    written = f"{int(whole):,}.{cents}"
    sign = SIGNS.get(document.currency)
    return f"{sign}{written}" if sign else f"{written} {document.currency}"


def due(document: Document) -> str:
    """Until when an open document waits: due 24 December 2026, or valid until it. Nothing once it is settled."""
    if document.due_on is None or document.state != "open":
        return ""
    day = f"{document.due_on.day} {document.due_on:%B %Y}"
    return f"valid until {day}" if document.kind == "quote" else f"due {day}"
