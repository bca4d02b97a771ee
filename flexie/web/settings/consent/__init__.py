"""The section of consent: who wants no texts, what was held back, and how the account texts."""

from flexie.web.settings.consent import heldback, ledger, limits, words
from flexie.web.settings.consent.blueprint import bp

__all__ = ["bp", "heldback", "ledger", "limits", "words"]
