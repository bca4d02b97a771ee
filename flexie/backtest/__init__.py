"""The back-test: what an edited file of rules would have done with the texts of the last days, beside the saved one.

The past happens twice in a likeness of the account, as it was when the past began, through the very verbs of
production on a clock of its own. Nothing is sent, and nothing is stored.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, true

import rules
from flexie import clock, rulebook
from flexie.backtest import reading
from flexie.backtest.comparing import Report, RuleReport, Totals, compare
from flexie.backtest.lean import lean
from flexie.backtest.past import Past, TextIn
from flexie.backtest.replay import Carrier, Replay
from flexie.backtest.wording import as_plain, in_words, unknowns
from flexie.db import db
from flexie.db import reading as only_reading
from flexie.rehearsal import Limits, Stage
from rules import syntax
from rules.testing import WorldProblem

__all__ = [
    "LONGEST_PERIOD", "CannotBacktest", "Past", "Report", "RuleReport", "TextIn", "Totals", "as_plain", "backtest",
    "in_words", "unknowns",
]  # fmt: skip

LONGEST_PERIOD = 366  # days
_NOTHING = syntax.File()


class CannotBacktest(Exception):
    """There is no back-test, with what to do. `findings` are the errors of the edited file, if it has some."""

    def __init__(self, sentence: str, findings: Sequence[rules.Finding] = ()) -> None:
        super().__init__(sentence)
        self.findings = findings


def backtest(
    name: str,
    text: str,
    *,
    days: int = 30,
    most: int = 10_000,
    seconds: float = 600.0,
    visible: ColumnElement[bool] | None = None,
) -> Report:
    """Run the stored events of the last `days` through the edited and the saved version of a file.

    Args:
        name: The file's name in this account; one that is not there yet is new.
        most: Texts that are replayed at most: the latest ones.
        seconds: What it may cost, for both versions together.
        visible: Which messages may be quoted to whoever asks; all, if it is left out.

    Raises:
        CannotBacktest: the file has errors, or the past is too large for the time that is given.
    """
    if not 1 <= days <= LONGEST_PERIOD:
        raise CannotBacktest(f"Choose between 1 and {LONGEST_PERIOD} days.")
    until = clock.now()
    db.session.rollback()
    with only_reading():
        edited = _read(name, text)
        saved = reading.files_in_force()
        trees = [edited, *(rules.parse(one, other).file for other, one in saved.items())]
        kinds = reading.clock_kinds(trees)
        past = reading.read(until - timedelta(days=days), until, most, kinds, true() if visible is None else visible)
        db.session.rollback()  # the past is plain data: no session stays open while it is replayed
    past = lean(past, trees, [text, *saved.values()])
    limits = Limits(seconds, seconds, moments=1_000_000, what="This back-test")
    try:
        with Stage.open(limits, Carrier(past)) as stage:
            replay = Replay(stage, past)
            before, after = replay.under_the_saved(), replay.under(name, text)
    except rulebook.RulebookError as problem:
        raise CannotBacktest(str(problem)) from None
    except WorldProblem as problem:
        raise CannotBacktest(f"{problem} Choose fewer days or fewer texts.") from None
    file = rules.parse(saved[name], name).file if name in saved else _NOTHING
    return compare(edited, name, file, past, after, before)


def _read(name: str, text: str) -> syntax.File:
    findings = [finding for finding in rulebook.check(text, name) if finding.level is rules.Level.ERROR]
    if findings:
        raise CannotBacktest("The file has errors. Mend them first.", findings)
    return rules.parse(text, name).file
