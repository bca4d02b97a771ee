"""Consent: may we text this number? The words that say so, the ledger, and the limits of what machines send."""

from flexie.consent import caps, stops
from flexie.consent.caps import SAME_TEXT
from flexie.consent.ledger import HOW, Change, change, missing, opted_out, provider_refused, records_of
from flexie.consent.stops import Stop
from flexie.consent.words import LAW, Word, plain, word_in

__all__ = [
    "HOW", "LAW", "SAME_TEXT", "Change", "Stop", "Word", "caps", "change", "missing", "opted_out", "plain",
    "provider_refused", "records_of", "stops", "word_in",
]  # fmt: skip
