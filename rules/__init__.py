"""The rules language: pure, without a database and without Flask."""

from rules.checker import check
from rules.checks.overlaps import OtherRule
from rules.errors import Finding, Level
from rules.formatter import Formatted, format_source
from rules.parser import Parsed, parse
from rules.schema import FieldType, Schema

__all__ = [
    "FieldType", "Finding", "Formatted", "Level", "OtherRule", "Parsed", "Schema", "check", "format_source", "parse",
]  # fmt: skip
