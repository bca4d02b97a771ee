"""Rule files: check, save as a version, put into force, go back, take away."""

from flexie.rulebook import history
from flexie.rulebook.account import account_schema, check
from flexie.rulebook.changes import Change
from flexie.rulebook.errors import Outdated, RulebookError
from flexie.rulebook.removing import let_go_on, remove, stop
from flexie.rulebook.saving import Preview, Saved, files, latest, preview, save
from flexie.rulebook.waiting import Waiting, counts

__all__ = [
    "Change", "Outdated", "Preview", "RulebookError", "Saved", "Waiting", "account_schema", "check", "counts", "files",
    "history", "latest", "let_go_on", "preview", "remove", "save", "stop",
]  # fmt: skip
