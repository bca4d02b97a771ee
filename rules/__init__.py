"""The rules language: pure, without a database and without Flask."""

from rules.errors import Finding, Level
from rules.parser import Parsed, parse

__all__ = ["Finding", "Level", "Parsed", "parse"]
