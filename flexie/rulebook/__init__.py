"""Rule files: check, save as a version, and put into force."""

from flexie.rulebook.account import account_schema, check
from flexie.rulebook.saving import RulebookError, Saved, files, save

__all__ = ["RulebookError", "Saved", "account_schema", "check", "files", "save"]
