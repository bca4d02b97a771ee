"""The tests of rule files, carried out by the real verbs in a throw-away account on a clock of its own.

Nothing of it touches the application that it runs in: not its database, clock, compiled rules, session or logs.
"""

from flexie.rehearsal.accounts import Account, fresh_revision, furnish, of_schema, of_this_one
from flexie.rehearsal.performance import Rehearsed, rehearse, report
from flexie.rehearsal.stage import Limits, Stage

__all__ = [
    "Account", "Limits", "Rehearsed", "Stage", "fresh_revision", "furnish", "of_schema", "of_this_one", "rehearse",
    "report",
]  # fmt: skip
