"""Rule files in the browser: the list, the editor that checks as one types, saving, history, stopping, starting."""

from flexie.web.rulefiles import deleting, editor, history, listing, runs, trials
from flexie.web.rulefiles.blueprint import bp

__all__ = ["bp", "deleting", "editor", "history", "listing", "runs", "trials"]
