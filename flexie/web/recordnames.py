"""What kinds of records are called on pages."""

from flexie.models import KINDS

PLURALS = {"contact": "Contacts", "lead": "Leads", "account": "Accounts", "deal": "Deals", "case": "Cases"}
MANY = {kind: words.lower() for kind, words in PLURALS.items()}
KIND = f"<any({', '.join(KINDS)}):kind>"
"""A kind as a part of an address."""
