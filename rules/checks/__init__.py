"""The checks: each registers itself for the nodes it looks at, so that a new step brings its own."""

from rules.checks import fields, flow, lengths, names, repeats, texts, values, wordings
from rules.checks.scope import Path, Scope, walk

ALL = (fields, flow, lengths, names, repeats, texts, values, wordings)
"""The modules with registered checks; a new one is added here."""

__all__ = ["ALL", "Path", "Scope", "walk"]
